package trustlist

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
)

const (
	maxKeys         = 16384
	maxLaboratories = 65535
	maxKeyLimits    = 256 // laboratories that one key may be limited to
	// MaxLaboratory is the highest laboratory number, region x 65536 + n.
	MaxLaboratory = 100<<16 - 1
)

const (
	secondsPerDay = 86400
	// dayZero is 2020-01-01 at UTC+8, from which key periods count whole days.
	dayZero = 1577836800 - 8*3600
	maxDay  = 65535
)

// Day returns the start of the day with the given number since 2020-01-01, both
// at UTC+8, in unix seconds. Periods of keys begin and end with days.
func Day(n uint16) int64 { return dayZero + int64(n)*secondsPerDay }

// DayOf returns the number of the day at UTC+8 that t (unix seconds) lies in,
// and false outside 2020-01-01 to 2199-06-06.
func DayOf(t int64) (uint16, bool) {
	if t < dayZero || t >= dayZero+(maxDay+1)*secondsPerDay {
		return 0, false
	}
	return uint16((t - dayZero) / secondsPerDay), true
}

// KeySet is a region's signing keys and laboratories. Keys of unknown algorithms
// travel in Foreign and grant nothing.
type KeySet struct {
	RegionalHead
	Keys         []Key // sorted by period, usage and point when parsed
	Foreign      []ForeignKey
	Laboratories []Laboratory

	// What the set says of keys that are not among Keys: one of Foreign may be
	// meant, whose identifier cannot be told. It is kept, so that the set is
	// written as it was read.
	strange strangeKeys
}

type strangeKeys struct {
	retired, compromised []wireState
	limits               []wireLimit
}

// ForeignKey is a signing key of an algorithm that is unknown here.
type ForeignKey struct {
	Algorithm sig.Algorithm
	Point     []byte
	SignFrom  int64
	SignUntil int64
	Usage     Usage
}

// Kind returns [KindKeySet].
func (*KeySet) Kind() Kind { return KindKeySet }

func (s *KeySet) canonical() Document {
	c := *s
	c.Keys = slices.Clone(s.Keys)
	slices.SortFunc(c.Keys, compareKeys)
	for i := range c.Keys {
		c.Keys[i].Laboratories = slices.Clone(c.Keys[i].Laboratories)
		slices.Sort(c.Keys[i].Laboratories)
	}
	c.Foreign = slices.Clone(s.Foreign)
	slices.SortFunc(c.Foreign, compareForeign)
	c.Laboratories = slices.Clone(s.Laboratories)
	slices.SortFunc(c.Laboratories, compareLaboratories)
	return &c
}

func compareLaboratories(a, b Laboratory) int { return cmp.Compare(a.Number, b.Number) }

func compareKeys(a, b Key) int {
	if a.Public == nil || b.Public == nil {
		return 0 // validate refuses such keys
	}
	return cmp.Or(cmp.Compare(a.Public.Algorithm(), b.Public.Algorithm()),
		cmp.Compare(a.SignFrom, b.SignFrom), cmp.Compare(a.SignUntil, b.SignUntil), cmp.Compare(a.Usage, b.Usage),
		bytes.Compare(a.Public.Compressed(), b.Public.Compressed()))
}

func compareForeign(a, b ForeignKey) int {
	return cmp.Or(cmp.Compare(a.Algorithm, b.Algorithm),
		cmp.Compare(a.SignFrom, b.SignFrom), cmp.Compare(a.SignUntil, b.SignUntil), cmp.Compare(a.Usage, b.Usage),
		bytes.Compare(a.Point, b.Point))
}

func (s *KeySet) validate() error {
	if err := s.validateHead(); err != nil {
		return err
	}
	if err := checkCount("keys", len(s.Keys)+len(s.Foreign), 1, maxKeys); err != nil {
		return err
	}
	seen := make(map[[sig.KeyIDSize]byte]int, len(s.Keys))
	for i := range s.Keys {
		field := fmt.Sprintf("keys[%d]", i)
		if err := s.Keys[i].validate(field); err != nil {
			return err
		}
		kid := s.Keys[i].Public.KeyID()
		if other, twice := seen[kid]; twice {
			return invalid(field, "key identifier %x is that of keys[%d] too", kid, other)
		}
		seen[kid] = i
	}
	if err := s.validateForeign(); err != nil {
		return err
	}
	if err := s.strange.validate(); err != nil {
		return err
	}
	return s.validateLaboratories()
}

