package revocation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

// ErrOldRegistry reports a registry that does not know of what was published from
// it: an older copy of itself. A [*BehindError] is one.
var ErrOldRegistry = errors.New("revocation: the registry is older than what was published")

// Scope says which lists are collected.
type Scope struct {
	Region uint8 // GB/T 2260, 0 to 99
	// Issued is when the lists are published and Latest when the last credential
	// expires that may be issued before they are published again, in unix
	// seconds. A list in which such a credential will be is there from the
	// beginning: without it a venue would know nothing of the credential.
	Issued, Latest int64
}

// Collect returns what the registry says of a region's credentials, as of the mark
// that it returns: every list that is open or will be within the scope, those
// without members too, and none whose month has ended. Errors wrap
// [registry.ErrDamaged] when events and mark contradict each other.
func Collect(ctx context.Context, history registry.History, scope Scope) (Lists, registry.Mark, error) {
	mark, err := history.Mark(ctx) // first: what is recorded from now on is for the next time
	if err != nil {
		return nil, registry.Mark{}, err
	}
	banks, err := history.Banks(ctx)
	if err != nil {
		return nil, registry.Mark{}, err
	}
	c := collector{region: scope.Region, issued: scope.Issued, states: open(banks, scope)}
	if err := c.read(ctx, history, mark); err != nil {
		return nil, registry.Mark{}, err
	}
	return c.lists(), mark, nil
}

// CheckMark returns [ErrOldRegistry] when the registry does not hold the mark that
// was published.
func CheckMark(ctx context.Context, history registry.History, published registry.Mark) error {
	held, err := history.Holds(ctx, published)
	if err == nil && !held {
		err = fmt.Errorf("%w: it does not hold event %d of then", ErrOldRegistry, published.Sequence)
	}
	return err
}

// maxMonthsAhead is how far ahead a device takes lists (TRUST-85).
const maxMonthsAhead = 13

// open returns the numbers of the region's lists, each without members: those of
// the open banks, and for months to come as many as its pools begin with.
func open(banks []registry.BankCount, scope Scope) map[uint32]map[uint32]status.State {
	lists := map[uint32]map[uint32]status.State{}
	months := map[uint32]bool{}
	var first registry.Geometry // of the newest month
	for _, bank := range banks {
		if bank.Pool.Region != scope.Region {
			continue
		}
		month := uint32(bank.Pool.Month)
		if !months[month] {
			first = bank.Geometry
		}
		months[month] = true
		for number := range bank.Lists() {
			lists[number] = map[uint32]status.State{}
		}
	}
	now := format.ListMonth(scope.Issued)
	for month := now; month <= min(format.ListMonth(scope.Latest), now+maxMonthsAhead); month++ {
		if months[month] {
			continue
		}
		for shard := range uint32(first.Shards) {
			lists[month<<8|shard] = map[uint32]status.State{}
		}
	}
	maps.DeleteFunc(lists, func(number uint32, _ map[uint32]status.State) bool { return Over(number, scope.Issued) })
	return lists
}

// collector folds events into states.
type collector struct {
	region uint8
	issued int64
	states map[uint32]map[uint32]status.State
}

// read goes through the events up to the mark and holds them to it.
func (c *collector) read(ctx context.Context, history registry.History, mark registry.Mark) error {
	var at registry.Mark
	for event, err := range history.Events(ctx, 0) {
		if err != nil {
			return err
		}
		if event.Sequence > mark.Sequence {
			break
		}
		if at, err = at.Next(event); err != nil {
			return err
		}
		if err := c.take(event); err != nil {
			return err
		}
	}
	if at != mark {
		return fmt.Errorf("%w: its events do not lead to its mark", registry.ErrDamaged)
	}
	return nil
}

func (c *collector) take(event registry.Event) error {
	r := event.Reference
	if r.Region != c.region || Over(r.List, c.issued) {
		return nil
	}
	list, there := c.states[r.List]
	state, known := event.Action.Target()
	if !there || !known {
		return fmt.Errorf("%w: event %d: %s in list %d", registry.ErrDamaged, event.Sequence, event.Action, r.List)
	}
	if _, possible := event.Action.Leads(list[r.Index]); !possible {
		return fmt.Errorf("%w: event %d: %s of a credential that is %s", registry.ErrDamaged, event.Sequence, event.Action, list[r.Index])
	}
	list[r.Index] = state
	return nil
}

// lists returns the sets of what was taken.
func (c *collector) lists() Lists {
	l := make(Lists, len(c.states))
	for number, states := range c.states {
		var of [4][]uint32 // by state
		for index, state := range states {
			of[state] = append(of[state], index)
		}
		for _, set := range of {
			slices.Sort(set)
		}
		l[number] = status.Sets{Revoked: of[status.Revoked], Superseded: of[status.Superseded], Suspended: of[status.Suspended]}
	}
	return l
}
