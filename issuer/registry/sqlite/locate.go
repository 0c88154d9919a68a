package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

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

// uncommitted returns the indices of those rows, ascending by position, that no
// segment covers. Neighbours of one segment cost one look-up.
func uncommitted(ctx context.Context, q querier, rows []located) (missing []int, err error) {
	statement, err := q.PrepareContext(ctx, "SELECT position, position + length(entries) / ? FROM segment WHERE position <= ? ORDER BY position DESC LIMIT 1")
	if err != nil {
		return nil, err
	}
	defer statement.Close()
	var first, end position
	for _, row := range rows {
		if row.at >= end {
			err := statement.QueryRowContext(ctx, entrySize, row.at).Scan(&first, &end)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return nil, err
			}
		}
		if row.at < first || row.at >= end {
			missing = append(missing, row.index)
		}
	}
	return missing, nil
}
