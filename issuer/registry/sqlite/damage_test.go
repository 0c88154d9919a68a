package sqlite

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// damaged makes a registry of two orders, the first with successors, changes it
// behind the program's back, and returns it with the references of both.
func damaged(t *testing.T, statements string) (r *Registry, first, second []registry.Reference) {
	t.Helper()
	f := newFile(t, registry.Plan{})
	r = f.open(t)
	references := registrytest.Issue(t, r, testPool, "job", 30)
	first, second = references[:10], references[10:20]
	order := registrytest.Order(1, registry.Supersede, first)
	order.Successors = references[20:]
	for _, o := range []registry.Order{order, registrytest.Order(2, registry.Suspend, second)} {
		if _, err := r.Record(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	execute(t, string(f), "PRAGMA foreign_keys = 0; DROP TRIGGER orders_stay; DROP TRIGGER orders_fixed; DROP TRIGGER event_stays; DROP TRIGGER event_fixed; DROP TRIGGER changed_stays; DROP TRIGGER changed_fixed; "+statements)
	r = f.open(t)
	t.Cleanup(func() { r.Close() })
	return r, first, second
}

// TestEventsThatContradictEachOtherAreTold holds every way of reading to
// ErrDamaged, and to no panic.
func TestEventsThatContradictEachOtherAreTold(t *testing.T) {
	// The fields tell for which ways the damage is visible.
	for name, test := range map[string]struct {
		statements    string
		events, state bool // Events from the beginning; State of the second order's first
	}{
		"first events gone":        {"DELETE FROM event WHERE first = 1", true, false},
		"last events gone":         {"DELETE FROM event WHERE first = 11", false, true},
		"an order gone":            {"DELETE FROM orders WHERE id = 2", true, true},
		"an unknown action":        {"UPDATE orders SET action = 9 WHERE id = 2", true, true},
		"events cut":               {"UPDATE event SET positions = substr(positions, 1, 77) WHERE first = 11", true, true},
		"no events in a row":       {"UPDATE event SET positions = x'' WHERE first = 11", true, true},
		"fewer events":             {"UPDATE event SET positions = substr(positions, 9), successors = substr(successors, 9) WHERE first = 1", true, false},
		"successors cut":           {"UPDATE event SET successors = substr(successors, 1, 72) WHERE first = 1", true, false},
		"a position of no bank":    {"UPDATE event SET positions = CAST(x'0000006300000000' || substr(positions, 9) AS BLOB) WHERE first = 11", true, true},
		"a place beyond its bank":  {"UPDATE event SET positions = CAST(x'00000001ffffffff' || substr(positions, 9) AS BLOB) WHERE first = 11", true, true},
		"a negative position":      {"UPDATE event SET positions = CAST(x'ffffffffffffffff' || substr(positions, 9) AS BLOB) WHERE first = 11", true, true},
		"positions exchanged":      {"UPDATE event SET positions = CAST(substr(positions, 9) || substr(positions, 1, 8) AS BLOB) WHERE first = 11", false, true},
		"an event of the future":   {"UPDATE changed SET sequence = 99 WHERE sequence = 11", false, true},
		"a later number for a row": {"UPDATE event SET first = 12 WHERE first = 11", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			r, _, second := damaged(t, test.statements)
			var problem error
			for event, err := range r.Events(t.Context(), 0) {
				if problem = err; err != nil && event != (registry.Event{}) {
					t.Errorf("%+v beside an error", event)
				}
			}
			if errors.Is(problem, registry.ErrDamaged) != test.events {
				t.Errorf("Events: error %v", problem)
			}
			_, event, err := r.State(t.Context(), second[0])
			if errors.Is(err, registry.ErrDamaged) != test.state || err != nil && event != (registry.Event{}) {
				t.Errorf("State: %+v, error %v", event, err)
			}
			receipt, err := r.Record(t.Context(), registrytest.Order(3, registry.Resume, second))
			if test.state && (!errors.Is(err, registry.ErrDamaged) || receipt != (registry.OrderReceipt{})) {
				t.Errorf("Record: %+v, error %v", receipt, err)
			}
		})
	}
}

// A registry that lost a table says that it is damaged, whatever it is asked.
func TestARegistryThatLostATableIsDamaged(t *testing.T) {
	for _, table := range []string{"journal", "event", "bank", "job"} {
		r, first, _ := damaged(t, "DROP TABLE "+table)
		var got error
		switch table {
		case "journal":
			_, got = r.JournalHead(t.Context())
			_, appended := r.Append(t.Context(), registrytest.Record(0))
			if !errors.Is(appended, registry.ErrDamaged) {
				t.Errorf("Append: %v", appended)
			}
		case "event":
			_, _, got = r.State(t.Context(), first[0])
		case "bank":
			_, got = r.Banks(t.Context())
		case "job":
			_, got = r.JobState(t.Context(), "night")
		}
		if !errors.Is(got, registry.ErrDamaged) {
			t.Errorf("without %s: %v, want ErrDamaged", table, got)
		}
	}
}
