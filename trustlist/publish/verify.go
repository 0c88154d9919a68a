package publish

import (
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// GroupSigners says who of a group has signed a document.
type GroupSigners struct {
	Root      trustlist.Version // whose group it is
	Group     string
	Need      trustlist.Need
	Threshold int
	Keys      int
	Signers   []*sig.PublicKey
	Missing   []*sig.PublicKey // who may sign and has not
	Skipped   bool             // the algorithm is unknown here
}

// Met reports whether the group has enough signers, or is skipped.
func (g *GroupSigners) Met() bool { return g.Skipped || len(g.Signers) >= g.Threshold }

// CheckRoot says who has signed the root in m, under the root before it (nil
// for the first root) and under itself. Both implementations check every
// signature. The root is good when every group is met; see [Complete].
func CheckRoot(m *cose.Sign, previous *trustlist.Root) ([]GroupSigners, error) {
	root, err := Content[*trustlist.Root](m)
	if err != nil {
		return nil, err
	}
	var all []GroupSigners
	if previous != nil {
		if all, err = appendSigners(all, m, previous.Version, previous.Groups); err != nil {
			return nil, err
		}
	}
	return appendSigners(all, m, root.Version, root.Groups)
}

// CheckNational says who has signed the trust list or the policy in m, under
// the root in force.
func CheckNational(m *cose.Sign, root *trustlist.Root) ([]GroupSigners, error) {
	u, err := trustlist.FromMessage(m)
	if err != nil {
		return nil, err
	}
	switch u.Kind() {
	case trustlist.KindList:
		return appendSigners(nil, m, root.Version, root.Groups)
	case trustlist.KindPolicy:
		return appendSigners(nil, m, root.Version, root.SigningPolicy())
	}
	return nil, fmt.Errorf("%w: %s is neither list nor policy", trustlist.ErrWrongKind, u.Kind())
}

// CheckRegional says who of a region's authority has signed the key set or
// overlay in m, as one group without a name.
func CheckRegional(m *cose.Sign, entry *trustlist.Entry) (GroupSigners, error) {
	g := GroupSigners{Group: entry.Authority, Need: trustlist.Required, Threshold: int(entry.Threshold), Keys: len(entry.Keys)}
	keys, err := publicKeys(entry.Keys)
	if err != nil {
		return GroupSigners{}, err
	}
	return g, g.fill(m, keys)
}

// Complete reports the first group that lacks signers, as a
// *[trustlist.ThresholdError].
func Complete(groups ...GroupSigners) error {
	for i := range groups {
		if g := &groups[i]; !g.Met() {
			return &trustlist.ThresholdError{Group: g.Group, Have: len(g.Signers), Need: g.Threshold}
		}
	}
	return nil
}

func appendSigners(all []GroupSigners, m *cose.Sign, version trustlist.Version, groups []trustlist.Group) ([]GroupSigners, error) {
	for _, g := range groups {
		s := GroupSigners{Root: version, Group: g.Name, Need: g.Need, Threshold: int(g.Threshold), Keys: len(g.Keys)}
		if !g.Algorithm.Known() {
			s.Skipped = g.Need == trustlist.Added
			all = append(all, s)
			continue
		}
		refs := make([]trustlist.KeyRef, len(g.Keys))
		for i, point := range g.Keys {
			refs[i] = trustlist.KeyRef{Algorithm: g.Algorithm, Point: point}
		}
		keys, err := publicKeys(refs)
		if err != nil {
			return nil, err
		}
		if err := s.fill(m, keys); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// fill finds out who of keys has signed m, and who has not.
func (g *GroupSigners) fill(m *cose.Sign, keys []*sig.PublicKey) error {
	signed, err := signers(m, keys)
	if err != nil {
		return err
	}
	g.Signers, g.Missing = signed, nil
	for _, key := range keys {
		if !slices.ContainsFunc(signed, key.Equal) {
			g.Missing = append(g.Missing, key)
		}
	}
	return nil
}

func publicKeys(refs []trustlist.KeyRef) ([]*sig.PublicKey, error) {
	var keys []*sig.PublicKey
	for _, ref := range refs {
		if !ref.Algorithm.Known() {
			continue
		}
		key, err := sig.NewPublicKey(ref.Algorithm, ref.Point)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// signers returns those of keys that signed m. A signature that only one of the
// two implementations accepts is an error: the ceremony has to stop.
func signers(m *cose.Sign, keys []*sig.PublicKey) ([]*sig.PublicKey, error) {
	found := m.Signers(keys)
	for _, key := range found {
		for _, signature := range m.Signatures() {
			if signature.KeyID != key.Thumbprint() || key.Verify(m.ToBeSigned(key), signature.Value) != nil {
				continue
			}
			if err := CheckSignature(key, m.ToBeSigned(key), signature.Value); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// Content returns what m says, as a document of one kind, whoever signed it.
// Errors are [trustlist.ErrWrongKind] and those of
// [trustlist.Unverified.UnverifiedContent].
func Content[T trustlist.Document](m *cose.Sign) (T, error) {
	var none T
	u, err := trustlist.FromMessage(m)
	if err != nil {
		return none, err
	}
	d, err := u.UnverifiedContent()
	if err != nil {
		return none, err
	}
	content, ok := d.(T)
	if !ok {
		return none, fmt.Errorf("%w: %s", trustlist.ErrWrongKind, u.Kind())
	}
	return content, nil
}
