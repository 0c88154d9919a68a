package publish

import (
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// NewKeySet returns the first key set of the region that entry admits (previous
// nil), or the one that follows on previous with the same keys. The result is
// free to be changed.
func NewKeySet(previous *trustlist.KeySet, entry *trustlist.Entry, issued int64) (*trustlist.KeySet, error) {
	set := new(trustlist.KeySet)
	var head *trustlist.Head
	if previous != nil {
		head, *set = &previous.Head, *previous
		set.Keys = slices.Clone(previous.Keys)
		set.Laboratories = slices.Clone(previous.Laboratories)
		set.Foreign = slices.Clone(previous.Foreign)
	}
	version, err := next(head, entry.Epoch, issued)
	if err != nil {
		return nil, err
	}
	version.Counter = max(version.Counter, entry.LeastCounter)
	set.RegionalHead = trustlist.RegionalHead{Head: trustlist.Head{Version: version, Issued: issued}, Region: entry.Code}
	return set, nil
}

// Retire retires a key of set at the given time, in unix seconds.
func Retire(set *trustlist.KeySet, kid [sig.KeyIDSize]byte, at int64) error {
	return setState(set, kid, trustlist.Retired, at)
}

// Compromise declares a key of set compromised: nothing that it ever signed is
// good.
func Compromise(set *trustlist.KeySet, kid [sig.KeyIDSize]byte, at int64) error {
	return setState(set, kid, trustlist.Compromised, at)
}

func setState(set *trustlist.KeySet, kid [sig.KeyIDSize]byte, state trustlist.KeyState, at int64) error {
	for i := range set.Keys {
		key := &set.Keys[i]
		if key.Public.KeyID() != kid {
			continue
		}
		if key.State > state || key.State == trustlist.Retired && state == trustlist.Retired && at > key.Since {
			return fmt.Errorf("%w: key %x is %s", trustlist.ErrKeyState, kid, key.State)
		}
		key.State, key.Since = state, at
		return nil
	}
	return fmt.Errorf("%w: %x, region %s", ErrNoSuchKey, kid, set.Region)
}

// RegionState is what a region has published, for its snapshot to name.
type RegionState struct {
	KeySet  *cose.Sign
	Overlay *cose.Sign // nil: none
	Lists   []*trustlist.StatusList
}

// NewSnapshot returns the snapshot that names state: the first (previous nil),
// or the one that follows on previous.
func NewSnapshot(previous *trustlist.Snapshot, state RegionState, issued, due int64) (*trustlist.Snapshot, error) {
	set, err := Content[*trustlist.KeySet](state.KeySet)
	if err != nil {
		return nil, err
	}
	var head *trustlist.Head
	if previous != nil {
		head = &previous.Head
	}
	version, err := next(head, set.Version.Epoch, issued)
	if err != nil {
		return nil, err
	}
	s := &trustlist.Snapshot{
		RegionalHead: trustlist.RegionalHead{Head: trustlist.Head{Version: version, Issued: issued, Due: due}, Region: set.Region},
		KeySet:       trustlist.PartRef{Version: set.Version, Hash: state.KeySet.Hash()},
	}
	if state.Overlay != nil {
		overlay, err := Content[*trustlist.Overlay](state.Overlay)
		if err != nil {
			return nil, err
		}
		s.Overlay = &trustlist.PartRef{Version: overlay.Version, Hash: state.Overlay.Hash()}
	}
	if len(state.Lists) != 0 {
		hash := trustlist.StatusHashAt(state.Lists, issued)
		s.Status = &hash
	}
	return s, nil
}

// CheckSigner reports whether a key of a region may sign a regional document or
// a status list at t (unix seconds): it is in the set, has the usage, signs then,
// and is neither retired by then nor compromised. Errors are [ErrNoSuchKey] and
// [trustlist.ErrNoSigner].
func CheckSigner(set *trustlist.KeySet, key *sig.PublicKey, usage trustlist.Usage, t int64) error {
	k, there := keysByID(set)[key.KeyID()]
	switch {
	case !there || !k.Public.Equal(key):
		return fmt.Errorf("%w: %x, region %s", ErrNoSuchKey, key.KeyID(), set.Region)
	case !k.Usage.Has(usage):
		return fmt.Errorf("%w: key %x has not %s", trustlist.ErrNoSigner, key.KeyID(), usage)
	case t < k.SignFrom || t >= k.SignUntil:
		return fmt.Errorf("%w: key %x does not sign then", trustlist.ErrNoSigner, key.KeyID())
	case k.State == trustlist.Compromised, k.State == trustlist.Retired && t >= k.Since:
		return fmt.Errorf("%w: key %x is %s", trustlist.ErrNoSigner, key.KeyID(), k.State)
	}
	return nil
}
