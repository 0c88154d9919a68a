package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Record implements registry.Orders. Orders are recorded one after the other.
func (r *Registry) Record(ctx context.Context, order registry.Order) (receipt registry.OrderReceipt, err error) {
	if err := registry.CheckOrder(order); err != nil {
		return registry.OrderReceipt{}, err
	}
	// An order's key makes a second run a repetition.
	err = r.change(ctx, orderAction(order), true, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, gateOrders); err != nil {
			return err
		}
		var changes []packed.Change
		if receipt, changes, err = r.judged(ctx, tx, order); err != nil || receipt.Repeated {
			return err
		}
		mark, err := newestMark(ctx, tx)
		if err != nil {
			return err
		}
		if len(changes) > 0 {
			receipt.FirstEvent, receipt.LastEvent = mark.Sequence+1, mark.Sequence+uint64(len(changes))
		}
		return insertOrder(ctx, tx, order, receipt, mark, changes)
	})
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	return receipt, nil
}

func orderAction(order registry.Order) string {
	return fmt.Sprintf("%s %d references", order.Action, len(order.References))
}

// Preview implements registry.Orders. It sees one moment and holds nobody up.
func (r *Registry) Preview(ctx context.Context, order registry.Order) (receipt registry.OrderReceipt, err error) {
	if err := registry.CheckOrder(order); err != nil {
		return registry.OrderReceipt{}, err
	}
	err = r.snapshot(ctx, orderAction(order), func(q querier) error {
		receipt, _, err = r.judged(ctx, q, order)
		return err
	})
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	return receipt, nil
}

// judged holds an order against what is in the registry and returns what is to
// be done, by position, and the receipt without the numbers of events.
func (r *Registry) judged(ctx context.Context, q querier, order registry.Order) (registry.OrderReceipt, []packed.Change, error) {
	receipt, known, err := recorded(ctx, q, order)
	if err != nil || known {
		return receipt, nil, err
	}
	changes, err := r.judge(q).Changes(ctx, order)
	if err != nil {
		return registry.OrderReceipt{}, nil, err
	}
	return registry.OrderReceipt{Changed: len(changes), Already: len(order.References) - len(changes)}, changes, nil
}

const selectOrder = "SELECT digest, changed, already, last FROM tongxing.orders WHERE key = $1"

// recorded returns the receipt of an order that was recorded before.
func recorded(ctx context.Context, q querier, order registry.Order) (receipt registry.OrderReceipt, known bool, err error) {
	var digest []byte
	var changed, already int
	var last uint64
	err = q.QueryRow(ctx, selectOrder, order.Key[:]).Scan(&digest, &changed, &already, &last)
	if errors.Is(err, pgx.ErrNoRows) {
		return registry.OrderReceipt{}, false, nil
	}
	if err != nil {
		return registry.OrderReceipt{}, false, err
	}
	receipt, err = packed.Repeated(order, digest, changed, already, last)
	return receipt, err == nil, err
}

const selectMark = "SELECT last, mark FROM tongxing.orders ORDER BY id DESC LIMIT 1"

// newestMark returns the mark behind the newest event.
func newestMark(ctx context.Context, q querier) (mark registry.Mark, err error) {
	var hash []byte
	err = q.QueryRow(ctx, selectMark).Scan(&mark.Sequence, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return registry.Mark{}, nil
	}
	if err != nil {
		return registry.Mark{}, err
	}
	copy(mark.Hash[:], hash)
	return mark, nil
}

// insertOrder writes an order, its events and the mark behind them. The caller
// holds gateOrders, so that ids ascend without gaps.
func insertOrder(ctx context.Context, tx pgx.Tx, order registry.Order, receipt registry.OrderReceipt, mark registry.Mark, changes []packed.Change) error {
	first := mark.Sequence + 1
	mark, err := packed.Chain(mark, order, changes)
	if err != nil {
		return err
	}
	digest := order.Digest()
	id, err := one[int64](ctx, tx, `INSERT INTO tongxing.orders (id, key, digest, action, reason, at, changed, already, last, mark)
		SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM tongxing.orders RETURNING id`,
		order.Key[:], digest[:], uint8(order.Action), order.Reason, order.At, receipt.Changed, receipt.Already, mark.Sequence, mark.Hash[:])
	if err != nil {
		return err
	}
	return insertEvents(ctx, tx, id, first, changes)
}

// insertEvents writes the changes, ascending by position, as events of an order
// from a sequence number on.
func insertEvents(ctx context.Context, tx pgx.Tx, order int64, first uint64, changes []packed.Change) error {
	for _, e := range packed.EventRows(order, first, changes) {
		_, err := tx.Exec(ctx, "INSERT INTO tongxing.event (first, order_id, positions, successors) VALUES ($1, $2, $3, $4)",
			e.First, e.Order, e.Positions, e.Successors)
		if err != nil {
			return err
		}
	}
	positions := make([]int64, len(changes))
	for i, c := range changes {
		positions[i] = int64(c.At)
	}
	_, err := tx.Exec(ctx, `INSERT INTO tongxing.changed (position, sequence)
		SELECT c.position, $1 + c.n - 1 FROM unnest($2::bigint[]) WITH ORDINALITY AS c (position, n)`, first, positions)
	return err
}
