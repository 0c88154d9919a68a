package registry

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// Identity tells registries apart. It follows from the registry's secret, so that
// a backup of a registry, of whatever age, has the registry's, and another registry
// another.
type Identity [16]byte

// IdentityOf returns the identity of the registry with the given secret:
// HMAC-SHA-256 of the secret over "tongxing/registry/identity/1", its first half.
func IdentityOf(secret [SecretSize]byte) Identity {
	mac := hmac.New(sha256.New, secret[:])
	mac.Write([]byte("tongxing/registry/identity/1"))
	return Identity(mac.Sum(nil)[:16])
}

// Identified is a registry that says which one it is.
type Identified interface {
	Identity() Identity
}

// Raiser brings the counters of a registry that was restored from an old backup
// above what was handed out since. What it skips is lost and never handed out.
type Raiser interface {
	// Raise brings the counter of each bank that is named to Leased where it is
	// below, opens banks that are missing, and returns how many banks it changed;
	// all or nothing. Issued is not read. A counter is never lowered. ErrInvalid is
	// for a bank that contradicts one that is there, that leaves a gap behind the
	// pool's last one, is twice in the argument, or has fewer places than Leased.
	Raise(ctx context.Context, counts []BankCount) (raised int, err error)
}

// CheckRaise returns ErrInvalid for counts that Raise cannot bring a registry
// with the given banks to, and otherwise the banks that change, with Leased as it
// is to be, in the order in which they are to be opened or raised.
func CheckRaise(banks, counts []BankCount) ([]BankCount, error) {
	present := make(map[Geometry]uint64, len(banks))
	ends := make(map[Pool]uint16)
	for _, b := range banks {
		present[b.Geometry] = b.Leased
		ends[b.Pool] = max(ends[b.Pool], b.FirstShard+b.Shards)
	}
	var changes []BankCount
	seen := make(map[Geometry]bool, len(counts))
	for _, c := range sortedBanks(counts) {
		if err := checkCount(c); err != nil {
			return nil, err
		}
		leased, open := present[c.Geometry]
		if seen[c.Geometry] || !open && c.FirstShard != ends[c.Pool] {
			return nil, fmt.Errorf("%w: bank of region %02d, month %d from shard %d on does not fit to the registry's",
				ErrInvalid, c.Pool.Region, c.Pool.Month, c.FirstShard)
		}
		seen[c.Geometry] = true
		if !open {
			ends[c.Pool] = c.FirstShard + c.Shards
		}
		if !open || leased < c.Leased {
			changes = append(changes, BankCount{Geometry: c.Geometry, Leased: c.Leased})
		}
	}
	return changes, nil
}

func checkCount(c BankCount) error {
	if err := CheckPool(c.Pool); err != nil {
		return err
	}
	if c.Shards < 1 || int(c.FirstShard)+int(c.Shards) > MaxShards || c.Places < 1 || c.Places > MaxPlaces || c.Leased > c.Size() {
		return fmt.Errorf("%w: %d leased in a bank of %d lists from shard %d on with %d places each",
			ErrInvalid, c.Leased, c.Shards, c.FirstShard, c.Places)
	}
	return nil
}
