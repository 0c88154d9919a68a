package trustlist

import (
	"slices"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

// Admission is a region's request to be admitted to the trust list. Every key
// that it names signs it, which proves that the region holds the private keys.
// It is never part of a bundle.
type Admission struct {
	RegionalHead
	Name      string   `cbor:"5,keyasint"`
	Authority string   `cbor:"6,keyasint"`
	Appeal    string   `cbor:"7,keyasint"`
	RulesHash [32]byte `cbor:"8,keyasint"`
	Usage     Usage    `cbor:"9,keyasint"`
	Threshold uint8    `cbor:"10,keyasint"`
	Keys      []KeyRef `cbor:"11,keyasint"`

	public []*sig.PublicKey // set by validate
}

// Kind returns [KindAdmission].
func (*Admission) Kind() Kind { return KindAdmission }

func (a *Admission) encode() ([]byte, error)     { return cborx.Marshal(a) }
func (a *Admission) decode(payload []byte) error { return cborx.Unmarshal(payload, a) }

func (a *Admission) canonical() Document {
	c := *a
	c.Keys = slices.Clone(a.Keys)
	slices.SortFunc(c.Keys, compareKeyRefs)
	return &c
}

func (a *Admission) validate() error {
	if err := a.validateHead(); err != nil {
		return err
	}
	entry := a.entry(0)
	if err := entry.validate("request"); err != nil {
		return err
	}
	if len(entry.public) != len(entry.Keys) {
		return invalid("keys", "a key of unknown algorithm cannot prove that it is held")
	}
	if a.Usage == 0 || a.Usage&^UsageKnown != 0 {
		return invalid("usage", "%s", a.Usage)
	}
	a.public = entry.public
	return nil
}

func (a *Admission) entry(epoch uint32) Entry {
	return Entry{Code: a.Region, Name: a.Name, Authority: a.Authority, Appeal: a.Appeal, RulesHash: a.RulesHash,
		Usage: a.Usage, Epoch: epoch, LeastCounter: 1, Threshold: a.Threshold, Keys: a.Keys}
}

// OpenAdmission reads a request for admission and reports whether every key
// that it names has signed it.
func OpenAdmission(data []byte) (*Admission, error) {
	u, err := openAs(KindAdmission, data)
	if err != nil {
		return nil, err
	}
	// The keys are in the request itself: it proves that they are held, not
	// who holds them.
	var a Admission
	if err := u.content(&a); err != nil {
		return nil, err
	}
	if _, err := u.verifyThreshold(a.public, uint8(len(a.public))); err != nil {
		return nil, &DocumentError{KindAdmission, err}
	}
	return &a, nil
}

// Entry returns the entry that admits the region as it asks, in the given epoch
// of its documents.
func (a *Admission) Entry(epoch uint32) Entry { return a.entry(epoch) }
