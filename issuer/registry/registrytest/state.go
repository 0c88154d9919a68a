package registrytest

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

func stateLaws() []law {
	return []law{
		{"AnOrderChangesWhatItNames", anOrderChangesWhatItNames},
		{"TheSameOrderAgainIsTheSame", theSameOrderAgainIsTheSame},
		{"AnOrderKeyHasOneContent", anOrderKeyHasOneContent},
		{"AnOrderWithAnUnknownReferenceChangesNothing", anUnknownReferenceChangesNothing},
		{"AnOrderThatOneStateForbidsChangesNothing", aForbiddenTransitionChangesNothing},
		{"TransitionsAreThoseOfTheActions", transitionsAreThoseOfTheActions},
		{"ASuccessorIsKeptAndStays", aSuccessorStays},
		{"PreviewSaysWhatRecordWillDo", previewSaysWhatRecordWillDo},
		{"EventsAreInOrderWithoutGaps", eventsAreInOrder},
		{"RecordingWhileReadingGoesOn", recordingWhileReadingGoesOn},
		{"MarksFollowTheEvents", marksFollowTheEvents},
		{"OneOfManyRecordingsIsTheFirst", oneOfManyRecordingsIsTheFirst},
		{"OfTwoFinalOrdersOneWins", ofTwoFinalOrdersOneWins},
		{"TheLargestOrderIsRecorded", theLargestOrderIsRecorded},
		{"BanksAreCounted", banksAreCounted},
		{"OrdersOutOfBoundsAreRefused", ordersOutOfBoundsAreRefused},
		{"AnEndedContextRecordsNothing", anEndedContextRecordsNothing},
		{"RandomOrdersAgreeWithAModel", randomOrdersAgreeWithAModel},
	}
}

// reasons has for each action a reason that allows it.
var reasons = map[registry.Action]uint16{registry.Revoke: 1, registry.Supersede: 8, registry.Suspend: 15, registry.Resume: 16}

// Order makes an order with key n and the action's reason.
func Order(n uint64, action registry.Action, references []registry.Reference) registry.Order {
	order := registry.Order{Action: action, Reason: reasons[action], At: 1_795_305_600 + int64(n), References: references}
	binary.BigEndian.PutUint64(order.Key[:], n+1)
	return order
}

// Issue leases and commits n credentials as one chunk.
func Issue(t testing.TB, r registry.Registry, pool registry.Pool, job string, n int) []registry.Reference {
	t.Helper()
	references := Lease(t, r, pool, n)
	commit(t, r, Chunk(job, 0, references))
	return references
}

// record records an order that must be new, and holds the registry to leaving
// the caller's order as it was.
func record(t testing.TB, r registry.StateKeeper, order registry.Order) registry.OrderReceipt {
	t.Helper()
	references, successors := slices.Clone(order.References), slices.Clone(order.Successors)
	receipt, err := r.Record(t.Context(), order)
	if err != nil || receipt.Repeated {
		t.Fatalf("Record(%x): %+v, error %v", order.Key, receipt, err)
	}
	if !slices.Equal(references, order.References) || !slices.Equal(successors, order.Successors) {
		t.Fatal("Record changed the caller's order")
	}
	return receipt
}

// requireOrderRefused records an order that must be refused with an error that
// want finds, and of which nothing may then be there.
func requireOrderRefused(t testing.TB, r registry.StateKeeper, order registry.Order, want error) error {
	t.Helper()
	before := events(t, r, 0)
	preview, previewed := r.Preview(t.Context(), order)
	receipt, err := r.Record(t.Context(), order)
	for _, problem := range []error{previewed, err} {
		if problem == nil || want != nil && !errors.Is(problem, want) {
			t.Fatalf("error %v, want %v", problem, want)
		}
	}
	if (receipt != registry.OrderReceipt{}) || (preview != registry.OrderReceipt{}) {
		t.Errorf("%+v and %+v were returned beside an error", receipt, preview)
	}
	if after := events(t, r, 0); !slices.Equal(before, after) {
		t.Errorf("%d events after a refused order, %d before", len(after), len(before))
	}
	return err
}

