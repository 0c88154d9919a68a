package service

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// TestAWatchAsksOnceAndWaitsForNobodyForGood: many who want to know are one
// question; one that is not answered is given up by who waits, and not asked again
// beside itself.
func TestAWatchAsksOnceAndWaitsForNobodyForGood(t *testing.T) {
	at, asked, answer := time.Unix(1000, 0), 0, make(chan error)
	w := &watch{clock: func() time.Time { return at }, after: time.After, ask: func() error { asked++; return <-answer }}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if err := w.answer(gone); !errors.Is(err, errSlow) {
			t.Fatalf("who has gone gets %v", err)
		}
	}
	fault := errors.New("fault")
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if err := w.answer(t.Context()); !errors.Is(err, fault) {
				t.Errorf("got %v", err)
			}
		})
	}
	answer <- fault
	all.Wait()
	if err := w.answer(t.Context()); !errors.Is(err, fault) || asked != 1 {
		t.Errorf("%v after %d questions, want the first answer", err, asked)
	}
	at = at.Add(watchFor)
	close(answer)
	if err := w.answer(t.Context()); err != nil || asked != 2 {
		t.Errorf("%v after %d questions, want a new answer", err, asked)
	}
}
