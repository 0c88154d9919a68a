package fetch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Timer calls f once, in a goroutine of its own, when d has passed, unless stop
// is called before. It is time.AfterFunc for a program:
//
//	func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
type Timer func(d time.Duration, f func()) (stop func() bool)

// watchdog ends an import that takes too long, or a download that stands still.
// It is made by watch and ended by end.
type watchdog struct {
	timer  Timer
	window time.Duration
	least  int64 // bytes that have to come within a window
	cancel context.CancelCauseFunc
	seen   atomic.Int64

	mu        sync.Mutex
	downloads int // begun so far; a check of an earlier one means nothing
	running   bool
	stopLimit func() bool
	stopCheck func() bool // nil: no check is set
}

// watch returns a context that ends with [ErrTimeout] after limit, and with
// [ErrTooSlow] when fewer than least bytes come in a window of a download.
func watch(ctx context.Context, timer Timer, limit, window time.Duration, least int64) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watchdog{timer: timer, window: window, least: least, cancel: cancel}
	w.stopLimit = timer(limit, func() { cancel(ErrTimeout) })
	return ctx, w
}

// begin watches a download until pause is called: what comes of it is verified
// in peace.
func (w *watchdog) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.downloads++
	w.running = true
	w.set()
}

// set sets the check at the end of the window that begins now.
func (w *watchdog) set() {
	of, before := w.downloads, w.seen.Load()
	w.stopCheck = w.timer(w.window, func() { w.check(of, before) })
}

// check looks at the end of a window that began with the given count of bytes.
func (w *watchdog) check(of int, before int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.running || of != w.downloads:
	case w.seen.Load()-before < w.least:
		w.cancel(ErrTooSlow)
	default:
		w.set()
	}
}

// came notes that n bytes have come.
func (w *watchdog) came(n int) { w.seen.Add(int64(n)) }

// pause ends the watch over a download.
func (w *watchdog) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = false
	if w.stopCheck != nil {
		w.stopCheck()
		w.stopCheck = nil
	}
}

// end stops all timers.
func (w *watchdog) end() {
	w.pause()
	w.stopLimit()
	w.cancel(nil)
}
