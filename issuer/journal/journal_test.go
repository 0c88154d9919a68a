package journal_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/journal"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// written is a journal as its storage gives it back, which somebody may have
// changed.
type written struct {
	registry.Journal
	records []registry.JournalRecord
}

func (w written) Records(_ context.Context, after uint64) iter.Seq2[registry.JournalRecord, error] {
	return func(yield func(registry.JournalRecord, error) bool) {
		for _, r := range w.records {
			if r.Sequence > after && !yield(r, nil) {
				return
			}
		}
	}
}

func chain(n int) (written, []registry.JournalHead) {
	var w written
	heads := []registry.JournalHead{{}}
	for i := range n {
		r := heads[i].Next(registry.JournalRecord{At: 1_795_320_000, Actor: "desk-7", Role: "desk", Act: "issue",
			Object: fmt.Sprint(i), Outcome: "done", Detail: []byte(`{"count":1}`)})
		w.records = append(w.records, r)
		heads = append(heads, registry.JournalHead{Sequence: r.Sequence, Hash: r.Hash})
	}
	return w, heads
}

// TestAChangedJournalIsFound changes each field of each record, leaves records out
// and turns them around.
func TestAChangedJournalIsFound(t *testing.T) {
	const n = 5
	for name, change := range map[string]func(r *registry.JournalRecord){
		"time":    func(r *registry.JournalRecord) { r.At++ },
		"actor":   func(r *registry.JournalRecord) { r.Actor = "desk-8" },
		"role":    func(r *registry.JournalRecord) { r.Role = "operator" },
		"act":     func(r *registry.JournalRecord) { r.Act = "look" },
		"object":  func(r *registry.JournalRecord) { r.Object += "1" },
		"outcome": func(r *registry.JournalRecord) { r.Outcome = "failed" },
		"detail":  func(r *registry.JournalRecord) { r.Detail = []byte(`{"count":2}`) },
		"hash":    func(r *registry.JournalRecord) { r.Hash[0] ^= 1 },
		"shift":   func(r *registry.JournalRecord) { r.Role, r.Act = r.Role+r.Act[:1], r.Act[1:] },
	} {
		for i := range n {
			w, _ := chain(n)
			change(&w.records[i])
			var broken *journal.BrokenError
			if head, err := journal.Verify(context.Background(), w, registry.JournalHead{}, nil); !errors.As(err, &broken) ||
				broken.Sequence != uint64(i+1) || head != (registry.JournalHead{}) {
				t.Errorf("%s of record %d: %v", name, i+1, err)
			}
		}
	}
	w, _ := chain(n)
	w.records = append(w.records[:2], w.records[3:]...)
	if _, err := journal.Verify(context.Background(), w, registry.JournalHead{}, nil); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("a record that is left out: %v", err)
	}
}

// TestAHeadThatWasKeptTellsAnotherJournal cuts a journal behind the head, and
// writes one anew from the beginning.
func TestAHeadThatWasKeptTellsAnotherJournal(t *testing.T) {
	w, heads := chain(5)
	for _, kept := range heads {
		if head, err := journal.Verify(context.Background(), w, kept, nil); err != nil || head != heads[5] {
			t.Errorf("head %d: %v", kept.Sequence, err)
		}
	}
	if _, err := journal.Verify(context.Background(), written{records: w.records[:4]}, heads[5], nil); !errors.Is(err, journal.ErrOlder) {
		t.Errorf("a journal that was cut: %v", err)
	}
	other, _ := chain(6)
	other.records = nil
	var head registry.JournalHead
	for range 6 {
		r := head.Next(registry.JournalRecord{At: 1, Actor: "x", Role: "desk", Act: "issue", Outcome: "done"})
		other.records, head = append(other.records, r), registry.JournalHead{Sequence: r.Sequence, Hash: r.Hash}
	}
	if _, err := journal.Verify(context.Background(), other, heads[5], nil); !errors.Is(err, journal.ErrOther) {
		t.Errorf("a journal that was written anew: %v", err)
	}
}

func FuzzParseHead(f *testing.F) {
	_, heads := chain(3)
	for _, h := range heads {
		f.Add(journal.FormatHead(h))
	}
	for _, bad := range []string{"", "1:", ":", "01:" + strings.Repeat("00", 32), "1:" + strings.Repeat("AB", 32)} {
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := journal.ParseHead(text)
		if err != nil && h != (registry.JournalHead{}) || err == nil && journal.FormatHead(h) != text {
			t.Fatalf("%q is %+v, error %v", text, h, err)
		}
	})
}

// An auditor keeps a head and comes again.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	r, err := sqlite.Create(ctx, filepath.Join(folder, "33.registry"), registry.Plan{})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	var kept registry.JournalHead
	for range 2 {
		if _, err := r.Append(ctx, registry.JournalRecord{At: 1_795_320_000, Actor: "approver-1", Role: "approver",
			Act: "approve", Object: "5f0c", Outcome: "done"}); err != nil {
			log.Fatal(err)
		}
		if kept, err = journal.Verify(ctx, r, kept, nil); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(journal.FormatHead(kept)[:12])
	// Output: 2:14a99e6e99
}
