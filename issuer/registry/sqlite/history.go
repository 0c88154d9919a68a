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
	at, ok, err := r.finder(r.read).find(ctx, reference)
	if err != nil {
		return status.Active, registry.Event{}, err
	}
	if !ok {
		return status.Active, registry.Event{}, registry.ErrNotFound
	}
	rows := []located{{at: at}}
	missing, err := uncommitted(ctx, r.read, rows)
	if err != nil {
		return status.Active, registry.Event{}, err
	}
	if len(missing) > 0 {
		return status.Active, registry.Event{}, registry.ErrNotFound
	}
	newest, err := newestEvents(ctx, r.read, rows)
	if err != nil {
		return status.Active, registry.Event{}, err
	}
	now, err := newStandings(r.read).of(ctx, at, newest[0])
	if err != nil || now.sequence == 0 {
		return status.Active, registry.Event{}, err
	}
	event, err := r.event(ctx, now.sequence, now.order, at, now.successor)
	return now.state(), event, err
}

// event puts an event together.
func (r *Registry) event(ctx context.Context, sequence uint64, order orderRow, at, successor position) (registry.Event, error) {
	e := registry.Event{
		Sequence: sequence, Order: order.key, Action: order.action, Reason: order.reason, At: order.at,
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
func (r *Registry) referenceAt(ctx context.Context, q querier, at position) (registry.Reference, error) {
	bank, err := r.bankByID(ctx, q, at.bank())
	if err != nil {
		return registry.Reference{}, err
	}
	reference, ok := bank.Reference(at.counter())
	if !ok {
		return registry.Reference{}, fmt.Errorf("%w: position %d is beyond its bank", registry.ErrDamaged, at)
	}
	return reference, nil
}

// Banks implements registry.History.
func (r *Registry) Banks(ctx context.Context) ([]registry.BankCount, error) {
	banks, err := r.selectBanks(ctx, r.read, selectBank+"ORDER BY region, month, first_shard")
	if err != nil {
		return nil, r.named("count", err)
	}
	counts := make([]registry.BankCount, len(banks))
	for i, b := range banks {
		counts[i] = registry.BankCount{Geometry: b.Geometry(), Leased: b.leased, Issued: b.issued}
	}
	return counts, nil
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
				after = row.first + uint64(row.len()) - 1
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
func (r *Registry) yieldRow(ctx context.Context, row eventRow, orders map[int64]orderRow, after uint64, yield func(registry.Event, error) bool) (more bool, err error) {
	order, ok := orders[row.order]
	if !ok {
		return false, fmt.Errorf("%w: event %d is of no order", registry.ErrDamaged, row.first)
	}
	for i := int(after + 1 - row.first); i < row.len(); i++ {
		at, successor := row.at(i)
		event, err := r.event(ctx, row.first+uint64(i), order, at, successor)
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
func (r *Registry) eventPage(ctx context.Context, after uint64) ([]eventRow, map[int64]orderRow, error) {
	if after >= maxSequence {
		return nil, nil, ctx.Err()
	}
	rows, err := selectEventRows(ctx, r.read, eventsFrom, after+1, rowsPerPage)
	if err != nil {
		return nil, nil, err
	}
	if len(rows) > 0 && rows[0].first <= after && !rows[0].holds(after+1) {
		rows = rows[1:] // ends with the event before
	}
	if len(rows) == 0 {
		return nil, nil, nil
	}
	for i, row := range rows {
		if i == 0 && !row.holds(after+1) || i > 0 && row.first != rows[i-1].first+uint64(rows[i-1].len()) {
			return nil, nil, fmt.Errorf("%w: no events before %d", registry.ErrDamaged, row.first)
		}
	}
	orders, err := selectOrders(ctx, r.read, rows[0].order, rows[len(rows)-1].order)
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
