package publish

import (
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// CheckUnder holds a trust list or a policy to what the root above it says: the
// epoch and, for a list, that every key has one role and one identifier of its
// own. Errors are [trustlist.ErrEpoch] and *[KeyPlaceError].
func CheckUnder(root *trustlist.Root, content trustlist.Document) error {
	switch d := content.(type) {
	case *trustlist.List:
		if d.Version.Epoch != root.ListEpoch {
			return fmt.Errorf("%w: %s, the root sets %d", trustlist.ErrEpoch, d.Version, root.ListEpoch)
		}
		return newPlaces().list(d, root)
	case *trustlist.Policy:
		if d.Version.Epoch != root.PolicyEpoch {
			return fmt.Errorf("%w: %s, the root sets %d", trustlist.ErrEpoch, d.Version, root.PolicyEpoch)
		}
	}
	return nil
}

// CheckKeySet holds a key set to what the list says of its region: the epoch, the
// least counter, and that no key has another role, in the root (nil: not known)
// or among the authorities. Errors are [trustlist.ErrNotListed],
// [trustlist.ErrEpoch], [trustlist.ErrRollback] and *[KeyPlaceError].
func CheckKeySet(set *trustlist.KeySet, list *trustlist.List, root *trustlist.Root) error {
	entry, listed := entryOf(list, set.Region)
	if !listed {
		return fmt.Errorf("%w: %s", trustlist.ErrNotListed, set.Region)
	}
	if set.Version.Epoch != entry.Epoch {
		return fmt.Errorf("%w: %s, the list sets %d", trustlist.ErrEpoch, set.Version, entry.Epoch)
	}
	if set.Version.Counter < entry.LeastCounter {
		return fmt.Errorf("%w: %s, the list asks for %d.%d at least", trustlist.ErrRollback, set.Version, entry.Epoch, entry.LeastCounter)
	}
	places := newPlaces()
	if err := places.list(list, root); err != nil {
		return err
	}
	for i := range set.Keys {
		if err := places.take(set.Keys[i].Public, Place{RoleSigning, set.Region}); err != nil {
			return err
		}
	}
	return nil
}

// CheckFollows reports whether a key set may follow on previous: a later version
// in which, within an epoch, no retired or compromised key is missing or better
// than it was (TRUST-66). Errors are [trustlist.ErrWrongRegion],
// [trustlist.ErrRollback] and [trustlist.ErrKeyState].
func CheckFollows(previous, next *trustlist.KeySet) error {
	if previous.Region != next.Region {
		return fmt.Errorf("%w: %s, not %s", trustlist.ErrWrongRegion, next.Region, previous.Region)
	}
	if next.Version.Compare(previous.Version) <= 0 {
		return fmt.Errorf("%w: %s after %s", trustlist.ErrRollback, next.Version, previous.Version)
	}
	if next.Version.Epoch != previous.Version.Epoch {
		return nil
	}
	now := keysByID(next)
	for i := range previous.Keys {
		was := &previous.Keys[i]
		kid := was.Public.KeyID()
		is, there := now[kid]
		switch {
		case was.State == trustlist.Active:
		case !there:
			return fmt.Errorf("%w: key %x is %s and left out", trustlist.ErrKeyState, kid, was.State)
		case !is.Public.Equal(was.Public), is.State < was.State,
			is.State == trustlist.Retired && is.Since > was.Since:
			return fmt.Errorf("%w: key %x is %s", trustlist.ErrKeyState, kid, was.State)
		}
	}
	return nil
}

func keysByID(set *trustlist.KeySet) map[[sig.KeyIDSize]byte]*trustlist.Key {
	keys := make(map[[sig.KeyIDSize]byte]*trustlist.Key, len(set.Keys))
	for i := range set.Keys {
		keys[set.Keys[i].Public.KeyID()] = &set.Keys[i]
	}
	return keys
}

// places are the keys that have a role already, by their identifiers.
type places map[[sig.KeyIDSize]byte]taken

type taken struct {
	key   *sig.PublicKey
	place Place
}

func newPlaces() places { return places{} }

func (p places) take(key *sig.PublicKey, place Place) error {
	if other, there := p[key.KeyID()]; there {
		return &KeyPlaceError{KeyID: key.KeyID(), SameKey: other.key.Equal(key), First: other.place, Second: place}
	}
	p[key.KeyID()] = taken{key, place}
	return nil
}

// takeRef is take for a key as it stands in a document; one of an algorithm that
// is unknown here is granted nothing and takes no place.
func (p places) takeRef(ref trustlist.KeyRef, place Place) error {
	if !ref.Algorithm.Known() {
		return nil
	}
	key, err := sig.NewPublicKey(ref.Algorithm, ref.Point)
	if err != nil {
		return err
	}
	return p.take(key, place)
}

func (p places) list(list *trustlist.List, root *trustlist.Root) error {
	if root != nil {
		if err := p.root(root); err != nil {
			return err
		}
	}
	for i := range list.Regions {
		for _, ref := range list.Regions[i].Keys {
			if err := p.takeRef(ref, Place{RoleAuthority, list.Regions[i].Code}); err != nil {
				return err
			}
		}
	}
	return nil
}

// root takes the keys of a root, those of the groups that sign the policy too.
func (p places) root(root *trustlist.Root) error {
	for _, g := range slices.Concat(root.Groups, root.PolicyGroups) {
		for _, point := range g.Keys {
			if err := p.takeRef(trustlist.KeyRef{Algorithm: g.Algorithm, Point: point}, Place{RoleRoot, g.Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

func entryOf(list *trustlist.List, code string) (*trustlist.Entry, bool) {
	for i := range list.Regions {
		if list.Regions[i].Code == code {
			return &list.Regions[i], true
		}
	}
	return nil, false
}