func (s *KeySet) validateForeign() error {
	if err := checkAscending("foreign", s.Foreign, compareForeign); err != nil {
		return err
	}
	seen := make(map[string]bool, len(s.Foreign))
	for i := range s.Foreign {
		k, field := &s.Foreign[i], fmt.Sprintf("foreign[%d]", i)
		if err := k.validate(field); err != nil {
			return err
		}
		identity := string(KeyRef{Algorithm: k.Algorithm, Point: k.Point}.identity())
		if seen[identity] {
			return invalid(field, "occurs twice")
		}
		seen[identity] = true
	}
	return nil
}

func (k *strangeKeys) validate() error {
	for _, states := range [][]wireState{k.retired, k.compromised} {
		for _, state := range states {
			if err := checkTime(fmt.Sprintf("key %x since", state.KeyID), state.Since); err != nil {
				return err
			}
		}
	}
	for _, limit := range k.limits {
		if err := checkLimit(fmt.Sprintf("key %x laboratories", limit.KeyID), limit.Laboratories); err != nil {
			return err
		}
	}
	return nil
}

func (k *Key) validate(field string) error {
	if k.Public == nil {
		return invalid(field, "no public key")
	}
	if err := checkPeriod(field, k.SignFrom, k.SignUntil); err != nil {
		return err
	}
	switch k.State {
	case Active:
		if k.Since != 0 {
			return invalid(field+".since", "an active key has none")
		}
	case Retired, Compromised:
		if err := checkTime(field+".since", k.Since); err != nil {
			return err
		}
	default:
		return invalid(field+".state", "%d is unknown", k.State)
	}
	if k.Laboratories == nil {
		return nil
	}
	return checkLimit(field+".laboratories", k.Laboratories)
}

func checkLimit(field string, laboratories []uint32) error {
	if err := checkCount(field, len(laboratories), 1, maxKeyLimits); err != nil {
		return err
	}
	if err := checkAscending(field, laboratories, cmp.Compare[uint32]); err != nil {
		return err
	}
	if last := laboratories[len(laboratories)-1]; last > MaxLaboratory {
		return invalid(field, "%d is above %d", last, MaxLaboratory)
	}
	return nil
}

func checkPeriod(field string, from, until int64) error {
	for _, t := range []int64{from, until} {
		if day, ok := DayOf(t); !ok || Day(day) != t {
			return invalid(field, "period does not begin and end with days at UTC+8")
		}
	}
	if until <= from {
		return invalid(field+".sign_until", "not after sign_from")
	}
	return nil
}

func (k *ForeignKey) validate(field string) error {
	if k.Algorithm.Known() {
		return invalid(field+".algorithm", "%s is known", k.Algorithm)
	}
	if _, err := (KeyRef{Algorithm: k.Algorithm, Point: k.Point}).public(); err != nil {
		return invalid(field+".point", "%v", err)
	}
	return checkPeriod(field, k.SignFrom, k.SignUntil)
}

func (s *KeySet) validateLaboratories() error {
	if err := checkCount("laboratories", len(s.Laboratories), 0, maxLaboratories); err != nil {
		return err
	}
	if err := checkAscending("laboratories", s.Laboratories, compareLaboratories); err != nil {
		return err
	}
	for i, l := range s.Laboratories {
		field := fmt.Sprintf("laboratories[%d]", i)
		if err := checkText(field+".name", l.Name, maxName*2); err != nil {
			return err
		}
		if err := checkTime(field+".admitted", l.Admitted); err != nil {
			return err
		}
		if l.Withdrawn != 0 && l.Withdrawn < l.Admitted {
			return invalid(field+".withdrawn", "before admitted")
		}
		if err := checkOptionalTime(field+".withdrawn", l.Withdrawn); err != nil {
			return err
		}
	}
	return nil
}
