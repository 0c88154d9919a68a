package jwks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// Known is the newest that a reader has taken: it hands it in with the next
// export, and no part of that may be older. The zero Known knows nothing.
type Known struct {
	List    trustlist.PartRef            // a zero hash: only the version is known
	KeySets map[string]trustlist.PartRef // by region
}

// Verify reads an export, of at most [MaxSize] bytes, that the root has signed:
// every group that has to has as many signers as its threshold. root is in force
// and verified already, as package trustlist does it. The second result is what
// to hand in as known next time: known, with what is newer in the set.
//
// Errors are those of this package and those that it names beside them; see
// [ErrJSON].
func Verify(data []byte, root *trustlist.Root, known Known) (*Set, Known, error) {
	e, err := Parse(data)
	if err != nil {
		return nil, Known{}, err
	}
	groups, err := e.signers(root, (*sig.PublicKey).Verify)
	if err != nil {
		return nil, Known{}, err
	}
	if err := complete(groups); err != nil {
		return nil, Known{}, err
	}
	s, err := readSet(e.payload)
	if err != nil {
		return nil, Known{}, err
	}
	if err := s.under(root); err != nil {
		return nil, Known{}, err
	}
	next, err := known.follow(s)
	if err != nil {
		return nil, Known{}, err
	}
	if err := e.readBack(s, groups); err != nil {
		return nil, Known{}, err
	}
	return s, next, nil
}

// complete is [publish.Complete], and no root is met by nobody: a zero one would
// be.
func complete(groups []publish.GroupSigners) error {
	if !slices.ContainsFunc(groups, func(g publish.GroupSigners) bool { return len(g.Signers) > 0 }) {
		return &trustlist.ThresholdError{Need: 1}
	}
	return publish.Complete(groups...)
}

// under holds the set to what the root says of it.
func (s *Set) under(root *trustlist.Root) error {
	if s.List.Version.Epoch != root.ListEpoch {
		return fmt.Errorf("%w: list %s, the root sets %d", trustlist.ErrEpoch, s.List.Version, root.ListEpoch)
	}
	roles := map[[32]byte]bool{}
	for _, groups := range [][]trustlist.Group{root.Groups, root.PolicyGroups} {
		for i := range groups {
			keys, err := groupKeys(&groups[i])
			if err != nil {
				return err
			}
			for _, key := range keys {
				roles[key.Thumbprint()] = true
			}
		}
	}
	for i := range s.Regions {
		for _, k := range s.Regions[i].Keys {
			if roles[k.Public.Thumbprint()] {
				return fmt.Errorf("%w: %s of the root and of region %s", trustlist.ErrSharedKey, k.Public, s.Regions[i].Code)
			}
		}
	}
	return nil
}

// follow returns what is known after s, or why s may not follow.
func (k Known) follow(s *Set) (Known, error) {
	next := Known{KeySets: maps.Clone(k.KeySets)}
	if next.KeySets == nil {
		next.KeySets = map[string]trustlist.PartRef{}
	}
	var err error
	if next.List, err = newer("list", k.List, s.List); err != nil {
		return Known{}, err
	}
	for i := range s.Regions {
		region := &s.Regions[i]
		if region.KeySet.Version.IsZero() {
			continue // nothing of it is used, so nothing of it is old
		}
		if next.KeySets[region.Code], err = newer("region "+region.Code, k.KeySets[region.Code], region.KeySet); err != nil {
			return Known{}, err
		}
	}
	return next, nil
}

// newer returns the reference to a document that may follow the one known.
func newer(what string, known trustlist.PartRef, next trustlist.DocumentInfo) (trustlist.PartRef, error) {
	switch order := next.Version.Compare(known.Version); {
	case order < 0:
		return trustlist.PartRef{}, fmt.Errorf("%w: %s %s, known is %s", trustlist.ErrRollback, what, next.Version, known.Version)
	case order == 0 && known.Hash != [32]byte{} && known.Hash != next.Hash:
		return trustlist.PartRef{}, fmt.Errorf("%s: %w", what, &trustlist.ForkError{Version: next.Version, Known: known.Hash, Given: next.Hash})
	}
	return trustlist.PartRef{Version: next.Version, Hash: next.Hash}, nil
}
