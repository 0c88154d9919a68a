package packed

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

const (
	// positionSize is the length of a position in an event row, big endian.
	positionSize = 8
	// eventsPerRow is the largest number of events in a row.
	eventsPerRow = 1024
)

// EventRow is events of one order with consecutive sequence numbers.
type EventRow struct {
	First                 uint64 // sequence number
	Order                 int64  // id of the order
	Positions, Successors []byte // Successors is nil when no event has one
}

// Len returns the number of events.
func (e EventRow) Len() int { return len(e.Positions) / positionSize }

// Holds reports whether the event with a sequence number is in the row.
func (e EventRow) Holds(sequence uint64) bool {
	return e.First <= sequence && sequence-e.First < uint64(e.Len())
}

// At returns the position and the successor, or 0, of event i of the row.
func (e EventRow) At(i int) (at, successor Position) {
	at = Position(binary.BigEndian.Uint64(e.Positions[i*positionSize:]))
	if e.Successors != nil {
		successor = Position(binary.BigEndian.Uint64(e.Successors[i*positionSize:]))
	}
	return at, successor
}

// Check returns registry.ErrDamaged for a row whose parts contradict each other.
func (e EventRow) Check() error {
	n := len(e.Positions)
	if n == 0 || n%positionSize != 0 || e.Successors != nil && len(e.Successors) != n {
		return fmt.Errorf("%w: events from %d on in %d and %d bytes", registry.ErrDamaged, e.First, n, len(e.Successors))
	}
	return nil
}

// EventRows returns the changes of an order, ascending by position, as rows of
// events from a sequence number on.
func EventRows(order int64, first uint64, changes []Change) []EventRow {
	var rows []EventRow
	for begin := 0; begin < len(changes); begin += eventsPerRow {
		part := changes[begin:min(begin+eventsPerRow, len(changes))]
		row := EventRow{First: first + uint64(begin), Order: order, Positions: make([]byte, 0, len(part)*positionSize)}
		for i, c := range part {
			row.Positions = binary.BigEndian.AppendUint64(row.Positions, uint64(c.At))
			if c.Successor != 0 {
				if row.Successors == nil {
					row.Successors = make([]byte, len(part)*positionSize)
				}
				binary.BigEndian.PutUint64(row.Successors[i*positionSize:], uint64(c.Successor))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// OrderRow is of an order what its events share.
type OrderRow struct {
	Key    registry.OrderKey
	Action registry.Action
	Reason uint16
	At     int64 // seconds since 1970 UTC
}

// EventReader reads events within one transaction.
type EventReader interface {
	// EventRow returns the last row whose first event is not above a sequence
	// number; ok is false when there is none.
	EventRow(ctx context.Context, sequence uint64) (row EventRow, ok bool, err error)
	// OrderRows returns the orders with ids first to last that have events.
	OrderRows(ctx context.Context, first, last int64) (map[int64]OrderRow, error)
}

// Standing is the newest event of a position, all zero when there is none.
type Standing struct {
	Sequence  uint64
	Order     OrderRow
	Successor Position // 0 when there is none
}

// State returns where the event led.
func (s Standing) State() status.State {
	state, _ := s.Order.Action.Target() // no action leads to status.Active
	return state
}

// Standings reads events by their sequence numbers within one transaction. It
// keeps the row and the orders that it saw: neighbours of one order cost one
// look-up.
type Standings struct {
	reader EventReader
	row    EventRow
	orders map[int64]OrderRow
}

// NewStandings returns the standings that a reader has.
func NewStandings(reader EventReader) *Standings {
	return &Standings{reader: reader, orders: make(map[int64]OrderRow)}
}

// Of returns the standing of a position whose newest event is the given one, 0
// for none.
func (s *Standings) Of(ctx context.Context, at Position, newest uint64) (Standing, error) {
	if newest == 0 {
		return Standing{}, nil
	}
	if err := s.read(ctx, newest); err != nil {
		return Standing{}, err
	}
	there, successor := s.row.At(int(newest - s.row.First))
	if there != at {
		return Standing{}, fmt.Errorf("%w: event %d is of position %d, not %d", registry.ErrDamaged, newest, there, at)
	}
	return Standing{Sequence: newest, Order: s.orders[s.row.Order], Successor: successor}, nil
}

// read makes row the one that has the event, and orders have its order.
func (s *Standings) read(ctx context.Context, sequence uint64) error {
	if s.row.Holds(sequence) {
		return nil
	}
	row, ok, err := s.reader.EventRow(ctx, sequence)
	if err != nil {
		return err
	}
	if !ok || !row.Holds(sequence) {
		return fmt.Errorf("%w: no event %d", registry.ErrDamaged, sequence)
	}
	s.row = row
	if _, known := s.orders[row.Order]; known {
		return nil
	}
	orders, err := s.reader.OrderRows(ctx, row.Order, row.Order)
	if err != nil {
		return err
	}
	if s.orders[row.Order] = orders[row.Order]; len(orders) == 0 {
		return fmt.Errorf("%w: event %d is of no order", registry.ErrDamaged, sequence)
	}
	return nil
}

// Page returns those rows that have events above a sequence number, of rows as a
// database returned them from the one that may have the event that follows it on.
// Rows between which events are missing are registry.ErrDamaged.
func Page(rows []EventRow, after uint64) ([]EventRow, error) {
	if len(rows) > 0 && rows[0].First <= after && !rows[0].Holds(after+1) {
		rows = rows[1:] // ends with the event before
	}
	for i, row := range rows {
		if i == 0 && !row.Holds(after+1) || i > 0 && row.First != rows[i-1].First+uint64(rows[i-1].Len()) {
			return nil, fmt.Errorf("%w: no events before %d", registry.ErrDamaged, row.First)
		}
	}
	return rows, nil
}
