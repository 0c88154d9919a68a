package main

import (
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
