package packed

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

func Example() {
	banks := NewBanks([registry.SecretSize]byte{1})
	bank, err := banks.Bank(7, registry.Geometry{Pool: registry.Pool{Region: 33, Month: 83}, Shards: 1, Places: registry.DefaultPlaces})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Counters 5 and 6 are neighbours, 9 is not: two segments.
	var rows []Placed
	for _, counter := range []uint64{5, 6, 9} {
		reference, _ := bank.Reference(counter)
		entry := registry.Entry{Reference: reference, Hash: [32]byte{byte(counter)}, IssuedAt: 1, ExpiresAt: 2, State: registry.Issued}
		rows = append(rows, Placed{At: PositionOf(7, counter), Entry: &entry})
	}
	for _, segment := range Segments(rows) {
		entries, err := segment.AppendTo(nil, bank)
		fmt.Println(segment.At.Bank(), segment.At.Counter(), len(segment.Entries), entries[0] == *rows[0].Entry, err)
		rows = rows[len(entries):]
	}
	// Output:
	// 7 5 90 true <nil>
	// 7 9 45 true <nil>
}

func TestSegmentsThatAreCutAreDamaged(t *testing.T) {
	bank, err := NewBanks([registry.SecretSize]byte{}).Make(registry.Geometry{Shards: 1, Places: 2})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Segment{
		"entries cut":         {Entries: make([]byte, EntrySize+1)},
		"requests cut":        {Entries: make([]byte, EntrySize), Requests: make([]byte, RequestSize-1)},
		"requests too many":   {Entries: make([]byte, EntrySize), Requests: make([]byte, 2*RequestSize)},
		"beyond its bank":     {At: 1, Entries: make([]byte, 2*EntrySize)},
		"a negative position": {At: -1, Entries: make([]byte, EntrySize)},
	} {
		if entries, err := s.AppendTo(nil, bank); !errors.Is(err, registry.ErrDamaged) || entries != nil {
			t.Errorf("%s: %d entries, error %v", name, len(entries), err)
		}
	}
}

func TestEventsAreToldFromTheOnesMissing(t *testing.T) {
	row := func(first uint64, n int) EventRow {
		return EventRow{First: first, Positions: make([]byte, n*positionSize)}
	}
	for _, test := range []struct {
		name    string
		rows    []EventRow
		after   uint64
		want    int
		damaged bool
	}{
		{"none", nil, 5, 0, false},
		{"the row before ends there", []EventRow{row(1, 5), row(6, 2)}, 5, 1, false},
		{"within a row", []EventRow{row(1, 5), row(6, 2)}, 3, 2, false},
		{"nothing behind", []EventRow{row(1, 5)}, 5, 0, false},
		{"a gap between rows", []EventRow{row(1, 5), row(7, 2)}, 3, 0, true},
		{"a gap in front", []EventRow{row(3, 5)}, 1, 0, true},
	} {
		rows, err := Page(test.rows, test.after)
		if errors.Is(err, registry.ErrDamaged) != test.damaged || len(rows) != test.want {
			t.Errorf("%s: %d rows, error %v", test.name, len(rows), err)
		}
	}
}

// TestEventsOfManyChangesAreReadAsTheyWereWritten goes over the ends of rows.
func TestEventsOfManyChangesAreReadAsTheyWereWritten(t *testing.T) {
	changes := make([]Change, 2*eventsPerRow+3)
	for i := range changes {
		changes[i].At = PositionOf(1, uint64(2*i))
		if i >= eventsPerRow {
			changes[i].Successor = Position(i)
		}
	}
	next := uint64(10)
	for i, row := range EventRows(4, next, changes) {
		if row.Check() != nil || row.Order != 4 || row.First != next || (row.Successors == nil) != (i == 0) {
			t.Fatalf("row %d begins at %d, successors %v", i, row.First, row.Successors != nil)
		}
		for k := range row.Len() {
			at, successor := row.At(k)
			if c := changes[next-10]; at != c.At || successor != c.Successor || !row.Holds(next) {
				t.Fatalf("event %d is of %d and %d, want %+v", next, at, successor, c)
			}
			next++
		}
	}
	if next != 10+uint64(len(changes)) {
		t.Errorf("%d events, want %d", next-10, len(changes))
	}
}
