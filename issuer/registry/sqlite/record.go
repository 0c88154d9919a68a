package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Record implements registry.Orders.
func (r *Registry) Record(ctx context.Context, order registry.Order) (registry.OrderReceipt, error) {
	return r.carryOut(ctx, order, true)
}

// Preview implements registry.Orders. It reads beside those who write.
func (r *Registry) Preview(ctx context.Context, order registry.Order) (registry.OrderReceipt, error) {
	return r.carryOut(ctx, order, false)
}

func (r *Registry) carryOut(ctx context.Context, order registry.Order, write bool) (registry.OrderReceipt, error) {
	if err := registry.CheckOrder(order); err != nil {
		return registry.OrderReceipt{}, err
	}
	var receipt registry.OrderReceipt
	var err error
	if write {
		receipt, err = r.record(ctx, order)
	} else {
		receipt, err = r.preview(ctx, order)
	}
	if err != nil {
		return registry.OrderReceipt{}, r.named(fmt.Sprintf("%s %d references", order.Action, len(order.References)), err)
	}
	return receipt, nil
}

func (r *Registry) record(ctx context.Context, order registry.Order) (registry.OrderReceipt, error) {
	tx, err := r.write.BeginTx(ctx, nil)
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	defer tx.Rollback()
	receipt, changes, err := r.judge(ctx, tx, order)
	if err != nil || receipt.Repeated {
		return receipt, err
	}
	mark, err := newestMark(ctx, tx)
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	if len(changes) > 0 {
		receipt.FirstEvent, receipt.LastEvent = mark.Sequence+1, mark.Sequence+uint64(len(changes))
	}
	if err := insertOrder(ctx, tx, order, receipt, mark, changes); err != nil {
		return registry.OrderReceipt{}, err
	}
	return receipt, tx.Commit()
}

func (r *Registry) preview(ctx context.Context, order registry.Order) (registry.OrderReceipt, error) {
	tx, err := r.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	defer tx.Rollback()
	receipt, _, err := r.judge(ctx, tx, order)
	return receipt, err
}

// change is an event to come: a reference of the order, where its entry stands,
// and where its successor's does, or 0.
type change struct {
	located
	successor position
}

// judge holds an order against what is in the registry and returns what is to
// be done, by position, and the receipt without the numbers of events.
func (r *Registry) judge(ctx context.Context, tx *sql.Tx, order registry.Order) (registry.OrderReceipt, []change, error) {
	receipt, known, err := recorded(ctx, tx, order)
	if err != nil || known {
		return receipt, nil, err
	}
	rows, err := r.locate(ctx, tx, order)
	if err != nil {
		return registry.OrderReceipt{}, nil, err
	}
	changes, err := transitions(ctx, tx, order, withSuccessors(rows, order))
	if err != nil {
		return registry.OrderReceipt{}, nil, err
	}
	return registry.OrderReceipt{Changed: len(changes), Already: len(order.References) - len(changes)}, changes, nil
}

const selectOrder = "SELECT digest, changed, already, last FROM orders WHERE key = ?"

// recorded returns the receipt of an order that was recorded before.
func recorded(ctx context.Context, tx *sql.Tx, order registry.Order) (receipt registry.OrderReceipt, known bool, err error) {
	var digest []byte
	var last uint64
	err = tx.QueryRowContext(ctx, selectOrder, order.Key[:]).
		Scan(&digest, &receipt.Changed, &receipt.Already, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return registry.OrderReceipt{}, false, nil
	}
	if err != nil {
		return registry.OrderReceipt{}, false, err
	}
	if want := order.Digest(); !bytes.Equal(digest, want[:]) {
		return registry.OrderReceipt{}, false, fmt.Errorf("%w: %x", registry.ErrOrderUsed, order.Key)
	}
	receipt.Repeated = true
	if receipt.Changed > 0 {
		receipt.FirstEvent, receipt.LastEvent = last-uint64(receipt.Changed)+1, last
	}
	return receipt, true, nil
}

// withSuccessors takes the successors out of the rows and to the references that
// they succeed.
func withSuccessors(rows []located, order registry.Order) []change {
	n := len(order.References)
	successors := make([]position, n)
	changes := make([]change, 0, n)
	for _, row := range rows {
		if row.index >= n {
			successors[row.index-n] = row.at
		}
	}
	for _, row := range rows {
		if row.index < n {
			changes = append(changes, change{located: row, successor: successors[row.index]})
		}
	}
	return changes
}

// transitions returns those of the changes that do something. Any that is not
// possible is a *registry.TransitionError.
func transitions(ctx context.Context, tx *sql.Tx, order registry.Order, changes []change) ([]change, error) {
	rows := make([]located, len(changes))
	for i, c := range changes {
		rows[i] = c.located
	}
	newest, err := newestEvents(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	standings := newStandings(tx)
	refused := make(map[int]status.State)
	effective := make([]change, 0, len(changes))
	for i, c := range changes {
		before, err := standings.of(ctx, c.at, newest[i])
		if err != nil {
			return nil, err
		}
		changed, possible := order.Action.Leads(before.state())
		if !changed && c.successor != 0 && c.successor != before.successor {
			possible = false
		}
		switch {
		case !possible:
			refused[c.index] = before.state()
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

// selectMark walks the orders from the last one, and ends with that.
const selectMark = "SELECT last, mark FROM orders ORDER BY id DESC LIMIT 1"

// newestMark returns the mark behind the newest event.
func newestMark(ctx context.Context, q querier) (mark registry.Mark, err error) {
	var hash []byte
	err = q.QueryRowContext(ctx, selectMark).Scan(&mark.Sequence, &hash)
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
