package publish

import (
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// Group plans a group of the root by its keys, all of one algorithm.
type Group struct {
	Name      string // empty: the name of the algorithm
	Need      trustlist.Need
	Threshold int
	Keys      []*sig.PublicKey
}

// RootPlan plans a root.
type RootPlan struct {
	Issued           int64 // unix seconds
	Due              int64 // unix seconds; 0: not said
	Groups           []Group
	PolicyGroups     []Group // nil: Groups sign the policy
	RaiseListEpoch   bool    // make every list known so far void
	RaisePolicyEpoch bool
}

// NewRoot returns the first root (previous nil) or the one that follows on
// previous. It is signed under both; see [CheckRoot]. Errors are *[GroupError],
// *[KeyPlaceError], *[RotationError], *[trustlist.ContentError],
// [ErrLastCounter] and [ErrIssuedBefore].
func NewRoot(previous *trustlist.Root, plan RootPlan) (*trustlist.Root, error) {
	root := &trustlist.Root{
		Head:      trustlist.Head{Version: trustlist.NewVersion(1, 1), Issued: plan.Issued, Due: plan.Due},
		ListEpoch: 1, PolicyEpoch: 1,
	}
	if previous != nil {
		version, err := next(&previous.Head, previous.Version.Epoch, plan.Issued)
		if err != nil {
			return nil, err
		}
		root.Version = version
		root.ListEpoch = raise(previous.ListEpoch, plan.RaiseListEpoch)
		root.PolicyEpoch = raise(previous.PolicyEpoch, plan.RaisePolicyEpoch)
	}
	var err error
	if root.Groups, err = groups(plan.Groups); err != nil {
		return nil, err
	}
	if root.PolicyGroups, err = groups(plan.PolicyGroups); err != nil {
		return nil, err
	}
	if err := newPlaces().root(root); err != nil {
		return nil, err
	}
	if _, err := trustlist.NewMessage(root); err != nil {
		return nil, err
	}
	if err := checkRotation(previous, root); err != nil {
		return nil, err
	}
	return root, nil
}

func raise(epoch uint32, really bool) uint32 {
	if really {
		return epoch + 1
	}
	return epoch
}

func groups(plans []Group) ([]trustlist.Group, error) {
	var all []trustlist.Group
	for _, plan := range plans {
		if len(plan.Keys) == 0 {
			return nil, &GroupError{plan.Name, plan.Threshold, 0, ErrNoKeys}
		}
		g := trustlist.Group{Name: plan.Name, Need: plan.Need, Algorithm: plan.Keys[0].Algorithm()}
		if g.Name == "" {
			g.Name = g.Algorithm.String()
		}
		if plan.Threshold < 1 || plan.Threshold > len(plan.Keys) {
			return nil, &GroupError{g.Name, plan.Threshold, len(plan.Keys), ErrThresholdRange}
		}
		g.Threshold = uint8(min(plan.Threshold, 255))
		for _, key := range plan.Keys {
			if key.Algorithm() != g.Algorithm {
				return nil, &GroupError{g.Name, plan.Threshold, len(plan.Keys), ErrMixedAlgorithms}
			}
			g.Keys = append(g.Keys, key.Compressed())
		}
		all = append(all, g)
	}
	return all, nil
}

// next returns the version that follows on previous (nil: the first) in the
// epoch that the level above sets. Devices go by versions and would take what is
// issued before its predecessor, with the clock floor where it was: whoever
// issues it has a clock that is wrong. A new epoch gets rid of a predecessor that
// was issued in the future.
func next(previous *trustlist.Head, epoch uint32, issued int64) (trustlist.Version, error) {
	switch {
	case previous == nil || epoch > previous.Version.Epoch:
		return trustlist.NewVersion(epoch, 1), nil
	case epoch < previous.Version.Epoch:
		return trustlist.Version{}, fmt.Errorf("%w: %s is known, the level above sets %d", trustlist.ErrEpoch, previous.Version, epoch)
	case issued < previous.Issued:
		return trustlist.Version{}, fmt.Errorf("%w: %d, the one before is of %d", ErrIssuedBefore, issued, previous.Issued)
	case previous.Version.Counter == 1<<32-1:
		return trustlist.Version{}, fmt.Errorf("%w: %s", ErrLastCounter, previous.Version)
	}
	return trustlist.NewVersion(epoch, previous.Version.Counter+1), nil
}
