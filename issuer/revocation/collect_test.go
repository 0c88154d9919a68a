package revocation_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/revocation"
)

// memory is a history of a few banks and events.
type memory struct {
	banks  []registry.BankCount
	events []registry.Event
	marks  []registry.Mark // behind each number of events
}

func newMemory(banks ...registry.Geometry) *memory {
	m := &memory{marks: []registry.Mark{{}}}
	for _, bank := range banks {
		m.banks = append(m.banks, registry.BankCount{Geometry: bank})
	}
	return m
}

func (m *memory) add(t *testing.T, region uint8, action registry.Action, list, index uint32) {
	t.Helper()
	event := registry.Event{
		Sequence: uint64(len(m.events) + 1), Order: registry.OrderKey{1}, Action: action, Reason: 1, At: noon,
		Reference: registry.Reference{Region: region, List: list, Index: index},
	}
	mark, err := m.marks[len(m.marks)-1].Next(event)
	if err != nil {
		t.Fatal(err)
	}
	m.events, m.marks = append(m.events, event), append(m.marks, mark)
}

func (m *memory) Banks(context.Context) ([]registry.BankCount, error) { return m.banks, nil }

func (m *memory) Events(_ context.Context, after uint64) iter.Seq2[registry.Event, error] {
	return func(yield func(registry.Event, error) bool) {
		for _, event := range m.events[after:] {
			if !yield(event, nil) {
				return
			}
		}
	}
}

func (m *memory) Mark(context.Context) (registry.Mark, error) { return m.marks[len(m.marks)-1], nil }

func (m *memory) Holds(_ context.Context, mark registry.Mark) (bool, error) {
	return slices.Contains(m.marks, mark), nil
}

func bank(region uint8, month, first, shards uint16) registry.Geometry {
	return registry.Geometry{Pool: registry.Pool{Region: region, Month: month}, FirstShard: first, Shards: shards, Places: 1 << 20}
}

var scope = revocation.Scope{Region: 33, Issued: noon, Latest: noon + 7*86400}

func collect(t *testing.T, m *memory, scope revocation.Scope) revocation.Lists {
	t.Helper()
	lists, mark, err := revocation.Collect(t.Context(), m, scope)
	if err != nil || mark != m.marks[len(m.marks)-1] {
		t.Fatal(mark, err)
	}
	return lists
}

