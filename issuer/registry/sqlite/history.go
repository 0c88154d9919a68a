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
	if _, err := r.entryAt(ctx, at); err != nil {
		return status.Active, registry.Event{}, err
	}
	now, err := scanStanding(r.read.QueryRowContext(ctx, selectStanding, at))
	if err != nil || now.event == 0 {
		return status.Active, registry.Event{}, err
	}
	events, orders, err := eventsAbove(ctx, r.read, uint64(now.event)-1, 1)
	if err != nil || len(events) == 0 {
		return status.Active, registry.Event{}, errors.Join(err, missingEvent(now.event, len(events)))
	}
	event, err := r.event(ctx, r.read, events[0], orders)
	return now.state, event, err
}

// missingEvent is the fault of an event that the index has and the table not.
func missingEvent(sequence int64, found int) error {
	if found > 0 {
		return nil
	}
	return fmt.Errorf("%w: no event %d", registry.ErrDamaged, sequence)
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

// eventsPage is the number of events that are read at a time.
const eventsPage = 4096

// Events implements registry.History. No transaction is held between pages.
func (r *Registry) Events(ctx context.Context, after uint64) iter.Seq2[registry.Event, error] {
	return func(yield func(registry.Event, error) bool) {
		for {
			rows, orders, err := eventsAbove(ctx, r.read, after, eventsPage)
			if err == nil && len(rows) == 0 {
				return
			}
			for _, row := range rows {
				var event registry.Event
				if event, err = r.event(ctx, r.read, row, orders); err != nil {
					break
				}
				if !yield(event, nil) {
					return
				}
			}
			if err != nil {
				yield(registry.Event{}, r.named("read events", err))
				return
			}
			after += uint64(len(rows))
		}
	}
}

// Mark implements registry.History.
func (r *Registry) Mark(ctx context.Context) (registry.Mark, error) {
	mark, err := newestMark(ctx, r.read)
	if err != nil {
		return registry.Mark{}, r.named("read the newest mark", err)
	}
	return mark, nil
}

// Holds implements registry.History.
func (r *Registry) Holds(ctx context.Context, mark registry.Mark) (bool, error) {
	if mark == (registry.Mark{}) {
		return true, ctx.Err()
	}
	if mark.Sequence == 0 || mark.Sequence > 1<<62 {
		return false, ctx.Err()
	}
	var hash []byte
	err := r.read.QueryRowContext(ctx, "SELECT mark FROM orders WHERE last = ? LIMIT 1", mark.Sequence).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, r.named("look up a mark", err)
	}
	return bytes.Equal(hash, mark.Hash[:]), nil
}
