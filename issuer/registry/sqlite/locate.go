package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strconv"

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

// positionsAtOnce is the number of positions that one query looks up: a query of
// its own for each costs several times as much.
const positionsAtOnce = 1024

// jsonOf returns positions as an array that json_each takes apart.
func jsonOf(rows []packed.Located) []byte {
	text := append(make([]byte, 0, 16*len(rows)), '[')
	for i, row := range rows {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(row.At), 10)
	}
	return append(text, ']')
}

// lookUp runs a query over the positions of the rows, some at a time. Its first
// parameter is their array, and it returns a key of that and a number.
func lookUp(ctx context.Context, q querier, rows []packed.Located, query string, use func(i int, n int64)) error {
	for begin := 0; begin < len(rows); begin += positionsAtOnce {
		part := rows[begin:min(begin+positionsAtOnce, len(rows))]
		found, err := q.QueryContext(ctx, query, string(jsonOf(part)))
		if err != nil {
			return err
		}
		for found.Next() {
			var key int
			var n int64
			if err := found.Scan(&key, &n); err != nil {
				return errors.Join(err, found.Close())
			}
			use(begin+key, n)
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			return err
		}
	}
	return nil
}

// selectUncommitted returns the positions that no segment covers: segments do not
// overlap, so only the last one that begins at or before a position could.
var selectUncommitted = fmt.Sprintf(`SELECT key, value FROM json_each(?) WHERE NOT ifnull((
	SELECT s.position + length(s.entries) / %d > value FROM segment s WHERE s.position <= value ORDER BY s.position DESC LIMIT 1), 0)`, packed.EntrySize)

// Uncommitted implements packed.PositionReader.
func (r reader) Uncommitted(ctx context.Context, rows []packed.Located) (missing []int, err error) {
	err = lookUp(ctx, r.q, rows, selectUncommitted, func(i int, _ int64) { missing = append(missing, rows[i].Index) })
	return missing, err
}

const selectNewest = `SELECT key, newest FROM (
	SELECT key, (SELECT c.sequence FROM changed c WHERE c.position = value ORDER BY c.sequence DESC LIMIT 1) AS newest FROM json_each(?))
	WHERE newest IS NOT NULL`

// Newest implements packed.PositionReader.
func (r reader) Newest(ctx context.Context, rows []packed.Located) ([]uint64, error) {
	sequences := make([]uint64, len(rows))
	err := lookUp(ctx, r.q, rows, selectNewest, func(i int, n int64) { sequences[i] = uint64(n) })
	return sequences, err
}
