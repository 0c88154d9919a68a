package trustlist

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

const (
	maxRegions       = 100 // two digits
	maxAuthorityKeys = 16
	maxName          = 64
	maxContact       = 256
	maxWithdrawals   = 4096
)

// List is the national trust list: which regions may issue what, and who signs
// for them.
type List struct {
	Head
	Regions               []Entry                `cbor:"5,keyasint"`
	WithdrawnUsage        []UsageWithdrawal      `cbor:"6,keyasint,omitempty"`
	WithdrawnKeys         []KeyWithdrawal        `cbor:"7,keyasint,omitempty"`
	WithdrawnLaboratories []LaboratoryWithdrawal `cbor:"8,keyasint,omitempty"`
	ProgrammeEnd          int64                  `cbor:"9,keyasint,omitempty"` // unix seconds; 0: none
}

// Entry admits one region.
type Entry struct {
	_            struct{} `cbor:",toarray"`
	Code         string   // "33"
	Name         string
	Authority    string
	Appeal       string
	RulesHash    [32]byte
	Usage        Usage
	Epoch        uint32 // of the region's documents
	LeastCounter uint32 // the least counter of its key set that is acceptable
	Threshold    uint8
	Keys         []KeyRef // of the region's authority

	public []*sig.PublicKey // set by validate; without keys of unknown type
}

// UsageWithdrawal takes a part of a region's usage, or all of it, from the
// credentials issued at From or later.
type UsageWithdrawal struct {
	_      struct{} `cbor:",toarray"`
	Region string
	Usage  Usage
	From   int64 // unix seconds
}

// KeyWithdrawal retires a region's signing key at From, or declares it
// compromised, over the region's head.
type KeyWithdrawal struct {
	_      struct{} `cbor:",toarray"`
	Region string
	KeyID  [sig.KeyIDSize]byte
	State  KeyState // Retired or Compromised
	From   int64    // unix seconds
}

// LaboratoryWithdrawal withdraws a region's laboratory at From.
type LaboratoryWithdrawal struct {
	_      struct{} `cbor:",toarray"`
	Region string
	Number uint16
	From   int64 // unix seconds
}

// Kind returns [KindList].
func (*List) Kind() Kind { return KindList }

func (l *List) encode() ([]byte, error)     { return cborx.Marshal(l) }
func (l *List) decode(payload []byte) error { return cborx.Unmarshal(payload, l) }

func (l *List) canonical() Document {
	c := *l
	c.Regions = slices.Clone(l.Regions)
	for i := range c.Regions {
		c.Regions[i].Keys = slices.Clone(c.Regions[i].Keys)
		slices.SortFunc(c.Regions[i].Keys, compareKeyRefs)
	}
	slices.SortFunc(c.Regions, compareEntries)
	c.WithdrawnUsage = slices.Clone(l.WithdrawnUsage)
	slices.SortFunc(c.WithdrawnUsage, compareUsageWithdrawals)
	c.WithdrawnKeys = slices.Clone(l.WithdrawnKeys)
	slices.SortFunc(c.WithdrawnKeys, compareKeyWithdrawals)
	c.WithdrawnLaboratories = slices.Clone(l.WithdrawnLaboratories)
	slices.SortFunc(c.WithdrawnLaboratories, compareLaboratoryWithdrawals)
	return &c
}

func compareEntries(a, b Entry) int { return strings.Compare(a.Code, b.Code) }

func compareUsageWithdrawals(a, b UsageWithdrawal) int {
	return cmp.Or(strings.Compare(a.Region, b.Region), cmp.Compare(a.From, b.From))
}

func compareKeyWithdrawals(a, b KeyWithdrawal) int {
	return cmp.Or(strings.Compare(a.Region, b.Region), bytes.Compare(a.KeyID[:], b.KeyID[:]))
}

func compareLaboratoryWithdrawals(a, b LaboratoryWithdrawal) int {
	return cmp.Or(strings.Compare(a.Region, b.Region), cmp.Compare(a.Number, b.Number))
}

