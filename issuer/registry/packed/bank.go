package packed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Banks makes the banks of a registry and keeps them: to make one takes
// milliseconds. It is safe for concurrent use.
type Banks struct {
	secret [registry.SecretSize]byte
	mutex  sync.RWMutex
	byID   map[int64]*registry.Bank // a bank never changes
}

// NewBanks returns the banks under a registry's secret.
func NewBanks(secret [registry.SecretSize]byte) *Banks {
	return &Banks{secret: secret, byID: make(map[int64]*registry.Bank)}
}

// Identity returns which registry's banks these are.
func (b *Banks) Identity() registry.Identity { return registry.IdentityOf(b.secret) }

// Bank returns the bank that was read with an id and geometry.
func (b *Banks) Bank(id int64, g registry.Geometry) (*registry.Bank, error) {
	if bank, ok := b.Known(id); ok && bank.Geometry() == g {
		return bank, nil
	}
	bank, err := b.Make(g)
	if err != nil {
		return nil, err
	}
	b.mutex.Lock()
	b.byID[id] = bank
	b.mutex.Unlock()
	return bank, nil
}

// Make returns a bank and does not keep it: one that a transaction is about to
// open may come to nothing, and its id be given to another.
func (b *Banks) Make(g registry.Geometry) (*registry.Bank, error) {
	return registry.NewBank(b.secret, g)
}

// Known returns a bank that was read before.
func (b *Banks) Known(id int64) (bank *registry.Bank, ok bool) {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	bank, ok = b.byID[id]
	return bank, ok
}

// OpenBank is a bank and how far it is used.
type OpenBank struct {
	*registry.Bank
	ID             int64
	Leased, Issued uint64
}

// Count returns the bank's counters.
func (b OpenBank) Count() registry.BankCount {
	return registry.BankCount{Geometry: b.Geometry(), Leased: b.Leased, Issued: b.Issued}
}

// Counts returns the counters of banks.
func Counts(banks []OpenBank) []registry.BankCount {
	counts := make([]registry.BankCount, len(banks))
	for i, b := range banks {
		counts[i] = b.Count()
	}
	return counts
}

// Room returns the pool's newest bank where it has n places left, of the pool's
// banks by first shard. Where it has not, ok is false and next is the bank to
// open; the error is registry.ErrFull.
func Room(banks []OpenBank, pool registry.Pool, plan registry.Plan, n uint64) (last OpenBank, next registry.Geometry, ok bool, err error) {
	if len(banks) == 0 {
		return OpenBank{}, FirstBank(pool, plan), false, nil
	}
	last = banks[len(banks)-1]
	if last.Leased+n <= last.Geometry().Size() {
		return last, registry.Geometry{}, true, nil
	}
	next, err = last.Geometry().Next()
	return OpenBank{}, next, false, err
}

// FirstBank returns the bank that a pool starts with.
func FirstBank(pool registry.Pool, plan registry.Plan) registry.Geometry {
	return registry.Geometry{Pool: pool, Shards: plan.Shards, Places: plan.Places}
}

// Find returns the position of a reference in the banks of its pool; ok is false
// where it was not leased.
func Find(banks []OpenBank, reference registry.Reference) (at Position, ok bool) {
	for _, bank := range banks {
		if counter, ok := bank.Counter(reference); ok {
			return PositionOf(bank.ID, counter), counter < bank.Leased
		}
	}
	return 0, false
}

// Finder turns references back into positions within one transaction, for which
// it keeps the banks of each pool.
type Finder struct {
	banksOf func(context.Context, registry.Pool) ([]OpenBank, error)
	pools   map[registry.Pool][]OpenBank
}

// NewFinder returns a finder that reads the banks of a pool with banksOf.
func NewFinder(banksOf func(context.Context, registry.Pool) ([]OpenBank, error)) *Finder {
	return &Finder{banksOf: banksOf, pools: make(map[registry.Pool][]OpenBank)}
}

// Find returns the position of a reference; ok is false where it was not leased.
func (f *Finder) Find(ctx context.Context, reference registry.Reference) (at Position, ok bool, err error) {
	pool := reference.Pool()
	banks, known := f.pools[pool]
	if !known {
		if banks, err = f.banksOf(ctx, pool); err != nil {
			return 0, false, err
		}
		f.pools[pool] = banks
	}
	at, ok = Find(banks, reference)
	return at, ok, nil
}

// Placed is an entry and where it stands.
type Placed struct {
	At    Position
	Entry *registry.Entry
	Index int // of the entry among those that were placed
}

// Place turns the references of entries back into positions, in whose order they
// are returned. Errors are registry.ErrNotLeased and, for a reference that is
// twice among them, registry.ErrReferenceUsed.
func (f *Finder) Place(ctx context.Context, entries []registry.Entry) ([]Placed, error) {
	rows := make([]Placed, len(entries))
	for i := range entries {
		at, ok, err := f.Find(ctx, entries[i].Reference)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("%w: %v", registry.ErrNotLeased, entries[i].Reference)
		}
		rows[i] = Placed{At: at, Entry: &entries[i], Index: i}
	}
	slices.SortFunc(rows, func(a, b Placed) int { return cmp.Compare(a.At, b.At) })
	for i := 1; i < len(rows); i++ {
		if rows[i].At == rows[i-1].At {
			return nil, fmt.Errorf("%w: %v is twice in the chunk", registry.ErrReferenceUsed, rows[i].Entry.Reference)
		}
	}
	return rows, nil
}

// Entries returns the entries of rows in their order.
func Entries(rows []Placed) []registry.Entry {
	entries := make([]registry.Entry, len(rows))
	for i, row := range rows {
		entries[i] = *row.Entry
	}
	return entries
}

// ByBank counts rows by the ids of their banks.
func ByBank(rows []Placed) map[int64]int {
	counts := make(map[int64]int)
	for _, row := range rows {
		counts[row.At.Bank()]++
	}
	return counts
}
