package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// selectEventColumns is followed by one of the two below it: the row that has an
// event and those after it, or that row alone.
const (
	selectEventColumns = "SELECT first, order_id, positions, successors FROM event "
	eventsFrom         = "WHERE first >= ifnull((SELECT max(first) FROM event WHERE first <= ?), 1) ORDER BY first LIMIT ?"
	eventBefore        = "WHERE first <= ? ORDER BY first DESC LIMIT 1"
)

func selectEventRows(ctx context.Context, q querier, where string, arguments ...any) ([]packed.EventRow, error) {
	rows, err := q.QueryContext(ctx, selectEventColumns+where, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []packed.EventRow
	for rows.Next() {
		var e packed.EventRow
		if err := rows.Scan(&e.First, &e.Order, &e.Positions, &e.Successors); err != nil {
			return nil, err
		}
		if err := e.Check(); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

const selectOrderRows = "SELECT id, key, action, reason, at FROM orders WHERE id BETWEEN ? AND ? AND changed > 0"

// EventRow implements packed.EventReader.
func (r reader) EventRow(ctx context.Context, sequence uint64) (packed.EventRow, bool, error) {
	rows, err := selectEventRows(ctx, r.q, eventBefore, sequence)
	if err != nil || len(rows) == 0 {
		return packed.EventRow{}, false, err
	}
	return rows[0], true, nil
}

// OrderRows implements packed.EventReader.
func (r reader) OrderRows(ctx context.Context, first, last int64) (map[int64]packed.OrderRow, error) {
	rows, err := r.q.QueryContext(ctx, selectOrderRows, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	orders := make(map[int64]packed.OrderRow)
	for rows.Next() {
		var id int64
		var key []byte
		var o packed.OrderRow
		if err := rows.Scan(&id, &key, &o.Action, &o.Reason, &o.At); err != nil {
			return nil, err
		}
		copy(o.Key[:], key)
		if _, ok := o.Action.Target(); !ok {
			return nil, fmt.Errorf("%w: order %d has action %d", registry.ErrDamaged, id, o.Action)
		}
		orders[id] = o
	}
	return orders, rows.Err()
}

// insertEvents writes the changes, ascending by position, as events of an order
// from a sequence number on.
func insertEvents(ctx context.Context, tx *transaction, order int64, first uint64, changes []packed.Change) error {
	for _, e := range packed.EventRows(order, first, changes) {
		_, err := tx.ExecContext(ctx, "INSERT INTO event (first, order_id, positions, successors) VALUES (?, ?, ?, ?)",
			e.First, e.Order, e.Positions, e.Successors)
		if err != nil {
			return err
		}
	}
	return insertChanged(ctx, tx, first, changes)
}

// changedAtOnce is the number of rows that one statement inserts: a statement of
// its own for each costs three times as much.
const changedAtOnce = 256

// insertChanged enters the events under their positions.
func insertChanged(ctx context.Context, tx *transaction, first uint64, changes []packed.Change) error {
	for begin := 0; begin < len(changes); {
		n := min(changedAtOnce, len(changes)-begin)
		full := (len(changes) - begin) / n // so many statements of n rows
		statement, err := tx.PrepareContext(ctx, "INSERT INTO changed (position, sequence) VALUES "+strings.Repeat("(?, ?), ", n-1)+"(?, ?)")
		if err != nil {
			return err
		}
		defer statement.Close()
		arguments := make([]any, 2*n)
		for range full {
			for i := range n {
				arguments[2*i], arguments[2*i+1] = int64(changes[begin+i].At), int64(first)+int64(begin+i)
			}
			if _, err := statement.ExecContext(ctx, arguments...); err != nil {
				return err
			}
			begin += n
		}
	}
	return nil
}
