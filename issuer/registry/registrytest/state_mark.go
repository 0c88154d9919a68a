package registrytest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

func marksFollowTheEvents(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 40)
	marks := []registry.Mark{markOf(t, r)}
	for i, order := range []registry.Order{
		Order(1, registry.Suspend, references[:20]), Order(2, registry.Suspend, references[:10]),
		Order(3, registry.Resume, references[5:15]), Order(4, registry.Revoke, references),
	} {
		record(t, r, order)
		if mark := markOf(t, r); i != 1 {
			marks = append(marks, mark)
		} else if mark != marks[1] {
			t.Error("an order without events moved the mark")
		}
	}
	// Anybody with the events comes to the same marks.
	followed, next := registry.Mark{}, 0
	for _, event := range append(events(t, r, 0), registry.Event{}) {
		if next < len(marks) && followed.Sequence == marks[next].Sequence {
			if followed != marks[next] {
				t.Fatalf("mark %d is %+v, the events lead to %+v", next, marks[next], followed)
			}
			next++
		}
		if event.Sequence == 0 {
			break
		}
		var err error
		if followed, err = followed.Next(event); err != nil {
			t.Fatal(err)
		}
	}
	if next != len(marks) {
		t.Fatalf("%d of %d marks were met", next, len(marks))
	}
	for i, mark := range marks {
		requireHolds(t, openAgain(t, s), mark, true)
		other := mark
		other.Hash[31] ^= 1
		requireHolds(t, r, other, false)
		other = mark
		other.Sequence++
		requireHolds(t, r, other, false)
		other.Sequence = 1 << 63
		requireHolds(t, r, other, false)
		if i > 0 {
			requireHolds(t, r, registry.Mark{Sequence: mark.Sequence, Hash: marks[i-1].Hash}, false)
		}
	}
}

func markOf(t testing.TB, r registry.StateKeeper) registry.Mark {
	t.Helper()
	mark, err := r.Mark(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

func requireHolds(t testing.TB, r registry.StateKeeper, mark registry.Mark, want bool) {
	t.Helper()
	if holds, err := r.Holds(t.Context(), mark); err != nil || holds != want {
		t.Errorf("Holds(%d, %x): %v, error %v, want %v", mark.Sequence, mark.Hash[:4], holds, err, want)
	}
}

func theLargestOrderIsRecorded(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", registry.MaxOrder)
	order := Order(1, registry.Revoke, references)
	slices.Reverse(order.References)
	if receipt := record(t, r, order); receipt.Changed != registry.MaxOrder || receipt.LastEvent != registry.MaxOrder {
		t.Errorf("receipt is %+v", receipt)
	}
	requireState(t, r, references[0], status.Revoked)
	all := events(t, r, 0)
	if mark := markOf(t, r); mark.Sequence != registry.MaxOrder || len(all) != registry.MaxOrder {
		t.Fatalf("mark is at %d of %d events", mark.Sequence, len(all))
	}
	for _, after := range []uint64{1, 255, 1023, 1024, 1025, 4096, 65_534, 65_535, 65_536} {
		next := after
		for event, err := range r.Events(t.Context(), after) {
			if err != nil || event != all[next] {
				t.Fatalf("event %d after %d is %+v, error %v", next-after, after, event, err)
			}
			if next++; next == after+2000 {
				break
			}
		}
		if want := min(after+2000, registry.MaxOrder); next != want {
			t.Errorf("events after %d end at %d, want %d", after, next, want)
		}
	}
	half := Order(2, registry.Revoke, references[:2])
	if receipt := record(t, r, half); receipt != (registry.OrderReceipt{Already: 2}) {
		t.Errorf("receipt is %+v", receipt)
	}
}

func banksAreCounted(t *testing.T, s Storage) {
	r := open(t, s)
	if banks, err := r.Banks(t.Context()); err != nil || len(banks) != 0 {
		t.Fatalf("a new registry has banks %v, error %v", banks, err)
	}
	Lease(t, r, registry.Pool{Region: 41, Month: 80}, 3)
	Issue(t, r, registry.Pool{Region: 33, Month: 84}, "job", 7)
	for range 17 { // one list is full, and another bank opened
		Lease(t, r, pool, registry.MaxLease)
	}
	geometry := func(region uint8, month, first uint16) registry.Geometry {
		return registry.Geometry{Pool: registry.Pool{Region: region, Month: month}, FirstShard: first, Shards: 1, Places: registry.DefaultPlaces}
	}
	want := []registry.BankCount{
		{Geometry: geometry(33, 83, 0), Leased: 16 * registry.MaxLease}, {Geometry: geometry(33, 83, 1), Leased: registry.MaxLease},
		{Geometry: geometry(33, 84, 0), Leased: 7, Issued: 7}, {Geometry: geometry(41, 80, 0), Leased: 3},
	}
	if banks, err := openAgain(t, s).Banks(t.Context()); err != nil || !slices.Equal(banks, want) {
		t.Errorf("banks are %+v, error %v, want %+v", banks, err, want)
	}
}

func ordersOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := open(t, s)
	references := Issue(t, r, pool, "job", 3)
	for name, change := range map[string]func(*registry.Order){
		"no key":            func(o *registry.Order) { o.Key = registry.OrderKey{} },
		"an unknown action": func(o *registry.Order) { o.Action = 9 },
		"an unknown reason": func(o *registry.Order) { o.Reason = 60000 },
		"another's reason":  func(o *registry.Order) { o.Reason = 16 },
		"on nothing":        func(o *registry.Order) { o.References = nil },
		"twice":             func(o *registry.Order) { o.References = append(slices.Clone(references), references[0]) },
		"too many":          func(o *registry.Order) { o.References = make([]registry.Reference, registry.MaxOrder+1) },
		"region 100":        func(o *registry.Order) { o.References = []registry.Reference{{Region: 100}} },
	} {
		t.Run(name, func(t *testing.T) {
			order := Order(1, registry.Revoke, references)
			change(&order)
			requireOrderRefused(t, r, order, registry.ErrInvalid)
		})
	}
	if _, _, err := r.State(t.Context(), registry.Reference{Region: 100}); !errors.Is(err, registry.ErrInvalid) {
		t.Errorf("State in region 100: error %v, want ErrInvalid", err)
	}
}

func anEndedContextRecordsNothing(t *testing.T, s Storage) {
	r := open(t, s)
	order := Order(1, registry.Revoke, Issue(t, r, pool, "job", 3))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, recorded := r.Record(ended, order)
	_, previewed := r.Preview(ended, order)
	_, _, looked := r.State(ended, order.References[0])
	_, counted := r.Banks(ended)
	_, marked := r.Mark(ended)
	_, held := r.Holds(ended, registry.Mark{Sequence: 1})
	_, zero := r.Holds(ended, registry.Mark{})
	for _, err := range []error{recorded, previewed, looked, counted, marked, held, zero} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
	}
	for event, err := range r.Events(ended, 0) {
		if !errors.Is(err, context.Canceled) || event != (registry.Event{}) {
			t.Errorf("Events: %+v, error %v", event, err)
		}
	}
	record(t, r, order)
}

