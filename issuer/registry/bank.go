package registry

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/tongxing/tongxing/issuer/registry/permutation"
)

// SecretSize is the length in bytes of the secret that orders a registry's
// references. It is drawn when the registry is created and kept inside it: a
// counter and the secret are only good together, so they are stored, backed up
// and restored together. Who holds the secret can put the references of the
// region in the order of their issue; it signs nothing.
const SecretSize = 32

// Plan is the size that a registry's pools start with. It is fixed when the
// registry is created.
type Plan struct {
	// Places is the number of places of a list: DefaultPlaces (also for 0) to
	// MaxPlaces.
	Places uint32
	// Shards is the number of lists that a pool starts with: 1 (also for 0) to
	// MaxShards. Planned so that Shards x Places is more than the credentials
	// of a month, a pool stays one bank and a shard tells nothing; a province
	// of 100 million takes 128. More than needed cost a few bytes a list in the
	// status lists.
	Shards uint16
}

// Check returns the plan with its defaults filled in, or ErrInvalid.
func (p Plan) Check() (Plan, error) {
	if p.Places == 0 {
		p.Places = DefaultPlaces
	}
	if p.Shards == 0 {
		p.Shards = 1
	}
	if p.Places < DefaultPlaces || p.Places > MaxPlaces {
		return Plan{}, fmt.Errorf("%w: %d places a list, want %d to %d", ErrInvalid, p.Places, DefaultPlaces, MaxPlaces)
	}
	if p.Shards > MaxShards {
		return Plan{}, fmt.Errorf("%w: %d shards, want 1 to %d", ErrInvalid, p.Shards, MaxShards)
	}
	return p, nil
}

// Geometry says which places a bank has. It never changes once the bank is open.
type Geometry struct {
	Pool       Pool
	FirstShard uint16 // shard of the bank's first list, 0 to 255
	Shards     uint16 // number of lists, 1 to 256 - FirstShard
	Places     uint32 // of each list
}

// Size returns the number of places in all lists of the bank.
func (g Geometry) Size() uint64 { return uint64(g.Shards) * uint64(g.Places) }

// Lists goes through the numbers of the bank's lists, ascending.
func (g Geometry) Lists() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		first := uint32(g.Pool.Month)<<8 | uint32(g.FirstShard)
		for list := first; list < first+uint32(g.Shards); list++ {
			if !yield(list) {
				return
			}
		}
	}
}

// Next returns the bank that follows g in its pool: as many lists as the pool
// has up to here, or what is left of them. It returns ErrFull when none is left.
func (g Geometry) Next() (Geometry, error) {
	used := g.FirstShard + g.Shards
	if used >= MaxShards {
		return Geometry{}, ErrFull
	}
	next := g
	next.FirstShard = used
	next.Shards = min(used, MaxShards-used)
	return next, nil
}

// Bank turns the counters of an open bank into references and back. It is
// immutable and safe for concurrent use. Implementations of Registry share it.
type Bank struct {
	geometry Geometry
	order    *permutation.Permutation
}

// NewBank returns the bank of the given geometry under a registry's secret. It
// takes a key of its own, HMAC-SHA-256 of the secret over the geometry, so that
// no two banks have related orders.
func NewBank(secret [SecretSize]byte, g Geometry) (*Bank, error) {
	if g.Pool.Region > 99 || g.Shards < 1 || int(g.FirstShard)+int(g.Shards) > MaxShards || g.Places < 1 || g.Places > MaxPlaces {
		return nil, fmt.Errorf("%w: bank of %d lists from shard %d with %d places each for region %02d",
			ErrInvalid, g.Shards, g.FirstShard, g.Places, g.Pool.Region)
	}
	label := append(make([]byte, 0, 64), "tongxing/registry/bank/1"...)
	label = append(label, g.Pool.Region)
	label = binary.BigEndian.AppendUint16(label, g.Pool.Month)
	label = binary.BigEndian.AppendUint16(label, g.FirstShard)
	label = binary.BigEndian.AppendUint16(label, g.Shards)
	label = binary.BigEndian.AppendUint32(label, g.Places)
	mac := hmac.New(sha256.New, secret[:])
	mac.Write(label)
	order, err := permutation.New([permutation.KeySize]byte(mac.Sum(nil)), g.Size())
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	return &Bank{geometry: g, order: order}, nil
}

// Geometry returns which places the bank has.
func (b *Bank) Geometry() Geometry { return b.geometry }

// Reference returns the reference of a counter; ok is false for a counter that
// the bank has no place for.
func (b *Bank) Reference(counter uint64) (reference Reference, ok bool) {
	place, ok := b.order.Apply(counter)
	if !ok {
		return Reference{}, false
	}
	shard := place / uint64(b.geometry.Places)
	return Reference{
		Region: b.geometry.Pool.Region,
		List:   uint32(b.geometry.Pool.Month)<<8 | uint32(b.geometry.FirstShard) + uint32(shard),
		Index:  uint32(place % uint64(b.geometry.Places)),
	}, true
}

// Counter turns a reference back; ok is false for a reference outside the bank.
func (b *Bank) Counter(reference Reference) (counter uint64, ok bool) {
	if !b.geometry.Holds(reference) {
		return 0, false
	}
	shard := uint64(reference.List&0xff) - uint64(b.geometry.FirstShard)
	return b.order.Invert(shard*uint64(b.geometry.Places) + uint64(reference.Index))
}

// Holds reports whether the reference is a place of the bank.
func (g Geometry) Holds(reference Reference) bool {
	shard := uint16(reference.List & 0xff)
	return reference.Pool() == g.Pool && reference.List>>24 == 0 &&
		shard >= g.FirstShard && shard < g.FirstShard+g.Shards && reference.Index < g.Places
}

// Range is leased references. It is safe for concurrent use; the zero value is
// empty.
type Range struct {
	bank  *Bank
	first uint64
	count int
}

// NewRange returns the references of the counters first to first+count-1 of a
// bank. It is for implementations of Registry, which lease the counters.
func NewRange(bank *Bank, first uint64, count int) Range {
	return Range{bank: bank, first: first, count: count}
}

// Len returns the number of references.
func (r Range) Len() int { return r.count }

// Span returns the counters of the references: those before them in the bank are
// leased, too. It is for who keeps account of leases, not for who signs.
func (r Range) Span() Span {
	if r.bank == nil {
		return Span{}
	}
	return Span{Geometry: r.bank.Geometry(), First: r.first, Count: r.count}
}

// At returns reference i, 0 to Len()-1; ok is false for any other i. It does not
// allocate.
func (r Range) At(i int) (reference Reference, ok bool) {
	if i < 0 || i >= r.count {
		return Reference{}, false
	}
	return r.bank.Reference(r.first + uint64(i))
}
