package trustlist

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
)

const (
	maxGroups    = 8
	maxGroupKeys = 16
	maxGroupName = 32
	// minSigners is the least number of people who together can sign a
	// national document: no single key can move the clock floor.
	minSigners = 2
)

// Need says what a group of the root means to a device that does not know its
// algorithm.
type Need uint8

// The needs of a group.
const (
	Required Need = 1 // its algorithm is known to every device; always met
	Added    Need = 2 // met where the algorithm is known, skipped elsewhere
)

// String returns "required" or "added".
func (n Need) String() string {
	switch n {
	case Required:
		return "required"
	case Added:
		return "added"
	}
	return "unknown"
}

// MarshalText returns String.
func (n Need) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Group is a group of keys of one algorithm, of which Threshold have to sign.
type Group struct {
	_         struct{} `cbor:",toarray"`
	Name      string
	Need      Need
	Algorithm sig.Algorithm
	Threshold uint8
	Keys      [][]byte // compressed points, ascending

	public []*sig.PublicKey // set by validate; nil for an unknown algorithm
}

// Root is the anchor of trust: the keys that sign the trust list and the
// policy, and the next root. Root N+1 is signed under root N and under itself.
type Root struct {
	Head
	Groups       []Group `cbor:"5,keyasint"`
	ListEpoch    uint32  `cbor:"6,keyasint"`
	PolicyEpoch  uint32  `cbor:"7,keyasint"`
	PolicyGroups []Group `cbor:"8,keyasint,omitempty"` // nil: Groups sign the policy
}

// Kind returns [KindRoot].
func (*Root) Kind() Kind { return KindRoot }

func (r *Root) encode() ([]byte, error)     { return cborx.Marshal(r) }
func (r *Root) decode(payload []byte) error { return cborx.Unmarshal(payload, r) }

func (r *Root) canonical() Document {
	c := *r
	c.Groups = canonicalGroups(r.Groups)
	c.PolicyGroups = canonicalGroups(r.PolicyGroups)
	return &c
}

func canonicalGroups(groups []Group) []Group {
	groups = slices.Clone(groups)
	for i := range groups {
		groups[i].Keys = slices.Clone(groups[i].Keys)
		slices.SortFunc(groups[i].Keys, bytes.Compare)
	}
	slices.SortFunc(groups, compareGroups)
	return groups
}

func compareGroups(a, b Group) int { return strings.Compare(a.Name, b.Name) }

func (r *Root) validate() error {
	if err := r.validateHead(); err != nil {
		return err
	}
	places := map[string]string{}
	if err := validateGroups("groups", r.Groups, places); err != nil {
		return err
	}
	if r.PolicyGroups == nil {
		return nil
	}
	return validateGroups("policy_groups", r.PolicyGroups, places)
}

// SigningPolicy returns the groups that sign the policy.
func (r *Root) SigningPolicy() []Group {
	if r.PolicyGroups != nil {
		return r.PolicyGroups
	}
	return r.Groups
}

// validateGroups checks one list of groups. In places it notes the group of each
// key, of which a root has one: who signs policies signs nothing else.
func validateGroups(field string, groups []Group, places map[string]string) error {
	if err := checkCount(field, len(groups), 1, maxGroups); err != nil {
		return err
	}
	if err := checkAscending(field, groups, compareGroups); err != nil {
		return err
	}
	required, signatures := 0, 0
	for i := range groups {
		g, place := &groups[i], fmt.Sprintf("%s[%d]", field, i)
		if err := g.validate(place); err != nil {
			return err
		}
		for _, point := range g.Keys {
			identity := string(KeyRef{Algorithm: g.Algorithm, Point: point}.identity())
			if other, twice := places[identity]; twice {
				return fmt.Errorf("%w: %s and %s", ErrSharedKey, other, place)
			}
			places[identity] = place
		}
		signatures += int(g.Threshold)
		if g.Need == Required {
			required += int(g.Threshold)
		}
	}
	if required < minSigners {
		return invalid(field, "required groups ask for %d signers together, at least %d are needed", required, minSigners)
	}
	if signatures > cose.MaxSignatures {
		return invalid(field, "groups ask for %d signers together, a document holds %d", signatures, cose.MaxSignatures)
	}
	return nil
}

func (g *Group) validate(field string) error {
	if err := checkText(field+".name", g.Name, maxGroupName); err != nil {
		return err
	}
	if g.Need != Required && g.Need != Added {
		return invalid(field+".need", "%d is neither required nor added", g.Need)
	}
	if g.Need == Required && !g.Algorithm.Known() {
		return invalid(field+".algorithm", "%s is unknown, and the group is required", g.Algorithm)
	}
	if err := checkCount(field+".keys", len(g.Keys), 1, maxGroupKeys); err != nil {
		return err
	}
	if int(g.Threshold) < 1 || int(g.Threshold) > len(g.Keys) {
		return invalid(field+".threshold", "%d of %d keys", g.Threshold, len(g.Keys))
	}
	if err := checkAscending(field+".keys", g.Keys, bytes.Compare); err != nil {
		return err
	}
	g.public = nil
	for i, point := range g.Keys {
		key, err := KeyRef{Algorithm: g.Algorithm, Point: point}.public()
		if err != nil {
			return invalid(fmt.Sprintf("%s.keys[%d]", field, i), "%v", err)
		}
		if key != nil {
			g.public = append(g.public, key)
		}
	}
	return nil
}
