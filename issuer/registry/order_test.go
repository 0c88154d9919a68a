package registry_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

func at(index uint32) registry.Reference {
	return registry.Reference{Region: 33, List: 83 << 8, Index: index}
}

// supersession is an order that CheckOrder takes.
func supersession() registry.Order {
	return registry.Order{
		Key: registry.OrderKey{1}, Action: registry.Supersede, Reason: 8, At: 1_795_305_600,
		References: []registry.Reference{at(1), at(2), at(3)}, Successors: []registry.Reference{at(11), at(12), at(13)},
	}
}

func TestActionsLeadWhereTheTableOfStatesSays(t *testing.T) {
	const active, revoked, superseded, suspended = status.Active, status.Revoked, status.Superseded, status.Suspended
	changes := map[registry.Action][]status.State{
		registry.Revoke: {active, suspended}, registry.Supersede: {active, suspended},
		registry.Suspend: {active}, registry.Resume: {suspended},
	}
	already := map[registry.Action]status.State{
		registry.Revoke: revoked, registry.Supersede: superseded, registry.Suspend: suspended, registry.Resume: active,
	}
	for action := range registry.Action(7) {
		target, known := action.Target()
		if want, ok := already[action]; ok != known || target != want {
			t.Errorf("%s leads to %s, %v", action, target, known)
		}
		for _, from := range []status.State{active, revoked, superseded, suspended, 9} {
			changed, possible := action.Leads(from)
			wantChange := slices.Contains(changes[action], from)
			if changed != wantChange || possible != (wantChange || known && from == already[action]) {
				t.Errorf("%s of %s: changes %v, possible %v", action, from, changed, possible)
			}
		}
	}
}

// [STATUS-13] An order has nothing to select by, and nothing else changes a state.
func TestAnOrderNamesReferencesAndNothingElse(t *testing.T) {
	var fields, methods []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[registry.Order]()) {
		fields = append(fields, field.Name)
	}
	if want := []string{"Key", "Action", "Reason", "At", "References", "Successors"}; !slices.Equal(fields, want) {
		t.Errorf("an order has %q, want %q", fields, want)
	}
	orders := reflect.TypeFor[registry.Orders]()
	for i := range orders.NumMethod() {
		methods = append(methods, orders.Method(i).Name)
	}
	if want := []string{"Preview", "Record", "State"}; !slices.Equal(methods, want) {
		t.Errorf("methods are %q, want %q", methods, want)
	}
}

