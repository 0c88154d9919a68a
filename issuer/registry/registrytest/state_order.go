package registrytest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

// transitionsAreThoseOfTheActions goes through all sequences of three actions.
func transitionsAreThoseOfTheActions(t *testing.T, s Storage) {
	r := open(t, s)
	actions := []registry.Action{registry.Revoke, registry.Supersede, registry.Suspend, registry.Resume}
	references := Issue(t, r, pool, "job", len(actions)*len(actions)*len(actions))
	number := uint64(0)
	for i, reference := range references {
		state, happened := status.Active, 0
		for _, action := range []registry.Action{actions[i%4], actions[i/4%4], actions[i/16]} {
			number++
			order := Order(number, action, []registry.Reference{reference})
			changes, possible := action.Leads(state)
			if !possible {
				var problem *registry.TransitionError
				if err := requireOrderRefused(t, r, order, nil); !errors.As(err, &problem) || problem.Standings[0].State != state {
					t.Fatalf("%s of %s: error %v", action, state, err)
				}
				continue
			}
			receipt := record(t, r, order)
			if changes {
				state, _ = action.Target()
				happened++
			}
			if changes != (receipt.Changed == 1) || changes == (receipt.Already == 1) {
				t.Fatalf("%s: %+v", action, receipt)
			}
			event := requireState(t, r, reference, state)
			if changes && (event.Order != order.Key || event.Action != action) || happened == 0 && event != (registry.Event{}) {
				t.Fatalf("newest event after %s is %+v", action, event)
			}
		}
	}
}

func aSuccessorStays(t *testing.T, s Storage) {
	r := open(t, s)
	old := Issue(t, r, pool, "old", 6)
	next := Issue(t, r, registry.Pool{Region: 33, Month: 84}, "new", 6)
	order := Order(1, registry.Supersede, old[:4])
	order.Successors = []registry.Reference{next[3], next[2], next[1], next[1]} // two became one
	record(t, r, order)
	for i, reference := range old[:4] {
		event := requireState(t, r, reference, status.Superseded)
		if !event.HasSuccessor || event.Successor != order.Successors[i] {
			t.Errorf("credential %d is succeeded by %+v, want %v", i, event, order.Successors[i])
		}
	}
	requireState(t, r, next[3], status.Active)
	// The same again under another key is done already, also where it does not
	// say by which; another successor contradicts.
	again := Order(2, registry.Supersede, old[:4])
	again.Successors = order.Successors
	for number, successors := range [][]registry.Reference{order.Successors, nil} {
		again := Order(10+uint64(number), registry.Supersede, old[:4])
		again.Successors = successors
		if receipt := record(t, r, again); receipt != (registry.OrderReceipt{Already: 4}) {
			t.Errorf("receipt is %+v", receipt)
		}
	}
	again.Successors = slices.Clone(order.Successors)
	again.Successors[2] = next[5]
	var problem *registry.TransitionError
	if err := requireOrderRefused(t, r, again, nil); !errors.As(err, &problem) || problem.Standings[0].Reference != old[2] {
		t.Errorf("another successor: error %v", err)
	}
	if record(t, r, Order(3, registry.Supersede, old[4:])); requireState(t, r, old[5], status.Superseded).HasSuccessor {
		t.Error("a successor out of nowhere")
	}
}

func previewSaysWhatRecordWillDo(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 20)
	for number, order := range []registry.Order{
		Order(1, registry.Suspend, references[:10]),
		Order(2, registry.Suspend, references),
		Order(3, registry.Resume, references[5:15]),
	} {
		before := len(events(t, r, 0))
		preview, err := r.Preview(t.Context(), order)
		if err != nil || len(events(t, r, 0)) != before {
			t.Fatalf("preview %d: error %v, or events", number, err)
		}
		receipt := record(t, openAgain(t, s), order)
		receipt.FirstEvent, receipt.LastEvent = 0, 0
		if preview != receipt {
			t.Errorf("preview %d is %+v, the receipt %+v", number, preview, receipt)
		}
	}
}