// events returns the events above a sequence number.
func events(t testing.TB, r registry.StateKeeper, after uint64) (all []registry.Event) {
	t.Helper()
	for event, err := range r.Events(t.Context(), after) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, event)
	}
	return all
}

func requireState(t testing.TB, r registry.StateKeeper, reference registry.Reference, want status.State) registry.Event {
	t.Helper()
	state, event, err := r.State(t.Context(), reference)
	if err != nil || state != want {
		t.Fatalf("State(%v): %s, error %v, want %s", reference, state, err, want)
	}
	return event
}

func anOrderChangesWhatItNames(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 50)
	open, leased := references[:40], Lease(t, r, pool, 1)[0]
	order := Order(1, registry.Revoke, references[40:])
	receipt := record(t, r, order)
	if want := (registry.OrderReceipt{Changed: 10, FirstEvent: 1, LastEvent: 10}); receipt != want {
		t.Errorf("receipt is %+v, want %+v", receipt, want)
	}
	// Through a second handle too: nothing hangs on the one that recorded it.
	for _, handle := range []registry.StateKeeper{r, openAgain(t, s)} {
		for _, reference := range open {
			if event := requireState(t, handle, reference, status.Active); event != (registry.Event{}) {
				t.Errorf("a credential that nothing happened to has the event %+v", event)
			}
		}
		for i, reference := range references[40:] {
			want := registry.Event{
				Sequence: uint64(i) + 1, Order: order.Key, Action: registry.Revoke, Reason: 1, At: order.At, Reference: reference,
			}
			if event := requireState(t, handle, reference, status.Revoked); event != want {
				t.Errorf("event is %+v, want %+v", event, want)
			}
		}
		for _, absent := range []registry.Reference{leased, {Region: 41, List: leased.List, Index: leased.Index}, {Region: 33, List: 1}} {
			state, event, err := handle.State(t.Context(), absent)
			if !errors.Is(err, registry.ErrNotFound) || state != status.Active || event != (registry.Event{}) {
				t.Errorf("State(%v): %s, %+v, error %v, want ErrNotFound", absent, state, event, err)
			}
		}
	}
	if entry, err := r.Lookup(t.Context(), references[45]); err != nil || entry.State != registry.Issued {
		t.Errorf("the entry of a revoked credential is %+v, error %v", entry, err)
	}
}

// openAgain is open under a name that a variable does not hide.
func openAgain(t testing.TB, s Storage) registry.StateKeeper { return open(t, s) }

func theSameOrderAgainIsTheSame(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 30)
	record(t, r, Order(0, registry.Revoke, references[20:25]))
	order := Order(1, registry.Revoke, references[:25])
	first := record(t, r, order)
	if want := (registry.OrderReceipt{Changed: 20, Already: 5, FirstEvent: 6, LastEvent: 25}); first != want {
		t.Errorf("receipt is %+v, want %+v", first, want)
	}
	first.Repeated = true
	later := order
	later.At += 3600
	turned := order
	turned.References = slices.Clone(order.References)
	slices.Reverse(turned.References)
	for name, again := range map[string]registry.Order{"the same": order, "at another time": later, "in another order": turned} {
		for _, do := range []func(context.Context, registry.Order) (registry.OrderReceipt, error){openAgain(t, s).Record, r.Preview} {
			if receipt, err := do(t.Context(), again); err != nil || receipt != first {
				t.Errorf("%s: %+v, error %v, want %+v", name, receipt, err, first)
			}
		}
	}
	// An order that found everything done has no events, and is one all the same.
	nothing := Order(2, registry.Revoke, references[:3])
	if receipt := record(t, r, nothing); receipt != (registry.OrderReceipt{Already: 3}) {
		t.Errorf("receipt is %+v", receipt)
	}
	if receipt, err := r.Record(t.Context(), nothing); err != nil || receipt != (registry.OrderReceipt{Already: 3, Repeated: true}) {
		t.Errorf("receipt is %+v, error %v", receipt, err)
	}
	if n := len(events(t, r, 0)); n != 25 {
		t.Errorf("%d events, want 25", n)
	}
	if event := requireState(t, r, references[0], status.Revoked); event.At != order.At {
		t.Errorf("the event is at %d, want the first time, %d", event.At, order.At)
	}
}

