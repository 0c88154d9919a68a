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

// watchdog ends an import that takes too long or stands too still. It is made by
// watch and ended by end.
type watchdog struct {
	timer  Timer
	window time.Duration
	least  int64 // bytes that have to come within a window
	cancel context.CancelCauseFunc
	seen   atomic.Int64

	mu    sync.Mutex
	ended bool
	stops [2]func() bool // of the limit and of the window
}

// watch returns a context that ends with [ErrTooSlow] when fewer than least bytes
// come in a window, and with [ErrTimeout] after limit.
func watch(ctx context.Context, timer Timer, limit, window time.Duration, least int64) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watchdog{timer: timer, window: window, least: least, cancel: cancel}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stops[0] = timer(limit, func() { cancel(ErrTimeout) })
	w.stops[1] = timer(window, func() { w.check(0) })
	return ctx, w
}

// check looks at the end of a window that began with the given count of bytes.
func (w *watchdog) check(before int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	seen := w.seen.Load()
	if seen-before < w.least {
		w.cancel(ErrTooSlow)
		return
	}
	w.stops[1] = w.timer(w.window, func() { w.check(seen) })
}

// came notes that n bytes have come.
func (w *watchdog) came(n int) { w.seen.Add(int64(n)) }

// end stops all timers.
func (w *watchdog) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	for _, stop := range w.stops {
		stop()
	}
	w.cancel(nil)
}
