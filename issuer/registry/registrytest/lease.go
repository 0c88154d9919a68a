package registrytest

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// taken remembers references and refuses one that comes twice.
type taken map[registry.Reference]bool

func (t taken) add(tb testing.TB, references []registry.Reference) {
	tb.Helper()
	for _, reference := range references {
		if t[reference] {
			tb.Fatalf("%v was handed out twice", reference)
		}
		t[reference] = true
	}
}

func leasesNeverOverlap(t *testing.T, s Storage) {
	handles := []registry.Registry{open(t, s), open(t, s)}
	pools := []registry.Pool{pool, {Region: 33, Month: 84}, {Region: 41, Month: 83}}
	const workers, leases = 8, 12
	results := make([][]registry.Range, workers)
	failures := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := range leases {
				leased, err := handles[w%2].Lease(t.Context(), pools[i%3], 1+(w*31+i*17)%200)
				if err != nil {
					failures[w] = err
					return
				}
				results[w] = append(results[w], leased)
			}
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	all := taken{}
	for _, result := range results {
		for _, leased := range result {
			for i := range leased.Len() {
				reference, _ := leased.At(i)
				all.add(t, []registry.Reference{reference})
			}
		}
	}
}

func leasesContinueAfterReopening(t *testing.T, s Storage) {
	all := taken{}
	for range 5 {
		r := s.Open(t)
		all.add(t, Lease(t, r, pool, 1000))
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(all) != 5000 {
		t.Errorf("%d references, want 5000", len(all))
	}
}

func neighboursOfALeaseLandApart(t *testing.T, s Storage) {
	references := Lease(t, open(t, s), pool, 10_000)
	near, rising := 0, 0
	for i := 1; i < len(references); i++ {
		distance := math.Abs(float64(references[i].Index) - float64(references[i-1].Index))
		if references[i].List == references[i-1].List && distance < 100 {
			near++
		}
		if references[i].Index > references[i-1].Index {
			rising++
		}
	}
	// Of random neighbours 1 in 5,000 is that near, and half are rising.
	if near > 15 || rising < 4700 || rising > 5300 {
		t.Errorf("%d of 10,000 neighbours are near, %d rising", near, rising)
	}
}

func aFullBankIsFollowedByTheNext(t *testing.T, s Storage) {
	r := open(t, s)
	seen := make([]bool, 4*registry.DefaultPlaces)
	// 15 leases of the largest size leave 65,536 places; one of 40,000 leaves
	// 25,536, too few for the next, which opens the second bank.
	sizes := make([]int, 15, 60)
	for i := range sizes {
		sizes[i] = registry.MaxLease
	}
	sizes = append(sizes, 40_000)
	for range 40 {
		sizes = append(sizes, registry.MaxLease)
	}
	for i, n := range sizes {
		for _, reference := range Lease(t, r, pool, n) {
			shard, place := reference.List&0xff, shardPlace(reference)
			if wantFirst := i < 16; (shard == 0) != wantFirst {
				t.Fatalf("lease %d is of shard %d", i, shard)
			}
			if seen[place] {
				t.Fatalf("%v was handed out twice", reference)
			}
			seen[place] = true
		}
	}
	pools, err := r.Pools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// One list, then one more, then two.
	if len(pools) != 1 || pools[0].Shards != 4 || pools[0].Places != 4*registry.DefaultPlaces {
		t.Errorf("pools are %+v", pools)
	}
}

func shardPlace(r registry.Reference) uint32 {
	return (r.List&0xff)*registry.DefaultPlaces + r.Index
}

func poolsAreCounted(t *testing.T, s Storage) {
	r := open(t, s)
	if pools, err := r.Pools(t.Context()); err != nil || len(pools) != 0 {
		t.Fatalf("a new registry has pools %v, error %v", pools, err)
	}
	later := registry.Pool{Region: 33, Month: 84}
	Lease(t, r, later, 7)
	references := Lease(t, r, pool, 10)
	Lease(t, r, pool, 5)
	commit(t, r, Chunk("job", 0, references[2:6]))
	want := []registry.PoolCount{
		{Pool: pool, Shards: 1, Places: registry.DefaultPlaces, Leased: 15, Issued: 4},
		{Pool: later, Shards: 1, Places: registry.DefaultPlaces, Leased: 7},
	}
	pools, err := r.Pools(t.Context())
	if err != nil || len(pools) != 2 || pools[0] != want[0] || pools[1] != want[1] {
		t.Errorf("pools are %+v, error %v, want %+v", pools, err, want)
	}
}

func argumentsOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := open(t, s)
	for _, n := range []int{-1, 0, registry.MaxLease + 1, math.MaxInt} {
		if _, err := r.Lease(t.Context(), pool, n); !errors.Is(err, registry.ErrInvalid) {
			t.Errorf("Lease of %d: error %v, want ErrInvalid", n, err)
		}
	}
	if _, err := r.Lease(t.Context(), registry.Pool{Region: 100}, 1); !errors.Is(err, registry.ErrInvalid) {
		t.Errorf("Lease for region 100: error %v, want ErrInvalid", err)
	}
	if _, err := r.Lookup(t.Context(), registry.Reference{Region: 100}); !errors.Is(err, registry.ErrInvalid) {
		t.Errorf("Lookup in region 100: error %v, want ErrInvalid", err)
	}
	reference := Lease(t, r, pool, 1)
	for name, change := range map[string]func(*registry.Chunk){
		"no job":            func(c *registry.Chunk) { c.Job = "" },
		"a long job":        func(c *registry.Chunk) { c.Job = string(make([]byte, 65)) },
		"a job with blanks": func(c *registry.Chunk) { c.Job = "a b" },
		"a job in Chinese":  func(c *registry.Chunk) { c.Job = "张三" },
		"too many entries":  func(c *registry.Chunk) { c.Entries = make([]registry.Entry, registry.MaxChunk+1) },
		"no hash":           func(c *registry.Chunk) { c.Entries[0].Hash = [32]byte{} },
		"no state":          func(c *registry.Chunk) { c.Entries[0].State = 0 },
		"an unknown state":  func(c *registry.Chunk) { c.Entries[0].State = 99 },
		"a time before 1970": func(c *registry.Chunk) {
			c.Entries[0].IssuedAt = -1
		},
		"a time after 2106":           func(c *registry.Chunk) { c.Entries[0].ExpiresAt = 1 << 32 },
		"an end before the beginning": func(c *registry.Chunk) { c.Entries[0].ExpiresAt = c.Entries[0].IssuedAt },
		"region 100":                  func(c *registry.Chunk) { c.Entries[0].Reference.Region = 100 },
	} {
		t.Run(name, func(t *testing.T) {
			chunk := Chunk("job", 0, reference)
			change(&chunk)
			requireRefused(t, r, chunk, registry.ErrInvalid)
		})
	}
	for entry, err := range r.Entries(t.Context(), "not a job") {
		if !errors.Is(err, registry.ErrInvalid) || entry != (registry.Entry{}) {
			t.Errorf("Entries of a bad name: %v, error %v", entry, err)
		}
	}
	if _, err := r.Committed(t.Context(), "", 0); !errors.Is(err, registry.ErrInvalid) {
		t.Errorf("Committed of a bad name: %v", err)
	}
}

func anEndedContextChangesNothing(t *testing.T, s Storage) {
	r := open(t, s)
	references := Lease(t, r, pool, 3)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Lease(ended, pool, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Lease: %v", err)
	}
	chunk := Chunk("job", 0, references)
	if _, err := r.Commit(ended, chunk); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit: %v", err)
	}
	pools, err := r.Pools(t.Context())
	if err != nil || len(pools) != 1 || pools[0].Leased != 3 || pools[0].Issued != 0 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
	commit(t, r, chunk)
}