func anOrderKeyHasOneContent(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 10)
	record(t, r, Order(1, registry.Suspend, references[:5]))
	for name, change := range map[string]func(*registry.Order){
		"more":     func(o *registry.Order) { o.References = references[:6] },
		"fewer":    func(o *registry.Order) { o.References = references[:4] },
		"others":   func(o *registry.Order) { o.References = references[5:] },
		"unknown":  func(o *registry.Order) { o.References = []registry.Reference{{Region: 33, List: 1}} },
		"reason":   func(o *registry.Order) { o.Reason = 3 },
		"action":   func(o *registry.Order) { o.Action, o.Reason = registry.Revoke, 3 },
		"to do it": func(o *registry.Order) { o.Action, o.Reason = registry.Resume, 16 },
	} {
		t.Run(name, func(t *testing.T) {
			order := Order(1, registry.Suspend, references[:5])
			change(&order)
			requireOrderRefused(t, r, order, registry.ErrOrderUsed)
		})
	}
}

func anUnknownReferenceChangesNothing(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 300)
	leased := Lease(t, r, pool, 150)
	unknown := []registry.Reference{
		leased[0], free(append(references, leased...)), {Region: 41, List: leased[0].List, Index: leased[0].Index},
		{Region: 33, List: leased[0].List + 1}, {Region: 33, List: leased[0].List + 1<<24}, {Region: 33, List: leased[0].List, Index: 1 << 31},
	}
	for _, reference := range unknown {
		order := Order(1, registry.Revoke, append(slices.Clone(references[:40]), reference))
		order.References = append(order.References, references[40:80]...)
		err := requireOrderRefused(t, r, order, registry.ErrNotFound)
		var problem *registry.UnknownReferencesError
		if !errors.As(err, &problem) || problem.Total != 1 || !slices.Equal(problem.References, []registry.Reference{reference}) {
			t.Errorf("%v: error %v", reference, err)
		}
	}
	// Many are named in the order in which they stand there, the first of them.
	mixed := append(append(slices.Clone(leased[:75]), references[0]), leased[75:]...)
	var problem *registry.UnknownReferencesError
	err := requireOrderRefused(t, r, Order(1, registry.Revoke, mixed), registry.ErrNotFound)
	if !errors.As(err, &problem) || problem.Total != 150 || !slices.Equal(problem.References, leased[:registry.MaxNamed]) {
		t.Errorf("error %v", err)
	}
	order := Order(1, registry.Supersede, references[:3])
	order.Successors = []registry.Reference{references[10], leased[7], references[11]}
	err = requireOrderRefused(t, r, order, registry.ErrNotFound)
	if !errors.As(err, &problem) || !slices.Equal(problem.References, leased[7:8]) {
		t.Errorf("an unknown successor: error %v", err)
	}
	// The key is still free, and what was refused is as it was.
	record(t, r, Order(1, registry.Revoke, references))
}

func aForbiddenTransitionChangesNothing(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 300)
	record(t, r, Order(1, registry.Revoke, references[:140]))
	record(t, r, Order(2, registry.Supersede, references[140:150]))
	order := Order(3, registry.Suspend, references)
	err := requireOrderRefused(t, r, order, nil)
	var problem *registry.TransitionError
	if !errors.As(err, &problem) || problem.Action != registry.Suspend || problem.Total != 150 || len(problem.Standings) != registry.MaxNamed {
		t.Fatalf("error %v", err)
	}
	for i, standing := range problem.Standings {
		if want := (registry.Standing{Reference: references[i], State: status.Revoked}); standing != want {
			t.Fatalf("standing %d is %+v, want %+v", i, standing, want)
		}
	}
	err = requireOrderRefused(t, r, Order(3, registry.Revoke, references[149:]), nil)
	if !errors.As(err, &problem) || problem.Total != 1 || problem.Standings[0] != (registry.Standing{Reference: references[149], State: status.Superseded}) {
		t.Errorf("error %v", err)
	}
	for _, reference := range references[150:] {
		requireState(t, r, reference, status.Active)
	}
	record(t, r, Order(3, registry.Suspend, references[150:]))
}
