package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	quietTime  = time.Second            // how long work goes on before a bar appears
	redrawTime = 100 * time.Millisecond // how often it is drawn at most
)

// progress shows how far long work is: a bar with rate and time left, where the
// app draws bars and the work takes more than a second.
type progress struct {
	begun time.Time
	bar   *progressbar.ProgressBar // nil where no bars are drawn
	// spinner takes its place where the total is unknown; a bar cannot change into
	// one without losing count.
	spinner *progressbar.ProgressBar
	total   int64 // as the bar has it
	shown   bool
	out     io.Writer
}

// progress begins work that is counted in things of no particular name.
func (a *app) progress(what string) *progress { return a.progressOf(what, "unit_items") }

// progressOf begins work that is counted in bytes, for unit "", or in things
// whose name is the message unit. The bar's clock starts here, though it is drawn
// later: otherwise what was done until then would count as done in an instant.
func (a *app) progressOf(what, unit string) *progress {
	p := &progress{begun: time.Now(), out: a.bars}
	if a.bars == nil {
		return p
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(io.Discard), // until it is shown
		progressbar.OptionSetDescription(a.Lang.Say(what)),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetSpinnerChangeInterval(0), // only set draws
		progressbar.OptionClearOnFinish(),
	}
	if unit == "" {
		options = append(options, progressbar.OptionShowBytes(true))
	} else {
		options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString(a.Lang.Say(unit)))
	}
	p.bar = progressbar.NewOptions64(math.MaxInt64, options...)
	p.spinner = progressbar.NewOptions64(-1, options...)
	p.bar.StartWithoutRender()
	p.spinner.StartWithoutRender()
	return p
}

// set says that done of total are done; total may be -1 where it is unknown. A
// total can be an estimate and is never reached: a full bar would be taken away
// before the work ends.
func (p *progress) set(done, total int64) {
	if p.bar == nil || time.Since(p.begun) < quietTime {
		return
	}
	if total <= 0 {
		p.bar = p.spinner
	}
	if !p.shown {
		_ = p.bar.Set64(done) // unseen, for a change of the total begins a new rate
		progressbar.OptionSetWriter(p.out)(p.bar)
		p.shown = true
	}
	if total = max(total, done+1); p.bar != p.spinner && total != p.total {
		p.bar.ChangeMax64(total)
		p.total = total
	}
	_ = p.bar.Set64(done) // a bar that cannot be drawn is no fault of the work
	progressbar.OptionThrottle(redrawTime)(p.bar)
}

// end clears the bar.
func (p *progress) end() {
	if p.shown {
		_ = p.bar.Finish()
	}
}

// lineCounter counts the lines of what is written to it.
type lineCounter struct{ lines int64 }

func (c *lineCounter) Write(p []byte) (int, error) {
	c.lines += int64(bytes.Count(p, []byte("\n")))
	return len(p), nil
}

// countCodes returns about how many codes the arguments of verify give, so that
// the bar can tell the time left, or -1 when they cannot be counted beforehand.
func countCodes(args []string) int64 {
	total := int64(0)
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case arg == "-":
			return -1
		case err != nil:
			total++
		case info.IsDir():
			entries, err := os.ReadDir(arg)
			if err != nil {
				return -1
			}
			total += int64(len(entries))
		case !info.Mode().IsRegular(): // a pipe can be read only once
			return -1
		default:
			total += countLines(arg)
		}
	}
	return total
}

// countLines counts the lines of a file; a picture counts for a few, which does
// no harm to an estimate.
func countLines(path string) int64 {
	f, err := os.Open(path)
	if err != nil {
		return 1
	}
	defer f.Close()
	counted := &lineCounter{}
	if _, err := io.Copy(counted, f); err != nil {
		return 1
	}
	return max(counted.lines, 1)
}