func eventsAreInOrder(t *testing.T, s Storage) {
	r := open(t, s)
	a := Issue(t, r, pool, "a", 30)
	b := Issue(t, r, registry.Pool{Region: 41, Month: 85}, "b", 30)
	c := Issue(t, r, registry.Pool{Region: 33, Month: 84}, "c", 30)
	if got := events(t, r, 0); len(got) != 0 {
		t.Fatalf("a registry without orders has %d events", len(got))
	}
	orders := []registry.Order{
		Order(5, registry.Suspend, []registry.Reference{c[1], a[9], b[0], a[2], a[0], c[0]}),
		Order(4, registry.Suspend, []registry.Reference{a[9], a[2]}), // nothing
		Order(3, registry.Revoke, []registry.Reference{a[9], b[5]}),
		Order(2, registry.Resume, []registry.Reference{a[0]}),
	}
	for _, order := range orders {
		record(t, r, order)
	}
	// Banks in the order in which they were opened: a, b, c.
	var want []registry.Event
	for _, done := range []struct {
		order      registry.Order
		references []registry.Reference
	}{
		{orders[0], []registry.Reference{a[0], a[2], a[9], b[0], c[0], c[1]}},
		{orders[2], []registry.Reference{a[9], b[5]}},
		{orders[3], []registry.Reference{a[0]}},
	} {
		for _, reference := range done.references {
			want = append(want, registry.Event{
				Sequence: uint64(len(want)) + 1, Order: done.order.Key, Action: done.order.Action, Reason: done.order.Reason,
				At: done.order.At, Reference: reference,
			})
		}
	}
	for _, handle := range []registry.StateKeeper{r, openAgain(t, s)} {
		for after := range uint64(len(want)) + 2 {
			if got := events(t, handle, after); !slices.Equal(got, want[min(after, uint64(len(want))):]) {
				t.Fatalf("events after %d are\n%+v", after, got)
			}
		}
		if got := events(t, handle, 1<<64-1); len(got) != 0 {
			t.Errorf("%d events after the last possible", len(got))
		}
	}
	for range r.Events(t.Context(), 0) {
		break
	}
}

func recordingWhileReadingGoesOn(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 60)
	record(t, r, Order(1, registry.Revoke, references[:20]))
	mark, err := r.Mark(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := uint64(0)
	for event, err := range r.Events(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; event.Sequence != seen {
			t.Fatalf("event %d in place %d", event.Sequence, seen)
		}
		if seen <= 20 {
			record(t, r, Order(1+seen, registry.Revoke, references[19+seen:20+seen]))
		}
	}
	if mark.Sequence != 20 || seen < 20 || seen > 40 {
		t.Errorf("%d events seen, the mark was %d", seen, mark.Sequence)
	}
}

func oneOfManyRecordingsIsTheFirst(t *testing.T, s Storage) {
	r := open(t, s)
	order := Order(1, registry.Revoke, Issue(t, r, pool, "job", 200))
	receipts, failures := atOnce(t, s, slices.Repeat([]registry.Order{order}, 8))
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	first := 0
	for _, receipt := range receipts {
		if !receipt.Repeated {
			first++
		}
		if receipt.Changed != 200 || receipt.FirstEvent != 1 || receipt.LastEvent != 200 {
			t.Errorf("receipt is %+v", receipt)
		}
	}
	if first != 1 || len(events(t, r, 0)) != 200 {
		t.Errorf("%d recordings were the first, %d events", first, len(events(t, r, 0)))
	}
}

// atOnce records each order through a handle of its own.
func atOnce(t *testing.T, s Storage, orders []registry.Order) ([]registry.OrderReceipt, []error) {
	t.Helper()
	receipts, failures := make([]registry.OrderReceipt, len(orders)), make([]error, len(orders))
	var group sync.WaitGroup
	for i, order := range orders {
		handle := open(t, s)
		group.Go(func() { receipts[i], failures[i] = handle.Record(context.Background(), order) })
	}
	group.Wait()
	return receipts, failures
}

func ofTwoFinalOrdersOneWins(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 100)
	orders := []registry.Order{
		Order(1, registry.Revoke, references[:60]), Order(2, registry.Supersede, references[40:]),
		Order(3, registry.Revoke, references[50:]), Order(4, registry.Supersede, references[:51]),
	}
	receipts, failures := atOnce(t, s, orders)
	events, changed := events(t, r, 0), 0
	for i, err := range failures {
		var problem *registry.TransitionError
		if err != nil && !errors.As(err, &problem) {
			t.Fatal(err)
		}
		changed += receipts[i].Changed
		for _, event := range events {
			if event.Order == orders[i].Key && err != nil {
				t.Fatalf("a refused order has the event %+v", event)
			}
		}
	}
	seen := make(map[registry.Reference]bool)
	for _, event := range events {
		if seen[event.Reference] {
			t.Errorf("%v has two final events", event.Reference)
		}
		seen[event.Reference] = true
	}
	if len(events) != changed || changed == 0 {
		t.Errorf("%d events, %d changed", len(events), changed)
	}
}
