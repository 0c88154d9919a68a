package main

import (
	"bytes"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// quietTime is how long work goes on before a bar appears.
const quietTime = time.Second

// progress shows how far long work is: a bar with rate and time left, on
// standard error, when that is a terminal and the work takes more than a second.
type progress struct {
	app   *app
	what  string
	begun time.Time
	bar   *progressbar.ProgressBar
}

func (a *app) progress(what string) *progress {
	return &progress{app: a, what: a.lang.Say(what), begun: time.Now()}
}

// set says that done of total are done; total may be -1 where it is unknown.
func (p *progress) set(done, total int64) {
	if p.bar == nil {
		if time.Since(p.begun) < quietTime || !isTerminal(p.app.stderr) {
			return
		}
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(p.app.stderr),
			progressbar.OptionSetDescription(p.what),
			progressbar.OptionShowCount(),
			progressbar.OptionShowIts(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	if total > 0 {
		p.bar.ChangeMax64(total)
	}
	_ = p.bar.Set64(done) // a bar that cannot be drawn is no fault of the work
}

// end clears the bar.
func (p *progress) end() {
	if p.bar != nil {
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
