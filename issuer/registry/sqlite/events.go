package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

const (
	// positionSize is the length of a position in event.positions and
	// event.successors, big endian.
	positionSize = 8
	// eventsPerRow is the largest number of events in a row of the table event.
	eventsPerRow = 1024
)

// eventRow is a row of the table event.
type eventRow struct {
	first                 uint64
	order                 int64
	positions, successors []byte
}

func (e eventRow) len() int { return len(e.positions) / positionSize }

func (e eventRow) holds(sequence uint64) bool {
	return e.first <= sequence && sequence-e.first < uint64(e.len())
}

// at returns the position and the successor, or 0, of event i of the row.
func (e eventRow) at(i int) (at, successor position) {
	at = position(binary.BigEndian.Uint64(e.positions[i*positionSize:]))
	if e.successors != nil {
		successor = position(binary.BigEndian.Uint64(e.successors[i*positionSize:]))
	}
	return at, successor
}

// check returns ErrDamaged for blobs that contradict each other.
func (e eventRow) check() error {
	n := len(e.positions)
	if n == 0 || n%positionSize != 0 || e.successors != nil && len(e.successors) != n {
		return fmt.Errorf("%w: events from %d on in %d and %d bytes", registry.ErrDamaged, e.first, n, len(e.successors))
	}
	return nil
}

// selectEventColumns is followed by one of the two below it: the row that has an
// event and those after it, or that row alone.
const (
	selectEventColumns = "SELECT first, order_id, positions, successors FROM event "
	eventsFrom         = "WHERE first >= ifnull((SELECT max(first) FROM event WHERE first <= ?), 1) ORDER BY first LIMIT ?"
	eventBefore        = "WHERE first <= ? ORDER BY first DESC LIMIT 1"
)

func selectEventRows(ctx context.Context, q querier, where string, arguments ...any) ([]eventRow, error) {
	rows, err := q.QueryContext(ctx, selectEventColumns+where, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []eventRow
	for rows.Next() {
		var e eventRow
		if err := rows.Scan(&e.first, &e.order, &e.positions, &e.successors); err != nil {
			return nil, err
		}
		if err := e.check(); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// orderRow is of a row of the table orders what its events share.
type orderRow struct {
	key    registry.OrderKey
	action registry.Action
	reason uint16
	at     int64
}

const selectOrderRows = "SELECT id, key, action, reason, at FROM orders WHERE id BETWEEN ? AND ? AND changed > 0"

// selectOrders returns the orders with ids first to last that have events.
func selectOrders(ctx context.Context, q querier, first, last int64) (map[int64]orderRow, error) {
	rows, err := q.QueryContext(ctx, selectOrderRows, first, last)
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
		if _, ok := o.action.Target(); !ok {
			return nil, fmt.Errorf("%w: order %d has action %d", registry.ErrDamaged, id, o.action)
		}
		orders[id] = o
	}
	return orders, rows.Err()
}

// standing is the newest event of a position, all zero when there is none.
type standing struct {
	sequence  uint64
	order     orderRow
	successor position // 0 when there is none
}

// state returns where the event led.
func (s standing) state() status.State {
	state, _ := s.order.action.Target() // no action leads to status.Active
	return state
}

// standings reads events by their sequence numbers within one transaction. It
// keeps the row and the orders that it saw: neighbours of one order cost one
// look-up.
type standings struct {
	q      querier
	row    eventRow
	orders map[int64]orderRow
}

func newStandings(q querier) *standings {
	return &standings{q: q, orders: make(map[int64]orderRow)}
}

// of returns the standing of a position whose newest event is the given one, 0
// for none.
func (s *standings) of(ctx context.Context, at position, newest uint64) (standing, error) {
	if newest == 0 {
		return standing{}, nil
	}
	if err := s.read(ctx, newest); err != nil {
		return standing{}, err
	}
	there, successor := s.row.at(int(newest - s.row.first))
	if there != at {
		return standing{}, fmt.Errorf("%w: event %d is of position %d, not %d", registry.ErrDamaged, newest, there, at)
	}
	return standing{sequence: newest, order: s.orders[s.row.order], successor: successor}, nil
}

// read makes row the one that has the event, and orders have its order.
func (s *standings) read(ctx context.Context, sequence uint64) error {
	if s.row.holds(sequence) {
		return nil
	}
	rows, err := selectEventRows(ctx, s.q, eventBefore, sequence)
	if err != nil {
		return err
	}
	if len(rows) == 0 || !rows[0].holds(sequence) {
		return fmt.Errorf("%w: no event %d", registry.ErrDamaged, sequence)
	}
	s.row = rows[0]
	if _, known := s.orders[s.row.order]; known {
		return nil
	}
	orders, err := selectOrders(ctx, s.q, s.row.order, s.row.order)
	if err != nil {
		return err
	}
	if s.orders[s.row.order] = orders[s.row.order]; len(orders) == 0 {
		return fmt.Errorf("%w: event %d is of no order", registry.ErrDamaged, sequence)
	}
	return nil
}

// insertEvents writes the changes, ascending by position, as events of an order
// from a sequence number on.
func insertEvents(ctx context.Context, tx *sql.Tx, order int64, first uint64, changes []change) error {
	for begin := 0; begin < len(changes); begin += eventsPerRow {
		part := changes[begin:min(begin+eventsPerRow, len(changes))]
		positions := make([]byte, 0, len(part)*positionSize)
		var successors []byte
		for i, c := range part {
			positions = binary.BigEndian.AppendUint64(positions, uint64(c.at))
			if c.successor != 0 {
				if successors == nil {
					successors = make([]byte, len(part)*positionSize)
				}
				binary.BigEndian.PutUint64(successors[i*positionSize:], uint64(c.successor))
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO event (first, order_id, positions, successors) VALUES (?, ?, ?, ?)",
			first+uint64(begin), order, positions, successors)
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
func insertChanged(ctx context.Context, tx *sql.Tx, first uint64, changes []change) error {
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
				arguments[2*i], arguments[2*i+1] = int64(changes[begin+i].at), int64(first)+int64(begin+i)
			}
			if _, err := statement.ExecContext(ctx, arguments...); err != nil {
				return err
			}
			begin += n
		}
	}
	return nil
}
