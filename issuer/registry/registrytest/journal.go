package registrytest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Record makes a record of the journal that follows from n.
func Record(n int) registry.JournalRecord {
	r := registry.JournalRecord{
		At: planTime + int64(n), Actor: "desk 17", Role: "requester", Act: "revoke",
		Object: fmt.Sprintf("33-21248-%d", n), Outcome: "done",
	}
	if n%2 == 1 {
		r.Actor, r.Object, r.Detail = "杭州 3 号窗口", "", fmt.Appendf(nil, `{"n":%d}`, n)
	}
	return r
}

func appendRecord(t testing.TB, r registry.Journal, record registry.JournalRecord) registry.JournalRecord {
	t.Helper()
	appended, err := r.Append(t.Context(), record)
	if err != nil {
		t.Fatal(err)
	}
	return appended
}

// journal returns the records above a sequence number, and holds them to the
// chain from there on.
func journal(t testing.TB, r registry.Journal, after registry.JournalHead) []registry.JournalRecord {
	t.Helper()
	var records []registry.JournalRecord
	head := after
	for record, err := range r.Records(t.Context(), after.Sequence) {
		if err != nil {
			t.Fatal(err)
		}
		if head, err = head.Follow(record); err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
	}
	if got, err := r.JournalHead(t.Context()); err != nil || got != head {
		t.Fatalf("JournalHead: %+v, error %v, want %+v", got, err, head)
	}
	return records
}

func equalRecords(a, b registry.JournalRecord) bool {
	sameDetail := bytes.Equal(a.Detail, b.Detail)
	a.Detail, b.Detail = nil, nil
	return sameDetail && fmt.Sprint(a) == fmt.Sprint(b)
}

func theJournalIsAChain(t *testing.T, s Storage) {
	r := openStore(t, s)
	if got := journal(t, r, registry.JournalHead{}); len(got) != 0 {
		t.Fatalf("a new journal has %v", got)
	}
	const n = 300
	var head registry.JournalHead
	var heads []registry.JournalHead
	var want []registry.JournalRecord
	for i := range n {
		appended := appendRecord(t, r, Record(i))
		if expected := head.Next(Record(i)); !equalRecords(appended, expected) {
			t.Fatalf("Append: %+v, want %+v", appended, expected)
		}
		head = registry.JournalHead{Sequence: appended.Sequence, Hash: appended.Hash}
		heads, want = append(heads, head), append(want, appended)
	}
	other := openStore(t, s)
	if got := journal(t, other, registry.JournalHead{}); !slices.EqualFunc(got, want, equalRecords) {
		t.Errorf("%d records, want %d", len(got), len(want))
	}
	if got := journal(t, other, heads[249]); !slices.EqualFunc(got, want[250:], equalRecords) {
		t.Errorf("%d records above 250, want 50", len(got))
	}
	for _, after := range []uint64{n, n + 1, 1 << 63, 1<<64 - 1} {
		for record, err := range other.Records(t.Context(), after) {
			t.Errorf("above %d there is %+v, error %v", after, record, err)
		}
	}
	for range other.Records(t.Context(), 0) {
		break
	}
}

func manyAppendOneChain(t *testing.T, s Storage) {
	const hands, each = 5, 20
	failures := make([]error, hands)
	var group sync.WaitGroup
	for h := range hands {
		handle := openStore(t, s)
		group.Go(func() {
			for i := range each {
				if _, failures[h] = handle.Append(t.Context(), Record(h*each+i)); failures[h] != nil {
					return
				}
			}
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	if got := journal(t, openStore(t, s), registry.JournalHead{}); len(got) != hands*each {
		t.Errorf("%d records, want %d", len(got), hands*each)
	}
}

func appendingWhileReading(t *testing.T, s Storage) {
	r := openStore(t, s)
	for i := range 3 {
		appendRecord(t, r, Record(i))
	}
	seen := 0
	for _, err := range r.Records(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen <= 3 {
			appendRecord(t, r, Record(10+seen))
		}
	}
	if seen < 3 || seen > 6 {
		t.Errorf("%d records", seen)
	}
	if got := journal(t, r, registry.JournalHead{}); len(got) != 6 {
		t.Errorf("%d records, want 6", len(got))
	}
}

func recordsOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := openStore(t, s)
	long := strings.Repeat("a", registry.MaxNameLength+1)
	for name, change := range map[string]func(*registry.JournalRecord){
		"a number":         func(j *registry.JournalRecord) { j.Sequence = 1 },
		"a hash":           func(j *registry.JournalRecord) { j.Hash[0] = 1 },
		"no actor":         func(j *registry.JournalRecord) { j.Actor = "" },
		"no role":          func(j *registry.JournalRecord) { j.Role = "" },
		"no act":           func(j *registry.JournalRecord) { j.Act = "" },
		"no outcome":       func(j *registry.JournalRecord) { j.Outcome = "" },
		"a long actor":     func(j *registry.JournalRecord) { j.Actor = long },
		"an actor's rows":  func(j *registry.JournalRecord) { j.Actor = "a\nb" },
		"broken UTF-8":     func(j *registry.JournalRecord) { j.Act = "\xff" },
		"a NUL":            func(j *registry.JournalRecord) { j.Object = "a\x00" },
		"a long object":    func(j *registry.JournalRecord) { j.Object = strings.Repeat(long, 2) },
		"no JSON":          func(j *registry.JournalRecord) { j.Detail = []byte("{") },
		"a long detail":    func(j *registry.JournalRecord) { j.Detail = fmt.Appendf(nil, "%02049d", 0) },
		"a time before 70": func(j *registry.JournalRecord) { j.At = -1 },
		"a time too late":  func(j *registry.JournalRecord) { j.At = 1 << 32 },
	} {
		record := Record(0)
		change(&record)
		if got, err := r.Append(t.Context(), record); !errors.Is(err, registry.ErrInvalid) || got.Sequence != 0 {
			t.Errorf("%s: %+v, error %v, want ErrInvalid", name, got, err)
		}
	}
	if got := journal(t, r, registry.JournalHead{}); len(got) != 0 {
		t.Errorf("refused records are in the journal: %v", got)
	}
}
