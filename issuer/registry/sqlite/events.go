package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/issuer/registry"
)

// newestMark returns the mark behind the newest event.
func newestMark(ctx context.Context, q querier) (mark registry.Mark, err error) {
	var hash []byte
	err = q.QueryRowContext(ctx, "SELECT last, mark FROM orders ORDER BY id DESC LIMIT 1").Scan(&mark.Sequence, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return registry.Mark{}, nil
	}
	if err != nil {
		return registry.Mark{}, err
	}
	copy(mark.Hash[:], hash)
	return mark, nil
}

// insertOrder writes an order, its events and the mark behind them.
func insertOrder(ctx context.Context, tx *sql.Tx, order registry.Order, receipt registry.OrderReceipt, mark registry.Mark, changes []change) error {
	first := mark.Sequence + 1
	for i, c := range changes {
		var err error
		if mark, err = mark.Next(eventOf(order, c, first+uint64(i))); err != nil {
			return err
		}
	}
	digest := order.Digest()
	result, err := tx.ExecContext(ctx, "INSERT INTO orders (key, digest, action, reason, at, changed, already, last, mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		order.Key[:], digest[:], order.Action, order.Reason, order.At, receipt.Changed, receipt.Already, mark.Sequence, mark.Hash[:])
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	return insertEvents(ctx, tx, id, first, changes)
}

func eventOf(order registry.Order, c change, sequence uint64) registry.Event {
	e := registry.Event{
		Sequence: sequence, Order: order.Key, Action: order.Action, Reason: order.Reason, At: order.At,
		Reference: order.References[c.index],
	}
	if c.successor != 0 {
		e.Successor, e.HasSuccessor = order.Successors[c.index], true
	}
	return e
}

// eventsAtOnce is the number of events that one statement inserts: a statement
// of its own for each costs three times as much.
const eventsAtOnce = 128

func insertEvents(ctx context.Context, tx *sql.Tx, order int64, first uint64, changes []change) error {
	var statement *sql.Stmt
	prepared := 0
	for len(changes) > 0 {
		n := min(len(changes), eventsAtOnce)
		if n != prepared {
			var err error
			query := "INSERT INTO event (sequence, order_id, position, successor) VALUES " + strings.Repeat("(?, ?, ?, ?), ", n-1) + "(?, ?, ?, ?)"
			if statement, err = tx.PrepareContext(ctx, query); err != nil {
				return err
			}
			defer statement.Close()
			prepared = n
		}
		arguments := make([]any, 0, 4*n)
		for i, c := range changes[:n] {
			successor := sql.NullInt64{Int64: int64(c.successor), Valid: c.successor != 0}
			arguments = append(arguments, int64(first)+int64(i), order, int64(c.at), successor)
		}
		if _, err := statement.ExecContext(ctx, arguments...); err != nil {
			return err
		}
		first += uint64(n)
		changes = changes[n:]
	}
	return nil
}

// eventRow is a row of the table event.
type eventRow struct {
	sequence  uint64
	order     int64
	at        position
	successor position // 0 when there is none
}

// orderRow is of a row of the table orders what its events share.
type orderRow struct {
	key    registry.OrderKey
	action registry.Action
	reason uint16
	at     int64
}

// eventsAbove returns at most limit events above a sequence number, and the
// orders that they are of.
func eventsAbove(ctx context.Context, q querier, after uint64, limit int) ([]eventRow, map[int64]orderRow, error) {
	events, err := selectEvents(ctx, q, "WHERE sequence > ? ORDER BY sequence LIMIT ?", int64(min(after, 1<<62)), limit)
	if err != nil || len(events) == 0 {
		return nil, nil, err
	}
	for i, e := range events {
		if e.sequence != after+uint64(i)+1 {
			return nil, nil, fmt.Errorf("%w: event %d follows event %d", registry.ErrDamaged, e.sequence, after+uint64(i))
		}
	}
	orders, err := selectOrders(ctx, q, events[0].order, events[len(events)-1].order)
	return events, orders, err
}

func selectEvents(ctx context.Context, q querier, where string, arguments ...any) ([]eventRow, error) {
	rows, err := q.QueryContext(ctx, "SELECT sequence, order_id, position, ifnull(successor, 0) FROM event "+where, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []eventRow
	for rows.Next() {
		var e eventRow
		if err := rows.Scan(&e.sequence, &e.order, &e.at, &e.successor); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, rows.Err()
}

// selectOrders returns the orders with ids first to last that have events.
func selectOrders(ctx context.Context, q querier, first, last int64) (map[int64]orderRow, error) {
	rows, err := q.QueryContext(ctx, "SELECT id, key, action, reason, at FROM orders WHERE id BETWEEN ? AND ? AND changed > 0", first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	orders := make(map[int64]orderRow)
	for rows.Next() {
		var id int64
		var key []byte
		var o orderRow
		if err := rows.Scan(&id, &key, &o.action, &o.reason, &o.at); err != nil {
			return nil, err
		}
		copy(o.key[:], key)
		orders[id] = o
	}
	return orders, rows.Err()
}

// event puts a row, its order and the references of its positions together.
func (r *Registry) event(ctx context.Context, q querier, row eventRow, orders map[int64]orderRow) (registry.Event, error) {
	order, ok := orders[row.order]
	if !ok {
		return registry.Event{}, fmt.Errorf("%w: event %d is of no order", registry.ErrDamaged, row.sequence)
	}
	e := registry.Event{
		Sequence: row.sequence, Order: order.key, Action: order.action, Reason: order.reason, At: order.at,
		HasSuccessor: row.successor != 0,
	}
	var err error
	if e.Reference, err = r.referenceAt(ctx, q, row.at); err != nil {
		return registry.Event{}, err
	}
	if e.HasSuccessor {
		if e.Successor, err = r.referenceAt(ctx, q, row.successor); err != nil {
			return registry.Event{}, err
		}
	}
	return e, nil
}