// [STATUS-17]
func TestEventsOfARegionAreItsLists(t *testing.T) {
	m := newMemory(bank(33, 31, 0, 2), bank(41, 31, 0, 2))
	for _, e := range []struct {
		action registry.Action
		index  uint32
	}{
		{registry.Suspend, 9}, {registry.Revoke, 5}, {registry.Suspend, 7}, {registry.Supersede, 6},
		{registry.Resume, 9}, {registry.Revoke, 7}, {registry.Suspend, 8}, {registry.Revoke, 1},
	} {
		m.add(t, 33, e.action, august+1, e.index)
	}
	m.add(t, 41, registry.Revoke, august, 77)
	lists := collect(t, m, scope)
	want := revocation.Lists{august: {}, august + 1: {Revoked: []uint32{1, 5, 7}, Superseded: []uint32{6}, Suspended: []uint32{8}}}
	if hashOf(t, lists) != hashOf(t, want) {
		t.Errorf("%v, want %v", lists, want)
	}
	if got, want := lists.Counts(), (revocation.Counts{Revoked: 3, Superseded: 1, Suspended: 1}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestAListInWhichACredentialCanBeIsThere: what is not listed is not known, and
// must not come from nothing having been revoked.
func TestAListInWhichACredentialCanBeIsThere(t *testing.T) {
	july, september := uint16(30), uint16(32)
	m := newMemory(bank(33, july, 0, 9), bank(33, 31, 0, 2), bank(33, 31, 2, 2), bank(33, september+1, 0, 3))
	end := time.Date(2022, 8, 31, 23, 59, 59, 0, format.ChinaTime).Unix()
	for name, c := range map[string]struct {
		issued, latest int64
		want           []uint32
	}{
		"those that are open":           {noon, noon, []uint32{august, august + 1, august + 2, august + 3, august + 512, august + 513, august + 514}},
		"the month that is to come":     {noon, end + 1, []uint32{august, august + 1, august + 2, august + 3, august + 256, august + 257, august + 258, august + 512, august + 513, august + 514}},
		"none whose month has ended":    {end + 1, end + 1, []uint32{august + 256, august + 257, august + 258, august + 512, august + 513, august + 514}},
		"to the last second of a month": {end, end, []uint32{august, august + 1, august + 2, august + 3, august + 512, august + 513, august + 514}},
	} {
		got := collect(t, m, revocation.Scope{Region: 33, Issued: c.issued, Latest: c.latest}).Numbers()
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	far := collect(t, m, revocation.Scope{Region: 33, Issued: noon, Latest: 1<<32 - 1}).Numbers()
	if last := far[len(far)-1]; last>>8 != 31+13 {
		t.Errorf("a list of month %d, that no device takes (TRUST-85)", last>>8)
	}
	if other := collect(t, m, revocation.Scope{Region: 11, Issued: noon, Latest: noon}); len(other) != 0 {
		t.Errorf("lists of a region that has none: %v", other)
	}
}

// TestAnOldRegistryIsTold: STATUS-8. A backup that was restored knows less than
// what was published, or something else.
func TestAnOldRegistryIsTold(t *testing.T) {
	m, backup := newMemory(bank(33, 31, 0, 1)), newMemory(bank(33, 31, 0, 1))
	for _, r := range []*memory{m, backup} {
		r.add(t, 33, registry.Revoke, august, 5)
	}
	m.add(t, 33, registry.Revoke, august, 6)
	published := m.marks[2]
	if err := revocation.CheckMark(t.Context(), m, published); err != nil {
		t.Error(err)
	}
	if err := revocation.CheckMark(t.Context(), backup, published); !errors.Is(err, revocation.ErrOldRegistry) {
		t.Errorf("a backup: %v", err)
	}
	backup.add(t, 33, registry.Revoke, august, 7) // and somebody went on with it
	if err := revocation.CheckMark(t.Context(), backup, published); !errors.Is(err, revocation.ErrOldRegistry) {
		t.Errorf("another history: %v", err)
	}
	if err := revocation.Follow(collect(t, m, scope), collect(t, backup, scope), noon); !errors.Is(err, revocation.ErrOldRegistry) {
		t.Errorf("lists of another history: %v", err)
	}
}

func TestARegistryThatContradictsItselfIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*memory){
		"a list that is not open":    func(m *memory) { m.add(t, 33, registry.Revoke, august+9, 1) },
		"an action of nobody":        func(m *memory) { m.add(t, 33, 9, august, 1) },
		"revoked credentials resume": func(m *memory) { m.add(t, 33, registry.Resume, august, 5) },
		"an event is changed":        func(m *memory) { m.events[0].Reference.Index = 6 },
		"an event is gone":           func(m *memory) { m.events = m.events[:1] },
		"events are out of order":    func(m *memory) { m.events[0], m.events[1] = m.events[1], m.events[0] },
	} {
		m := newMemory(bank(33, 31, 0, 1))
		m.add(t, 33, registry.Revoke, august, 5)
		m.add(t, 33, registry.Revoke, august, 8)
		spoil(m)
		if lists, _, err := revocation.Collect(t.Context(), m, scope); !errors.Is(err, registry.ErrDamaged) || lists != nil {
			t.Errorf("%s: %v, %v", name, lists, err)
		}
	}
}

func TestNothingIsSuspendedThatResumed(t *testing.T) {
	m := newMemory(bank(33, 31, 0, 1))
	m.add(t, 33, registry.Suspend, august, 5)
	before := collect(t, m, scope)
	m.add(t, 33, registry.Resume, august, 5)
	after := collect(t, m, scope)
	delta, err := revocation.Delta(before, after, head(2, noon))
	if err != nil || len(delta.Changes) != 1 || len(delta.Changes[0].Removals) == 0 {
		t.Fatal(delta, err)
	}
	if after[august].Lookup(5) != status.Active {
		t.Error("still suspended")
	}
}
