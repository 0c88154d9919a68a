package packed

import (
	"context"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
)

// BankStore is the banks of a registry within one transaction, in which nobody
// else opens one or leases from it.
type BankStore interface {
	// BanksOf returns the banks of a pool, by first shard.
	BanksOf(ctx context.Context, pool registry.Pool) ([]OpenBank, error)
	// OpenBank opens a bank and returns its id.
	OpenBank(ctx context.Context, bank registry.BankCount) (id int64, err error)
	// SetLeased sets the counter of the bank with an id.
	SetLeased(ctx context.Context, id int64, leased uint64) error
}

// Leaser leases references of a region for many chunks within one transaction: it
// counts in memory and writes each bank once.
type Leaser struct {
	store  BankStore
	plan   registry.Plan
	region uint8
	purged uint16
	pools  map[uint16]*poolLeaser
}

// poolLeaser is the pool of a month: its cursor, and the ids of its banks.
type poolLeaser struct {
	*registry.Cursor
	ids map[registry.Geometry]int64
}

// NewLeaser returns a leaser. Months below purged are registry.ErrPurged.
func NewLeaser(store BankStore, plan registry.Plan, region uint8, purged uint16) *Leaser {
	return &Leaser{store: store, plan: plan, region: region, purged: purged, pools: make(map[uint16]*poolLeaser)}
}

func (l *Leaser) pool(ctx context.Context, month uint16) (*poolLeaser, error) {
	if p := l.pools[month]; p != nil {
		return p, nil
	}
	if month < l.purged {
		return nil, fmt.Errorf("%w: month %d", registry.ErrPurged, month)
	}
	pool := registry.Pool{Region: l.region, Month: month}
	banks, err := l.store.BanksOf(ctx, pool)
	if err != nil {
		return nil, err
	}
	p := &poolLeaser{ids: make(map[registry.Geometry]int64)}
	for _, bank := range banks {
		p.ids[bank.Geometry()] = bank.ID
	}
	p.Cursor = registry.NewCursor(FirstBank(pool, l.plan), Counts(banks))
	l.pools[month] = p
	return p, nil
}

// Take leases what a chunk needs. Banks that it opens are in the store at once,
// for their ids, and their counters with Store.
func (l *Leaser) Take(ctx context.Context, needs []registry.Need) ([]Lease, error) {
	var leases []Lease
	for _, need := range needs {
		p, err := l.pool(ctx, need.Month)
		if err != nil {
			return nil, err
		}
		spans, err := p.Take(need.Count)
		if err != nil {
			return nil, fmt.Errorf("%d references of month %d: %w", need.Count, need.Month, err)
		}
		for _, span := range spans {
			id, open := p.ids[span.Geometry]
			if !open {
				if id, err = l.store.OpenBank(ctx, registry.BankCount{Geometry: span.Geometry}); err != nil {
					return nil, err
				}
				p.ids[span.Geometry] = id
			}
			leases = append(leases, Lease{Month: need.Month, Bank: id, First: span.First, Count: span.Count})
		}
	}
	return leases, nil
}

// Store writes the counters.
func (l *Leaser) Store(ctx context.Context) error {
	for _, p := range l.pools {
		for _, bank := range p.Banks() {
			if err := l.store.SetLeased(ctx, p.ids[bank.Geometry], bank.Leased); err != nil {
				return err
			}
		}
	}
	return nil
}

// Raise raises the counters of banks, which are all that the registry has, to the
// counts and opens those that it has not. It returns how many it changed; errors are
// those of registry.CheckRaise and of the store.
func Raise(ctx context.Context, store BankStore, banks []OpenBank, counts []registry.BankCount) (raised int, err error) {
	ids := make(map[registry.Geometry]int64, len(banks))
	for _, bank := range banks {
		ids[bank.Geometry()] = bank.ID
	}
	changes, err := registry.CheckRaise(Counts(banks), counts)
	if err != nil {
		return 0, err
	}
	for _, change := range changes {
		if id, open := ids[change.Geometry]; open {
			err = store.SetLeased(ctx, id, change.Leased)
		} else {
			_, err = store.OpenBank(ctx, change)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(changes), nil
}

// Leased returns the references of a lease, given its bank. The error is
// registry.ErrDamaged.
func Leased(l Lease, bank *registry.Bank) (registry.Leased, error) {
	if g := bank.Geometry(); g.Pool.Month != l.Month || l.First+uint64(l.Count) > g.Size() {
		return registry.Leased{}, fmt.Errorf("%w: a plan is beyond its bank", registry.ErrDamaged)
	}
	return registry.Leased{Month: l.Month, Range: registry.NewRange(bank, l.First, l.Count)}, nil
}
