package trustlist

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

// On the wire keys of equal algorithm, period and usage share a batch, since a
// region publishes a whole ceremony's keys together: 35 bytes a key and not 47.
// What few keys have (a state, a limit) stands in lists of its own.
type wireKeySet struct {
	RegionalHead
	Batches      []wireBatch      `cbor:"5,keyasint"`
	Retired      []wireState      `cbor:"6,keyasint,omitempty"`
	Compromised  []wireState      `cbor:"7,keyasint,omitempty"`
	Laboratories []wireLaboratory `cbor:"8,keyasint,omitempty"`
	Limits       []wireLimit      `cbor:"9,keyasint,omitempty"`
}

type wireBatch struct {
	_         struct{} `cbor:",toarray"`
	Algorithm sig.Algorithm
	From      uint16 // day
	Until     uint16 // day, exclusive
	Usage     Usage
	Points    [][]byte
}

type wireState struct {
	_     struct{} `cbor:",toarray"`
	KeyID [sig.KeyIDSize]byte
	Since int64
}

type wireLaboratory struct {
	_         struct{} `cbor:",toarray"`
	Number    uint16
	Name      string
	Admitted  int64
	Withdrawn int64
}

type wireLimit struct {
	_            struct{} `cbor:",toarray"`
	KeyID        [sig.KeyIDSize]byte
	Laboratories []uint32
}

func compareBatches(a, b wireBatch) int {
	return cmp.Or(cmp.Compare(a.Algorithm, b.Algorithm), cmp.Compare(a.From, b.From),
		cmp.Compare(a.Until, b.Until), cmp.Compare(a.Usage, b.Usage))
}

func compareStates(a, b wireState) int { return bytes.Compare(a.KeyID[:], b.KeyID[:]) }
func compareLimits(a, b wireLimit) int { return bytes.Compare(a.KeyID[:], b.KeyID[:]) }

// encode writes the key set, which is canonical and valid.
func (s *KeySet) encode() ([]byte, error) {
	w := wireKeySet{
		RegionalHead: s.RegionalHead,
		Retired:      slices.Clone(s.strange.retired),
		Compromised:  slices.Clone(s.strange.compromised),
		Limits:       slices.Clone(s.strange.limits),
	}
	for i := range s.Keys {
		k := &s.Keys[i]
		w.add(k.Public.Algorithm(), k.SignFrom, k.SignUntil, k.Usage, k.Public.Compressed())
		state := wireState{KeyID: k.Public.KeyID(), Since: k.Since}
		switch k.State {
		case Retired:
			w.Retired = append(w.Retired, state)
		case Compromised:
			w.Compromised = append(w.Compromised, state)
		}
		if k.Laboratories != nil {
			w.Limits = append(w.Limits, wireLimit{KeyID: k.Public.KeyID(), Laboratories: k.Laboratories})
		}
	}
	for _, k := range s.Foreign {
		w.add(k.Algorithm, k.SignFrom, k.SignUntil, k.Usage, k.Point)
	}
	slices.SortStableFunc(w.Batches, compareBatches)
	slices.SortFunc(w.Retired, compareStates)
	slices.SortFunc(w.Compromised, compareStates)
	slices.SortFunc(w.Limits, compareLimits)
	for _, l := range s.Laboratories {
		w.Laboratories = append(w.Laboratories, wireLaboratory{Number: l.Number, Name: l.Name, Admitted: l.Admitted, Withdrawn: l.Withdrawn})
	}
	return cborx.Marshal(w)
}

// add puts a key into the last batch if it belongs there: keys come in the
// order of batches.
func (w *wireKeySet) add(algorithm sig.Algorithm, from, until int64, usage Usage, point []byte) {
	fromDay, _ := DayOf(from) // valid: validate has held the period
	untilDay, _ := DayOf(until)
	batch := wireBatch{Algorithm: algorithm, From: fromDay, Until: untilDay, Usage: usage}
	if n := len(w.Batches); n == 0 || compareBatches(w.Batches[n-1], batch) != 0 {
		w.Batches = append(w.Batches, batch)
	}
	last := &w.Batches[len(w.Batches)-1]
	last.Points = append(last.Points, point)
}

