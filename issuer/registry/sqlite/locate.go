package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/tongxing/tongxing/issuer/registry"
)

// finder turns references back into positions within one transaction, for which
// it keeps the banks of each pool.
type finder struct {
	registry *Registry
	q        querier
	pools    map[registry.Pool][]openBank
}

func (r *Registry) finder(q querier) *finder {
	return &finder{registry: r, q: q, pools: make(map[registry.Pool][]openBank)}
}

// find returns the position of a reference; ok is false where it was not leased.
func (f *finder) find(ctx context.Context, reference registry.Reference) (at position, ok bool, err error) {
	pool := reference.Pool()
	banks, known := f.pools[pool]
	if !known {
		if banks, err = f.registry.banksOf(ctx, f.q, pool); err != nil {
			return 0, false, err
		}
		f.pools[pool] = banks
	}
	at, ok = find(banks, reference)
	return at, ok, nil
}

// located is a reference of an order, or a successor, and where its entry stands.
type located struct {
	at    position
	index int // of the reference in the order; behind them the successors
}

// locate returns the references and successors of an order by position. Those
// without an entry are an *UnknownReferencesError.
func (r *Registry) locate(ctx context.Context, tx *sql.Tx, order registry.Order) ([]located, error) {
	finder := r.finder(tx)
	rows := make([]located, 0, len(order.References)+len(order.Successors))
	var unknown []int
	for i := range cap(rows) {
		at, ok, err := finder.find(ctx, referenceOf(order, i))
		if err != nil {
			return nil, err
		}
		if ok {
			rows = append(rows, located{at: at, index: i})
		} else {
			unknown = append(unknown, i)
		}
	}
	slices.SortFunc(rows, func(a, b located) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.index, b.index)) })
	more, err := uncommitted(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	if unknown = append(unknown, more...); len(unknown) > 0 {
		return nil, unknownReferences(order, unknown)
	}
	return rows, nil
}

// referenceOf returns reference i of an order, or the successor that is as far
// behind the last one.
func referenceOf(order registry.Order, i int) registry.Reference {
	if i < len(order.References) {
		return order.References[i]
	}
	return order.Successors[i-len(order.References)]
}

func unknownReferences(order registry.Order, unknown []int) error {
	slices.Sort(unknown)
	problem := &registry.UnknownReferencesError{Total: len(unknown)}
	for _, i := range unknown[:min(len(unknown), registry.MaxNamed)] {
		problem.References = append(problem.References, referenceOf(order, i))
	}
	return problem
}

// positionsAtOnce is the number of positions that one query looks up: a query of
// its own for each costs several times as much.
const positionsAtOnce = 1024

// jsonOf returns positions as an array that json_each takes apart.
func jsonOf(rows []located) []byte {
	text := append(make([]byte, 0, 16*len(rows)), '[')
	for i, row := range rows {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(row.at), 10)
	}
	return append(text, ']')
}

// lookUp runs a query over the positions of the rows, some at a time. Its first
// parameter is their array, and it returns a key of that and a number.
func lookUp(ctx context.Context, q querier, rows []located, query string, use func(i int, n int64)) error {
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
	SELECT s.position + length(s.entries) / %d > value FROM segment s WHERE s.position <= value ORDER BY s.position DESC LIMIT 1), 0)`, entrySize)

// uncommitted returns the indices of those rows that no segment covers.
func uncommitted(ctx context.Context, q querier, rows []located) (missing []int, err error) {
	err = lookUp(ctx, q, rows, selectUncommitted, func(i int, _ int64) { missing = append(missing, rows[i].index) })
	return missing, err
}

const selectNewest = `SELECT key, newest FROM (
	SELECT key, (SELECT c.sequence FROM changed c WHERE c.position = value ORDER BY c.sequence DESC LIMIT 1) AS newest FROM json_each(?))
	WHERE newest IS NOT NULL`

// newestEvents returns for each row the sequence number of its position's newest
// event, or 0.
func newestEvents(ctx context.Context, q querier, rows []located) ([]uint64, error) {
	sequences := make([]uint64, len(rows))
	err := lookUp(ctx, q, rows, selectNewest, func(i int, n int64) { sequences[i] = uint64(n) })
	return sequences, err
}
