package fetch

import (
	"bytes"
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// applyPatiently applies again while another import is running.
func applyPatiently(s *Store, bundle []byte, clock int64) error {
	for {
		_, err := s.Apply(bundle, Origin{}, clock)
		if !errors.Is(err, ErrBusy) {
			return err
		}
		runtime.Gosched()
	}
}

// Each import brings another region's key set: whatever the order, none of them
// is lost.
func TestConcurrentImportsLoseNothing(t *testing.T) {
	codes := []string{"11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45"}
	n := nation.New(t, codes...)
	whole := mustParse(t, n.Bundle())
	s := newStore(t, n)
	stores := []*Store{s, {path: s.path, anchor: s.anchor, disk: systemDisk{}}} // as two processes have
	var imports sync.WaitGroup
	for i := range whole.Regions {
		part := *whole
		part.Regions = whole.Regions[i : i+1]
		bundle, err := part.Encode()
		if err != nil {
			t.Fatal(err)
		}
		imports.Go(func() {
			if err := applyPatiently(stores[i%2], bundle, now); err != nil {
				t.Error(err)
			}
		})
		imports.Go(func() {
			if _, err := s.Current(now); err != nil && !errors.Is(err, ErrNoStore) {
				t.Errorf("read meanwhile: %v", err)
			}
		})
	}
	imports.Wait()
	for _, region := range current(t, s).Trust.Regions() {
		if err := region.Available(); err != nil {
			t.Error(err)
		}
	}
}

func TestOneOfTwoImportsAtATimeIsToldThatTheOtherRuns(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	release, err := lockFile(s.path + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	bundle := n.Bundle()
	if _, err := s.Apply(bundle, Origin{}, now); !errors.Is(err, ErrBusy) {
		t.Errorf("while another import runs: %v", err)
	}
	asked := 0
	s.busy = func(tries int) bool {
		if asked = tries; tries == 3 {
			release()
		}
		return true
	}
	apply(t, s, bundle)
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}

// An import whose store was replaced since it was read begins again with what is
// there now.
func TestAnImportThatWasOvertakenBeginsAgain(t *testing.T) {
	n := nation.New(t, "33", "41")
	s := newStore(t, n)
	first := n.Bundle()
	apply(t, s, first)
	change, planned, old, err := s.plan(first, Origin{}, now)
	if err != nil || change.Changed {
		t.Fatal(err)
	}
	next(n)
	apply(t, s, n.Bundle())
	newer := file(t, s)
	if done, err := s.replace(old, &content{Anchor: planned.Anchor, Source: planned.Source, Known: now + 5}); done || err != nil {
		t.Fatalf("an overtaken import was written: %v, %v", done, err)
	}
	if !bytes.Equal(file(t, s), newer) {
		t.Error("the newer store is gone")
	}
	if _, err := s.Apply(first, Origin{}, now); !errors.Is(err, trustlist.ErrRollback) {
		t.Errorf("again: %v", err)
	}
}