// decode reads the wire form. The rules of the wire form alone are held here:
// order, and states and limits that belong to a key. The rest is validate's.
func (s *KeySet) decode(payload []byte) error {
	var w wireKeySet
	if err := cborx.Unmarshal(payload, &w); err != nil {
		return err
	}
	if err := w.checkOrder(); err != nil {
		return err
	}
	set := KeySet{RegionalHead: w.RegionalHead}
	for i := range w.Batches {
		if err := set.addBatch(&w.Batches[i], fmt.Sprintf("batches[%d]", i)); err != nil {
			return err
		}
	}
	if err := set.applyStates(&w); err != nil {
		return err
	}
	for _, l := range w.Laboratories {
		set.Laboratories = append(set.Laboratories, Laboratory{l.Number, l.Name, l.Admitted, l.Withdrawn})
	}
	*s = set
	return nil
}

func (w *wireKeySet) checkOrder() error {
	if err := checkAscending("batches", w.Batches, compareBatches); err != nil {
		return err
	}
	keys := 0
	for i := range w.Batches {
		field := fmt.Sprintf("batches[%d]", i)
		if err := checkCount(field, len(w.Batches[i].Points), 1, maxKeys-keys); err != nil {
			return err
		}
		if err := checkAscending(field, w.Batches[i].Points, bytes.Compare); err != nil {
			return err
		}
		keys += len(w.Batches[i].Points)
	}
	if err := checkAscending("retired", w.Retired, compareStates); err != nil {
		return err
	}
	if err := checkAscending("compromised", w.Compromised, compareStates); err != nil {
		return err
	}
	return checkAscending("limits", w.Limits, compareLimits)
}

func (s *KeySet) addBatch(b *wireBatch, field string) error {
	for j, point := range b.Points {
		public, err := KeyRef{Algorithm: b.Algorithm, Point: point}.public()
		if err != nil {
			return invalid(fmt.Sprintf("%s.keys[%d]", field, j), "%v", err)
		}
		if public == nil {
			s.Foreign = append(s.Foreign, ForeignKey{b.Algorithm, point, Day(b.From), Day(b.Until), b.Usage})
			continue
		}
		s.Keys = append(s.Keys, Key{Public: public, SignFrom: Day(b.From), SignUntil: Day(b.Until), Usage: b.Usage})
	}
	return nil
}

// applyStates gives keys their state and their limit. An identifier without a
// key is a fault, unless the set has keys of unknown type, one of which may be
// meant: what is said of it is kept.
func (s *KeySet) applyStates(w *wireKeySet) error {
	keys := make(map[[sig.KeyIDSize]byte]*Key, len(s.Keys))
	for i := range s.Keys {
		keys[s.Keys[i].Public.KeyID()] = &s.Keys[i]
	}
	retiredToo := make(map[[sig.KeyIDSize]byte]bool, len(w.Retired))
	for _, retired := range w.Retired {
		k := keys[retired.KeyID]
		switch retiredToo[retired.KeyID] = true; {
		case k != nil:
			k.State, k.Since = Retired, retired.Since
		case len(s.Foreign) == 0:
			return invalid("retired", "no key %x", retired.KeyID)
		default:
			s.strange.retired = append(s.strange.retired, retired)
		}
	}
	for _, compromised := range w.Compromised {
		k := keys[compromised.KeyID]
		switch {
		case retiredToo[compromised.KeyID]:
			return invalid("compromised", "key %x is in retired too", compromised.KeyID)
		case k != nil:
			k.State, k.Since = Compromised, compromised.Since
		case len(s.Foreign) == 0:
			return invalid("compromised", "no key %x", compromised.KeyID)
		default:
			s.strange.compromised = append(s.strange.compromised, compromised)
		}
	}
	for _, limit := range w.Limits {
		k := keys[limit.KeyID]
		switch {
		case k != nil:
			k.Laboratories = append([]uint32{}, limit.Laboratories...)
		case len(s.Foreign) == 0:
			return invalid("limits", "no key %x", limit.KeyID)
		default:
			s.strange.limits = append(s.strange.limits, limit)
		}
	}
	return nil
}
