package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
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
	tx, err := r.write.begin(ctx)
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	defer tx.Rollback()
	receipt, changes, err := r.judged(ctx, tx, order)
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
	return receipt, tx.commit(ctx)
}

func (r *Registry) preview(ctx context.Context, order registry.Order) (registry.OrderReceipt, error) {
	tx, err := r.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	defer tx.Rollback()
	receipt, _, err := r.judged(ctx, tx, order)
	return receipt, err
}

// judged holds an order against what is in the registry and returns what is to
// be done, by position, and the receipt without the numbers of events.
func (r *Registry) judged(ctx context.Context, tx querier, order registry.Order) (registry.OrderReceipt, []packed.Change, error) {
	receipt, known, err := recorded(ctx, tx, order)
	if err != nil || known {
		return receipt, nil, err
	}
	changes, err := r.judge(tx).Changes(ctx, order)
	if err != nil {
		return registry.OrderReceipt{}, nil, err
	}
	return registry.OrderReceipt{Changed: len(changes), Already: len(order.References) - len(changes)}, changes, nil
}

const selectOrder = "SELECT digest, changed, already, last FROM orders WHERE key = ?"

// recorded returns the receipt of an order that was recorded before.
func recorded(ctx context.Context, tx querier, order registry.Order) (receipt registry.OrderReceipt, known bool, err error) {
	var digest []byte
	var changed, already int
	var last uint64
	err = tx.QueryRowContext(ctx, selectOrder, order.Key[:]).Scan(&digest, &changed, &already, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return registry.OrderReceipt{}, false, nil
	}
	if err != nil {
		return registry.OrderReceipt{}, false, err
	}
	receipt, err = packed.Repeated(order, digest, changed, already, last)
	return receipt, err == nil, err
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
func insertOrder(ctx context.Context, tx *transaction, order registry.Order, receipt registry.OrderReceipt, mark registry.Mark, changes []packed.Change) error {
	first := mark.Sequence + 1
	mark, err := packed.Chain(mark, order, changes)
	if err != nil {
		return err
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
