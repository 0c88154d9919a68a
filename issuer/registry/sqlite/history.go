package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// State implements registry.Orders.
func (r *Registry) State(ctx context.Context, reference registry.Reference) (status.State, registry.Event, error) {
	if err := registry.CheckPool(reference.Pool()); err != nil {
		return status.Active, registry.Event{}, err
	}
	state, event, err := r.state(ctx, reference)
	if err != nil {
		return status.Active, registry.Event{}, r.named("look up a state", err)
	}
	return state, event, nil
}

func (r *Registry) state(ctx context.Context, reference registry.Reference) (status.State, registry.Event, error) {
	at, now, err := r.judge(r.read).Standing(ctx, reference)
	if err != nil || now.Sequence == 0 {
		return status.Active, registry.Event{}, err
	}
	event, err := r.event(ctx, now.Sequence, now.Order, at, now.Successor)
	return now.State(), event, err
}

// event puts an event together.
func (r *Registry) event(ctx context.Context, sequence uint64, order packed.OrderRow, at, successor packed.Position) (registry.Event, error) {
	e := registry.Event{
		Sequence: sequence, Order: order.Key, Action: order.Action, Reason: order.Reason, At: order.At,
		HasSuccessor: successor != 0,
	}
	var err error
	if e.Reference, err = r.referenceAt(ctx, r.read, at); err != nil {
		return registry.Event{}, err
	}
	if e.HasSuccessor {
		if e.Successor, err = r.referenceAt(ctx, r.read, successor); err != nil {
			return registry.Event{}, err
		}
	}
	return e, nil
}

// referenceAt returns the reference of a position.
func (r *Registry) referenceAt(ctx context.Context, q querier, at packed.Position) (registry.Reference, error) {
	bank, err := r.bankByID(ctx, q, at.Bank())
	if err != nil {
		return registry.Reference{}, err
	}
	return packed.ReferenceAt(bank, at)
}

// Banks implements registry.History.
func (r *Registry) Banks(ctx context.Context) ([]registry.BankCount, error) {
	banks, err := r.selectBanks(ctx, r.read, selectBank+"ORDER BY region, month, first_shard")
	if err != nil {
		return nil, r.named("count", err)
	}
	return packed.Counts(banks), nil
}

// maxSequence is above every sequence number that SQLite can count to.
const maxSequence = 1 << 62

// rowsPerPage is the number of rows of events that are read at a time.
const rowsPerPage = 128

// Events implements registry.History. No transaction is held between pages.
func (r *Registry) Events(ctx context.Context, after uint64) iter.Seq2[registry.Event, error] {
	return func(yield func(registry.Event, error) bool) {
		for {
			rows, orders, err := r.eventPage(ctx, after)
			if err == nil && len(rows) == 0 {
				return
			}
			for _, row := range rows {
				var more bool
				if more, err = r.yieldRow(ctx, row, orders, after, yield); err != nil {
					break
				}
				if !more {
					return
				}
				after = row.First + uint64(row.Len()) - 1
			}
			if err != nil {
				yield(registry.Event{}, r.named("read events", err))
				return
			}
		}
	}
}

// yieldRow yields the events of a row above a sequence number; more is false when
// nobody wants another.
func (r *Registry) yieldRow(ctx context.Context, row packed.EventRow, orders map[int64]packed.OrderRow, after uint64, yield func(registry.Event, error) bool) (more bool, err error) {
	order, ok := orders[row.Order]
	if !ok {
		return false, fmt.Errorf("%w: event %d is of no order", registry.ErrDamaged, row.First)
	}
	for i := int(after + 1 - row.First); i < row.Len(); i++ {
		at, successor := row.At(i)
		event, err := r.event(ctx, row.First+uint64(i), order, at, successor)
		if err != nil {
			return false, err
		}
		if !yield(event, nil) {
			return false, nil
		}
	}
	return true, nil
}

// eventPage returns some rows, the first with the event that follows a sequence
// number, and the orders that they are of; no rows when there is no such event.
func (r *Registry) eventPage(ctx context.Context, after uint64) ([]packed.EventRow, map[int64]packed.OrderRow, error) {
	if after >= maxSequence {
		return nil, nil, ctx.Err()
	}
	rows, err := selectEventRows(ctx, r.read, eventsFrom, after+1, rowsPerPage)
	if err != nil {
		return nil, nil, err
	}
	if rows, err = packed.Page(rows, after); err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	orders, err := reader{r.read}.OrderRows(ctx, rows[0].Order, rows[len(rows)-1].Order)
	return rows, orders, err
}

// Mark implements registry.History.
func (r *Registry) Mark(ctx context.Context) (registry.Mark, error) {
	mark, err := newestMark(ctx, r.read)
	if err != nil {
		return registry.Mark{}, r.named("read the newest mark", err)
	}
	return mark, nil
}

// Orders without events have the mark of the one before.
const selectMarkAt = "SELECT mark FROM orders WHERE last = ? LIMIT 1"

// Holds implements registry.History.
func (r *Registry) Holds(ctx context.Context, mark registry.Mark) (bool, error) {
	if mark == (registry.Mark{}) {
		return true, ctx.Err()
	}
	if mark.Sequence == 0 || mark.Sequence > maxSequence {
		return false, ctx.Err()
	}
	var hash []byte
	err := r.read.QueryRowContext(ctx, selectMarkAt, mark.Sequence).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, r.named("look up a mark", err)
	}
	return bytes.Equal(hash, mark.Hash[:]), nil
}