func (l *List) validate() error {
	if err := l.validateHead(); err != nil {
		return err
	}
	if err := checkOptionalTime("programme_end", l.ProgrammeEnd); err != nil {
		return err
	}
	if err := checkCount("regions", len(l.Regions), 0, maxRegions); err != nil {
		return err
	}
	if err := checkAscending("regions", l.Regions, compareEntries); err != nil {
		return err
	}
	seen := map[string]string{}
	for i := range l.Regions {
		e := &l.Regions[i]
		if err := e.validate(fmt.Sprintf("regions[%d]", i)); err != nil {
			return err
		}
		for _, key := range e.Keys {
			identity := string(key.identity())
			if other, twice := seen[identity]; twice {
				return fmt.Errorf("%w: authority of regions %s and %s", ErrSharedKey, other, e.Code)
			}
			seen[identity] = e.Code
		}
	}
	return l.validateWithdrawals()
}

func (e *Entry) validate(field string) error {
	if err := checkRegion(field+".code", e.Code); err != nil {
		return err
	}
	if err := checkText(field+".name", e.Name, maxName); err != nil {
		return err
	}
	if err := checkText(field+".authority", e.Authority, maxContact); err != nil {
		return err
	}
	if err := checkText(field+".appeal", e.Appeal, maxContact); err != nil {
		return err
	}
	return validateAuthorityKeys(field, e.Keys, e.Threshold, &e.public)
}

// validateAuthorityKeys checks the keys of an authority and puts those of known
// algorithms into public. Keys of unknown type do not help to reach the
// threshold, and a threshold that only they could reach is no fault of the
// list: the region is then unavailable here.
func validateAuthorityKeys(field string, keys []KeyRef, threshold uint8, public *[]*sig.PublicKey) error {
	if err := checkCount(field+".keys", len(keys), 1, maxAuthorityKeys); err != nil {
		return err
	}
	if threshold < 1 || int(threshold) > len(keys) {
		return invalid(field+".threshold", "%d of %d keys", threshold, len(keys))
	}
	if err := checkAscending(field+".keys", keys, compareKeyRefs); err != nil {
		return err
	}
	*public = nil
	for i, ref := range keys {
		key, err := ref.public()
		if err != nil {
			return invalid(fmt.Sprintf("%s.keys[%d]", field, i), "%v", err)
		}
		if key != nil {
			*public = append(*public, key)
		}
	}
	return nil
}

func (l *List) validateWithdrawals() error {
	total := len(l.WithdrawnUsage) + len(l.WithdrawnKeys) + len(l.WithdrawnLaboratories)
	if err := checkCount("withdrawals", total, 0, maxWithdrawals); err != nil {
		return err
	}
	if err := checkAscending("withdrawn_usage", l.WithdrawnUsage, compareUsageWithdrawals); err != nil {
		return err
	}
	if err := checkAscending("withdrawn_keys", l.WithdrawnKeys, compareKeyWithdrawals); err != nil {
		return err
	}
	if err := checkAscending("withdrawn_laboratories", l.WithdrawnLaboratories, compareLaboratoryWithdrawals); err != nil {
		return err
	}
	for i, w := range l.WithdrawnUsage {
		if w.Usage == 0 {
			return invalid(fmt.Sprintf("withdrawn_usage[%d]", i), "withdraws nothing")
		}
		if err := l.checkWithdrawal(fmt.Sprintf("withdrawn_usage[%d]", i), w.Region, w.From); err != nil {
			return err
		}
	}
	for i, w := range l.WithdrawnKeys {
		if w.State != Retired && w.State != Compromised {
			return invalid(fmt.Sprintf("withdrawn_keys[%d]", i), "state %d is neither retired nor compromised", w.State)
		}
		if err := l.checkWithdrawal(fmt.Sprintf("withdrawn_keys[%d]", i), w.Region, w.From); err != nil {
			return err
		}
	}
	for i, w := range l.WithdrawnLaboratories {
		if err := l.checkWithdrawal(fmt.Sprintf("withdrawn_laboratories[%d]", i), w.Region, w.From); err != nil {
			return err
		}
	}
	return nil
}

func (l *List) checkWithdrawal(field, region string, from int64) error {
	if _, listed := l.entry(region); !listed {
		return invalid(field, "region %q is not listed", region)
	}
	return checkTime(field, from)
}

// entry returns the entry of the region with the given code.
func (l *List) entry(code string) (*Entry, bool) {
	i, found := slices.BinarySearchFunc(l.Regions, code, func(e Entry, code string) int {
		return strings.Compare(e.Code, code)
	})
	if !found {
		return nil, false
	}
	return &l.Regions[i], true
}