// [STATUS-14]
func TestAnOrderOutOfBoundsIsRefused(t *testing.T) {
	if err := registry.CheckOrder(supersession()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*registry.Order){
		"no key":                 func(o *registry.Order) { o.Key = registry.OrderKey{} },
		"no action":              func(o *registry.Order) { o.Action = 0 },
		"an unknown action":      func(o *registry.Order) { o.Action = 5 },
		"no reason":              func(o *registry.Order) { o.Reason = 0 },
		"an unknown reason":      func(o *registry.Order) { o.Reason = 60000 },
		"another's reason":       func(o *registry.Order) { o.Reason = 15 },
		"before 1970":            func(o *registry.Order) { o.At = -1 },
		"after 2106":             func(o *registry.Order) { o.At = math.MaxUint32 + 1 },
		"on nothing":             func(o *registry.Order) { o.References, o.Successors = nil, nil },
		"on too many":            func(o *registry.Order) { o.References = make([]registry.Reference, registry.MaxOrder+1) },
		"twice":                  func(o *registry.Order) { o.References[2] = o.References[0] },
		"region 100":             func(o *registry.Order) { o.References[1].Region = 100 },
		"a successor too few":    func(o *registry.Order) { o.Successors = o.Successors[:2] },
		"a successor of nobody":  func(o *registry.Order) { o.Successors = append(o.Successors, at(20)) },
		"succeeding itself":      func(o *registry.Order) { o.Successors[1] = o.References[1] },
		"successor's region 100": func(o *registry.Order) { o.Successors[1].Region = 100 },
		"revoked by a successor": func(o *registry.Order) { o.Action, o.Reason = registry.Revoke, 1 },
	} {
		order := supersession()
		change(&order)
		if err := registry.CheckOrder(order); !errors.Is(err, registry.ErrInvalid) {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
}

// The digest is of what is ordered: neither when nor in which order it stands
// there, and everything else.
func TestTheDigestIsOfTheContent(t *testing.T) {
	base := supersession()
	for name, change := range map[string]func(*registry.Order){
		"key":  func(o *registry.Order) { o.Key[5] = 9 },
		"time": func(o *registry.Order) { o.At++ },
		"order": func(o *registry.Order) {
			slices.Reverse(o.References)
			slices.Reverse(o.Successors)
		},
	} {
		order := supersession()
		if change(&order); order.Digest() != base.Digest() {
			t.Errorf("another %s gives another digest", name)
		}
	}
	seen := map[[32]byte]string{base.Digest(): "base"}
	for name, change := range map[string]func(*registry.Order){
		"action":        func(o *registry.Order) { o.Action = registry.Revoke },
		"reason":        func(o *registry.Order) { o.Reason = 9 },
		"a reference":   func(o *registry.Order) { o.References[0].Index++ },
		"a list":        func(o *registry.Order) { o.References[0].List++ },
		"a region":      func(o *registry.Order) { o.References[0].Region++ },
		"a successor":   func(o *registry.Order) { o.Successors[0].Index++ },
		"no successors": func(o *registry.Order) { o.Successors = nil },
		"zero ones":     func(o *registry.Order) { o.Successors = make([]registry.Reference, 3) },
		"fewer":         func(o *registry.Order) { o.References, o.Successors = o.References[:2], o.Successors[:2] },
		"exchanged":     func(o *registry.Order) { slices.Reverse(o.Successors) },
	} {
		order := supersession()
		change(&order)
		if other, twice := seen[order.Digest()]; twice {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[order.Digest()] = name
	}
}

func TestAMarkFollowsFromEveryFieldOfItsEvents(t *testing.T) {
	event := registry.Event{Sequence: 1, Order: registry.OrderKey{1}, Action: registry.Revoke, Reason: 1, At: 1_795_305_600, Reference: at(1)}
	base, err := registry.Mark{}.Next(event)
	if err != nil || base.Sequence != 1 {
		t.Fatalf("%v, error %v", base, err)
	}
	seen := map[[32]byte]string{base.Hash: "base"}
	for name, change := range map[string]func(*registry.Event){
		"order":        func(e *registry.Event) { e.Order[15] = 1 },
		"action":       func(e *registry.Event) { e.Action = registry.Suspend },
		"reason":       func(e *registry.Event) { e.Reason = 2 },
		"time":         func(e *registry.Event) { e.At++ },
		"reference":    func(e *registry.Event) { e.Reference.Index++ },
		"has":          func(e *registry.Event) { e.HasSuccessor = true },
		"a successor":  func(e *registry.Event) { e.HasSuccessor, e.Successor = true, at(2) },
		"another list": func(e *registry.Event) { e.Reference.List++ },
	} {
		changed := event
		change(&changed)
		mark, err := registry.Mark{}.Next(changed)
		if other, twice := seen[mark.Hash]; err != nil || twice {
			t.Errorf("%s has the hash of %s, error %v", name, other, err)
		}
		seen[mark.Hash] = name
	}
	for _, sequence := range []uint64{0, 1, 3} {
		event.Sequence = sequence
		if mark, err := base.Next(event); !errors.Is(err, registry.ErrDamaged) || mark != (registry.Mark{}) {
			t.Errorf("event %d after 1: %v, error %v", sequence, mark, err)
		}
	}
}

func TestListsOfABank(t *testing.T) {
	g := registry.Geometry{Pool: registry.Pool{Region: 33, Month: 83}, FirstShard: 2, Shards: 3}
	if got := slices.Collect(g.Lists()); !slices.Equal(got, []uint32{83<<8 + 2, 83<<8 + 3, 83<<8 + 4}) {
		t.Errorf("lists are %v", got)
	}
	for list := range g.Lists() {
		if list != 83<<8+2 {
			t.Errorf("first list is %d", list)
		}
		break
	}
}

func ExampleMark() {
	var mark registry.Mark
	for i := range uint64(2) {
		mark, _ = mark.Next(registry.Event{
			Sequence: i + 1, Order: registry.OrderKey{1}, Action: registry.Revoke, Reason: 1, At: 1_795_305_600, Reference: at(uint32(i)),
		})
	}
	fmt.Printf("%d events, %x\n", mark.Sequence, mark.Hash[:4])
	// Output: 2 events, 52fc66c8
}
