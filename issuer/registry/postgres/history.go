package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// State implements registry.Orders.
func (r *Registry) State(ctx context.Context, reference registry.Reference) (state status.State, event registry.Event, err error) {
	if err := registry.CheckPool(reference.Pool()); err != nil {
		return status.Active, registry.Event{}, err
	}
	err = r.snapshot(ctx, "look up a state", func(q querier) error {
		at, now, err := r.judge(q).Standing(ctx, reference)
		state, event = now.State(), registry.Event{}
		if err != nil || now.Sequence == 0 {
			return err
		}
		event, err = r.event(ctx, q, now.Sequence, now.Order, at, now.Successor)
		return err
	})
	if err != nil {
		return status.Active, registry.Event{}, err
	}
	return state, event, nil
}

// event puts an event together.
func (r *Registry) event(ctx context.Context, q querier, sequence uint64, order packed.OrderRow, at, successor packed.Position) (registry.Event, error) {
	e := registry.Event{
		Sequence: sequence, Order: order.Key, Action: order.Action, Reason: order.Reason, At: order.At,
		HasSuccessor: successor != 0,
	}
	var err error
	if e.Reference, err = r.referenceAt(ctx, q, at); err != nil {
		return registry.Event{}, err
	}
	if e.HasSuccessor {
		if e.Successor, err = r.referenceAt(ctx, q, successor); err != nil {
			return registry.Event{}, err
		}
	}
	return e, nil
}

// Banks implements registry.History.
func (r *Registry) Banks(ctx context.Context) (counts []registry.BankCount, err error) {
	err = r.read(ctx, "count", func(q querier) error {
		banks, err := r.selectBanks(ctx, q, countBank+"ORDER BY b.region, b.month, b.first_shard")
		counts = packed.Counts(banks)
		return err
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// maxSequence is above every sequence number that the database can count to.
const maxSequence = 1 << 62

// rowsPerPage is the number of rows of events that are read at a time.
const rowsPerPage = 32

// Events implements registry.History. No transaction is held between pages.
func (r *Registry) Events(ctx context.Context, after uint64) iter.Seq2[registry.Event, error] {
	next := func(after uint64) ([]registry.Event, error) { return r.eventPage(ctx, after) }
	return packed.Pages(after, next, func(e registry.Event) uint64 { return e.Sequence })
}

// eventPage returns some events, from the one that follows a sequence number on;
// none when there is no such event.
func (r *Registry) eventPage(ctx context.Context, after uint64) (events []registry.Event, err error) {
	if after >= maxSequence {
		return nil, ctx.Err()
	}
	err = r.snapshot(ctx, "read events", func(q querier) error {
		events = nil
		rows, err := selectEventRows(ctx, q, eventsFrom, after+1, rowsPerPage)
		if err != nil {
			return err
		}
		if rows, err = packed.Page(rows, after); err != nil || len(rows) == 0 {
			return err
		}
		orders, err := reader{q}.OrderRows(ctx, rows[0].Order, rows[len(rows)-1].Order)
		if err != nil {
			return err
		}
		events, err = r.eventsOf(ctx, q, rows, orders, after)
		return err
	})
	if err != nil {
		return nil, err
	}
	return events, nil
}

// eventsOf returns the events of rows above a sequence number.
func (r *Registry) eventsOf(ctx context.Context, q querier, rows []packed.EventRow, orders map[int64]packed.OrderRow, after uint64) ([]registry.Event, error) {
	var events []registry.Event
	for _, row := range rows {
		order, ok := orders[row.Order]
		if !ok {
			return nil, fmt.Errorf("%w: event %d is of no order", registry.ErrDamaged, row.First)
		}
		for i := range row.Len() {
			sequence := row.First + uint64(i)
			if sequence <= after {
				continue
			}
			at, successor := row.At(i)
			event, err := r.event(ctx, q, sequence, order, at, successor)
			if err != nil {
				return nil, err
			}
			events = append(events, event)
		}
	}
	return events, nil
}

// Mark implements registry.History.
func (r *Registry) Mark(ctx context.Context) (mark registry.Mark, err error) {
	err = r.read(ctx, "read the newest mark", func(q querier) error {
		mark, err = newestMark(ctx, q)
		return err
	})
	if err != nil {
		return registry.Mark{}, err
	}
	return mark, nil
}

// Orders without events have the mark of the one before.
const selectMarkAt = "SELECT mark FROM tongxing.orders WHERE last = $1 LIMIT 1"

// Holds implements registry.History.
func (r *Registry) Holds(ctx context.Context, mark registry.Mark) (holds bool, err error) {
	if mark == (registry.Mark{}) {
		return true, ctx.Err()
	}
	if mark.Sequence == 0 || mark.Sequence > maxSequence {
		return false, ctx.Err()
	}
	err = r.read(ctx, "look up a mark", func(q querier) error {
		hash, err := one[[]byte](ctx, q, selectMarkAt, mark.Sequence)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		holds = bytes.Equal(hash, mark.Hash[:])
		return err
	})
	if err != nil {
		return false, err
	}
	return holds, nil
}
