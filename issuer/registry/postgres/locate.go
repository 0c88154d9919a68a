package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// finder turns references back into positions within one transaction.
func (r *Registry) finder(q querier) *packed.Finder {
	return packed.NewFinder(func(ctx context.Context, pool registry.Pool) ([]packed.OpenBank, error) {
		return r.banksOf(ctx, q, pool)
	})
}

// judge is what orders are held against within one transaction.
func (r *Registry) judge(q querier) packed.Judge {
	return packed.Judge{Finder: r.finder(q), Positions: reader{q}, Events: reader{q}}
}

// reader reads positions and events within one transaction.
type reader struct{ q querier }

// positionsAtOnce is the number of positions that one query looks up.
const positionsAtOnce = 4096

// found is a row that a query over positions returned: which one, and a number.
type found struct {
	index  int // of the row
	number int64
}

// lookUp runs a query over the positions of the rows, some at a time. Its
// parameter is their array, and it returns an index of that, from 1, and a number.
func lookUp(ctx context.Context, q querier, rows []packed.Located, query string) ([]found, error) {
	var results []found
	for begin := 0; begin < len(rows); begin += positionsAtOnce {
		part := rows[begin:min(begin+positionsAtOnce, len(rows))]
		positions := make([]int64, len(part))
		for i, row := range part {
			positions[i] = int64(row.At)
		}
		some, err := all(ctx, q, func(rows pgx.Rows, f *found) error {
			err := rows.Scan(&f.index, &f.number)
			f.index += begin - 1
			return err
		}, query, positions)
		if err != nil {
			return nil, err
		}
		results = append(results, some...)
	}
	return results, nil
}

// selectUncommitted returns the positions that no segment covers: segments do not
// overlap, so only the last one that begins at or before a position could.
var selectUncommitted = fmt.Sprintf(`SELECT i.n, i.position FROM unnest($1::bigint[]) WITH ORDINALITY AS i (position, n) WHERE NOT coalesce((
	SELECT s.position + octet_length(s.entries) / %d > i.position FROM tongxing.segment s WHERE s.position <= i.position ORDER BY s.position DESC LIMIT 1), false)`, packed.EntrySize)

// Uncommitted implements packed.PositionReader.
func (r reader) Uncommitted(ctx context.Context, rows []packed.Located) ([]int, error) {
	results, err := lookUp(ctx, r.q, rows, selectUncommitted)
	if err != nil {
		return nil, err
	}
	missing := make([]int, len(results))
	for i, f := range results {
		missing[i] = rows[f.index].Index
	}
	return missing, nil
}

const selectNewest = `SELECT i.n, c.sequence FROM unnest($1::bigint[]) WITH ORDINALITY AS i (position, n),
	LATERAL (SELECT c.sequence FROM tongxing.changed c WHERE c.position = i.position ORDER BY c.sequence DESC LIMIT 1) AS c`

// Newest implements packed.PositionReader.
func (r reader) Newest(ctx context.Context, rows []packed.Located) ([]uint64, error) {
	results, err := lookUp(ctx, r.q, rows, selectNewest)
	if err != nil {
		return nil, err
	}
	sequences := make([]uint64, len(rows))
	for _, f := range results {
		sequences[f.index] = uint64(f.number)
	}
	return sequences, nil
}

// selectEventColumns is followed by one of the two below it: the row that has an
// event and those after it, or that row alone.
const (
	selectEventColumns = "SELECT first, order_id, positions, successors FROM tongxing.event "
	eventsFrom         = "WHERE first >= coalesce((SELECT max(first) FROM tongxing.event WHERE first <= $1), 1) ORDER BY first LIMIT $2"
	eventBefore        = "WHERE first <= $1 ORDER BY first DESC LIMIT 1"
)

func selectEventRows(ctx context.Context, q querier, where string, arguments ...any) ([]packed.EventRow, error) {
	return all(ctx, q, func(rows pgx.Rows, e *packed.EventRow) error {
		if err := rows.Scan(&e.First, &e.Order, &e.Positions, &e.Successors); err != nil {
			return err
		}
		return e.Check()
	}, selectEventColumns+where, arguments...)
}

// EventRow implements packed.EventReader.
func (r reader) EventRow(ctx context.Context, sequence uint64) (packed.EventRow, bool, error) {
	rows, err := selectEventRows(ctx, r.q, eventBefore, sequence)
	if err != nil || len(rows) == 0 {
		return packed.EventRow{}, false, err
	}
	return rows[0], true, nil
}

const selectOrderRows = "SELECT id, key, action, reason, at FROM tongxing.orders WHERE id BETWEEN $1 AND $2 AND changed > 0"

// OrderRows implements packed.EventReader.
func (r reader) OrderRows(ctx context.Context, first, last int64) (map[int64]packed.OrderRow, error) {
	orders := make(map[int64]packed.OrderRow)
	_, err := all(ctx, r.q, func(rows pgx.Rows, o *packed.OrderRow) error {
		var id int64
		var key []byte
		if err := rows.Scan(&id, &key, &o.Action, &o.Reason, &o.At); err != nil {
			return err
		}
		copy(o.Key[:], key)
		if _, ok := o.Action.Target(); !ok {
			return fmt.Errorf("%w: order %d has action %d", registry.ErrDamaged, id, o.Action)
		}
		orders[id] = *o
		return nil
	}, selectOrderRows, first, last)
	return orders, err
}
