package packed

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Located is a reference of an order, or a successor, and where its entry stands.
type Located struct {
	At    Position
	Index int // of the reference in the order; behind them the successors
}

// Change is an event to come: a reference of the order, where its entry stands,
// and where its successor's does, or 0.
type Change struct {
	Located
	Successor Position
}

// PositionReader looks positions up within one transaction.
type PositionReader interface {
	// Uncommitted returns the indices (Located.Index) of those rows that no
	// segment covers.
	Uncommitted(ctx context.Context, rows []Located) ([]int, error)
	// Newest returns for each row the sequence number of its position's newest
	// event, or 0.
	Newest(ctx context.Context, rows []Located) ([]uint64, error)
}

// Judge is what an order is held against, within one transaction.
type Judge struct {
	Finder    *Finder
	Positions PositionReader
	Events    EventReader
}

// Changes returns what is to be done to carry an order out, by position. Errors
// are *registry.UnknownReferencesError and *registry.TransitionError.
func (j Judge) Changes(ctx context.Context, order registry.Order) ([]Change, error) {
	rows, err := j.locate(ctx, order)
	if err != nil {
		return nil, err
	}
	return j.transitions(ctx, order, withSuccessors(rows, order))
}

// locate returns the references and successors of an order by position. Those
// without an entry are an *UnknownReferencesError.
func (j Judge) locate(ctx context.Context, order registry.Order) ([]Located, error) {
	rows := make([]Located, 0, len(order.References)+len(order.Successors))
	var unknown []int
	for i := range cap(rows) {
		at, ok, err := j.Finder.Find(ctx, referenceOf(order, i))
		if err != nil {
			return nil, err
		}
		if ok {
			rows = append(rows, Located{At: at, Index: i})
		} else {
			unknown = append(unknown, i)
		}
	}
	slices.SortFunc(rows, func(a, b Located) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Index, b.Index)) })
	more, err := j.Positions.Uncommitted(ctx, rows)
	if err != nil {
		return nil, err
	}
	if unknown = append(unknown, more...); len(unknown) > 0 {
		return nil, unknownReferences(order, unknown)
	}
	return rows, nil
}

// referenceOf returns reference i of an order, or the successor that is as far
// behind the last one.
func referenceOf(order registry.Order, i int) registry.Reference {
	if i < len(order.References) {
		return order.References[i]
	}
	return order.Successors[i-len(order.References)]
}

func unknownReferences(order registry.Order, unknown []int) error {
	slices.Sort(unknown)
	problem := &registry.UnknownReferencesError{Total: len(unknown)}
	for _, i := range unknown[:min(len(unknown), registry.MaxNamed)] {
		problem.References = append(problem.References, referenceOf(order, i))
	}
	return problem
}

// withSuccessors takes the successors out of the rows and to the references that
// they succeed.
func withSuccessors(rows []Located, order registry.Order) []Change {
	n := len(order.References)
	successors := make([]Position, n)
	changes := make([]Change, 0, n)
	for _, row := range rows {
		if row.Index >= n {
			successors[row.Index-n] = row.At
		}
	}
	for _, row := range rows {
		if row.Index < n {
			changes = append(changes, Change{Located: row, Successor: successors[row.Index]})
		}
	}
	return changes
}

// transitions returns those of the changes that do something. Any that is not
// possible is a *registry.TransitionError.
func (j Judge) transitions(ctx context.Context, order registry.Order, changes []Change) ([]Change, error) {
	rows := make([]Located, len(changes))
	for i, c := range changes {
		rows[i] = c.Located
	}
	newest, err := j.Positions.Newest(ctx, rows)
	if err != nil {
		return nil, err
	}
	standings := NewStandings(j.Events)
	refused := make(map[int]status.State)
	effective := make([]Change, 0, len(changes))
	for i, c := range changes {
		before, err := standings.Of(ctx, c.At, newest[i])
		if err != nil {
			return nil, err
		}
		changed, possible := order.Action.Leads(before.State())
		if !changed && c.Successor != 0 && c.Successor != before.Successor {
			possible = false
		}
		switch {
		case !possible:
			refused[c.Index] = before.State()
		case changed:
			effective = append(effective, c)
		}
	}
	if len(refused) > 0 {
		return nil, refusedTransitions(order, refused)
	}
	return effective, nil
}

func refusedTransitions(order registry.Order, refused map[int]status.State) error {
	problem := &registry.TransitionError{Action: order.Action, Total: len(refused)}
	for i, reference := range order.References {
		if state, ok := refused[i]; ok && len(problem.Standings) < registry.MaxNamed {
			problem.Standings = append(problem.Standings, registry.Standing{Reference: reference, State: state})
		}
	}
	return problem
}

// Standing returns the newest event of a reference, or registry.ErrNotFound when
// it was not committed. at is its position.
func (j Judge) Standing(ctx context.Context, reference registry.Reference) (at Position, now Standing, err error) {
	at, ok, err := j.Finder.Find(ctx, reference)
	if err != nil {
		return 0, Standing{}, err
	}
	if !ok {
		return 0, Standing{}, registry.ErrNotFound
	}
	rows := []Located{{At: at}}
	missing, err := j.Positions.Uncommitted(ctx, rows)
	if err != nil {
		return 0, Standing{}, err
	}
	if len(missing) > 0 {
		return 0, Standing{}, registry.ErrNotFound
	}
	newest, err := j.Positions.Newest(ctx, rows)
	if err != nil {
		return 0, Standing{}, err
	}
	now, err = NewStandings(j.Events).Of(ctx, at, newest[0])
	return at, now, err
}

// Repeated returns the receipt of an order that was recorded before with the
// digest and counts given, or registry.ErrOrderUsed when that was another one.
// last is the newest event of the registry when it was done.
func Repeated(order registry.Order, digest []byte, changed, already int, last uint64) (registry.OrderReceipt, error) {
	if want := order.Digest(); !bytes.Equal(digest, want[:]) {
		return registry.OrderReceipt{}, fmt.Errorf("%w: %x", registry.ErrOrderUsed, order.Key)
	}
	receipt := registry.OrderReceipt{Changed: changed, Already: already, Repeated: true}
	if changed > 0 {
		receipt.FirstEvent, receipt.LastEvent = last-uint64(changed)+1, last
	}
	return receipt, nil
}

// Chain returns the mark behind the events that an order's changes make behind
// another mark.
func Chain(mark registry.Mark, order registry.Order, changes []Change) (registry.Mark, error) {
	for _, c := range changes {
		var err error
		if mark, err = mark.Next(eventOf(order, c, mark.Sequence+1)); err != nil {
			return registry.Mark{}, err
		}
	}
	return mark, nil
}

func eventOf(order registry.Order, c Change, sequence uint64) registry.Event {
	e := registry.Event{
		Sequence: sequence, Order: order.Key, Action: order.Action, Reason: order.Reason, At: order.At,
		Reference: order.References[c.Index],
	}
	if c.Successor != 0 {
		e.Successor, e.HasSuccessor = order.Successors[c.Index], true
	}
	return e
}