// fate is what became of one credential.
type fate struct {
	state     status.State
	successor registry.Reference
}

// model is the fate of every committed credential, told by the rules alone.
type model map[registry.Reference]fate

// take does what the order says, or refuses all of it.
func (m model) take(order registry.Order) (changed int, possible bool) {
	next := make(model)
	for i, reference := range order.References {
		now, known := m[reference]
		changes, possible := order.Action.Leads(now.state)
		var successor registry.Reference
		if len(order.Successors) != 0 {
			successor = order.Successors[i]
		}
		if _, ok := m[successor]; !ok && len(order.Successors) != 0 {
			return 0, false
		}
		if !known || !possible || !changes && successor != (registry.Reference{}) && successor != now.successor {
			return 0, false
		}
		if changes {
			now.state, _ = order.Action.Target()
			now.successor = successor
			next[reference] = now
		}
	}
	for reference, now := range next {
		m[reference] = now
	}
	return len(next), true
}

// randomOrdersAgreeWithAModel records random orders on few credentials, some of
// them unknown, closes and opens, and holds every state and count to a model.
func randomOrdersAgreeWithAModel(t *testing.T, s Storage) {
	r := s.Open(t)
	random := rand.New(rand.NewPCG(5, 7))
	references := append(Issue(t, r, pool, "a", 30), Issue(t, r, registry.Pool{Region: 41, Month: 90}, "b", 10)...)
	known := make(model)
	for _, reference := range references {
		known[reference] = fate{}
	}
	candidates := append(slices.Clone(references), Lease(t, r, pool, 1)...)
	total, accepted := 0, 0
	for number := range uint64(400) {
		order := randomOrder(random, number, candidates)
		changed, possible := known.take(order)
		receipt, err := r.Record(t.Context(), order)
		if (err == nil) != possible || receipt.Changed != changed {
			t.Fatalf("order %d, %s: %+v, error %v; the model has %d, %v", number, order.Action, receipt, err, changed, possible)
		}
		total += changed
		if possible {
			accepted++
		}
		if number%100 == 99 {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			r = s.Open(t)
		}
	}
	replayed := make(map[registry.Reference]status.State)
	for _, event := range events(t, r, 0) {
		replayed[event.Reference], _ = event.Action.Target()
	}
	for _, reference := range references {
		event := requireState(t, r, reference, known[reference].state)
		if event.Successor != known[reference].successor || replayed[reference] != known[reference].state {
			t.Errorf("%v: newest event %+v, replayed %s, the model has %+v", reference, event, replayed[reference], known[reference])
		}
	}
	if mark := markOf(t, r); mark.Sequence != uint64(total) || accepted < 40 || accepted > 390 {
		t.Errorf("mark at %d, %d changes, %d orders accepted", mark.Sequence, total, accepted)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// randomOrder takes 1 to 4 of the candidates, the last of which is unknown.
func randomOrder(random *rand.Rand, number uint64, candidates []registry.Reference) registry.Order {
	action := registry.Action(1 + random.IntN(4))
	if random.IntN(3) > 0 { // finals end the game
		action = registry.Suspend + registry.Action(random.IntN(2))
	}
	var references []registry.Reference
	for _, i := range random.Perm(len(candidates))[:1+random.IntN(4)] {
		references = append(references, candidates[i])
	}
	order := Order(number, action, references)
	if action == registry.Supersede && random.IntN(2) == 0 {
		first := slices.Index(candidates, references[0])
		for i := range references {
			at := slices.Index(candidates, references[i])
			order.Successors = append(order.Successors, candidates[(at+1+first)%len(candidates)])
		}
		if registry.CheckOrder(order) != nil {
			order.Successors = nil
		}
	}
	return order
}
