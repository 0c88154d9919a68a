package trustlist

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

// A memory is what a device has to remember beside the bundle that it stores:
// which versions it has known, of documents in force and not, and which keys it
// has known as retired or compromised where no key set in the bundle says so.
// It is the device's own file; nobody signs it.
//
//	["tongxing/memory/1", << {
//	   1: 1659657600,                     / floor                               /
//	   2: [[1, 3], h'…'],                 / root, 3: list, 4: policy: [version, hash] /
//	   5: [ {1: "33",
//	         2: [[1, 7], h'…'],           / key set, 3: overlay, 4: snapshot, 5: last delta /
//	         6: [[7936, [1, 2], h'…']],   / status lists: [list, version, hash] /
//	         7: [[h'…', 1, 1659657600]]   / keys: [thumbprint, state, since]     /
//	   } ] } >>, h'…SHA-256 of the content…']

const (
	// MaxMemory is the most bytes that a [Trust.Memory] has, above the sum of
	// everything that is remembered of one hundred regions, each at its bounds.
	MaxMemory = 96 << 20

	memoryMagic      = "tongxing/memory/1"
	memoryMagicStart = "tongxing/memory/"
)

// MemoryError reports a [LoadOptions.Memory] that is damaged, or of a later
// form ([ErrLaterVersion]). A device that goes on without its memory may take
// something older than what it has known.
type MemoryError struct{ Err error }

func (e *MemoryError) Error() string { return "trustlist: memory of known versions: " + e.Err.Error() }

// Unwrap returns what is wrong with it.
func (e *MemoryError) Unwrap() error { return e.Err }

// The decoding of a memory; it is written with the Append functions of cborx.
type (
	wireMemory struct {
		_       struct{} `cbor:",toarray"`
		Magic   string
		Content []byte
		Sum     [sha256.Size]byte // a flipped bit in a version would shut out every update
	}
	memoryContent struct {
		Floor   int64          `cbor:"1,keyasint,omitempty"`
		Root    *PartRef       `cbor:"2,keyasint,omitempty"`
		List    *PartRef       `cbor:"3,keyasint,omitempty"`
		Policy  *PartRef       `cbor:"4,keyasint,omitempty"`
		Regions []memoryRegion `cbor:"5,keyasint,omitempty"`
	}
	memoryRegion struct {
		Code     string       `cbor:"1,keyasint"`
		KeySet   *PartRef     `cbor:"2,keyasint,omitempty"`
		Overlay  *PartRef     `cbor:"3,keyasint,omitempty"`
		Snapshot *PartRef     `cbor:"4,keyasint,omitempty"`
		Deltas   *PartRef     `cbor:"5,keyasint,omitempty"`
		Lists    []memoryList `cbor:"6,keyasint,omitempty"`
		Keys     []settledKey `cbor:"7,keyasint,omitempty"`
	}
	memoryList struct {
		_       struct{} `cbor:",toarray"`
		Number  uint32
		Version Version
		Hash    [32]byte
	}
)

// settledKey is what is remembered of a key that is no longer active.
type settledKey struct {
	_          struct{} `cbor:",toarray"`
	Thumbprint [32]byte
	State      KeyState
	Since      int64
}

func (k *settledKey) kid() [sig.KeyIDSize]byte { return [sig.KeyIDSize]byte(k.Thumbprint[:]) }

func compareSettled(a, b settledKey) int { return bytes.Compare(a.Thumbprint[:], b.Thumbprint[:]) }

// Memory returns what a device that stores [Trust.Bundle] stores beside it, and
// gives to [Load] as [LoadOptions].Memory when it starts again: it then judges
// every later bundle as if it had never stopped. It has at most [MaxMemory]
// bytes, a few hundred a region, and equal knowledge has equal bytes.
//
// The two are best replaced together. Where only one after the other can be, the
// bundle goes first: an older memory beside it has forgotten what the last load
// left out, while a newer one refuses the bundle as outdated. A memory belongs to
// one anchor; a device that is anchored anew begins without.
func (t *Trust) Memory() []byte {
	content := t.appendMemory(nil)
	sum := sha256.Sum256(content)
	m := cborx.AppendText(cborx.AppendArray(nil, 3), memoryMagic)
	return cborx.AppendBytes(cborx.AppendBytes(m, content), sum[:])
}

func (t *Trust) appendMemory(dst []byte) []byte {
	var fields fieldWriter
	if t.floor != 0 {
		fields.add(1, cborx.AppendInt(nil, t.floor))
	}
	fields.addState(2, &t.root)
	fields.addState(3, &t.list)
	fields.addState(4, &t.policy)
	stored := map[string]bool{} // whose key set is in the bundle
	for _, region := range t.sorted {
		stored[region.Code] = region.record.parts.KeySet != nil
	}
	var regions [][]byte
	for _, code := range slices.Sorted(maps.Keys(t.records)) {
		if region := t.records[code].appendMemory(code, !stored[code]); region != nil {
			regions = append(regions, region)
		}
	}
	if len(regions) != 0 {
		fields.add(5, append(cborx.AppendArray(nil, len(regions)), bytes.Join(regions, nil)...))
	}
	return fields.appendTo(dst)
}

// appendMemory returns the entry of a region, nil if nothing is known of it.
func (r *regionRecord) appendMemory(code string, withKeys bool) []byte {
	var fields fieldWriter
	fields.add(1, cborx.AppendText(nil, code))
	fields.addState(2, &r.keySet)
	fields.addState(3, &r.overlay)
	fields.addState(4, &r.snapshot)
	fields.addState(5, &r.deltas)
	if len(r.lists) != 0 {
		lists := cborx.AppendArray(nil, len(r.lists))
		for _, number := range slices.Sorted(maps.Keys(r.lists)) {
			state := r.lists[number]
			lists = cborx.AppendUint(cborx.AppendArray(lists, 3), uint64(number))
			lists = cborx.AppendBytes(state.version.append(lists), state.hash[:])
		}
		fields.add(6, lists)
	}
	if withKeys && len(r.settled) != 0 {
		keys := cborx.AppendArray(nil, len(r.settled))
		for i := range r.settled {
			k := &r.settled[i]
			keys = cborx.AppendBytes(cborx.AppendArray(keys, 3), k.Thumbprint[:])
			keys = cborx.AppendInt(cborx.AppendUint(keys, uint64(k.State)), k.Since)
		}
		fields.add(7, keys)
	}
	if fields.count == 1 {
		return nil
	}
	return fields.appendTo(nil)
}

// fieldWriter collects the fields of a map whose keys are small and rise.
type fieldWriter struct {
	count int
	bytes []byte
}

func (w *fieldWriter) add(key uint64, value []byte) {
	w.count++
	w.bytes = append(cborx.AppendUint(w.bytes, key), value...)
}

func (w *fieldWriter) addState(key uint64, state *documentState) {
	if !state.version.IsZero() {
		ref := state.version.append(cborx.AppendArray(nil, 2))
		w.add(key, cborx.AppendBytes(ref, state.hash[:]))
	}
}

func (w *fieldWriter) appendTo(dst []byte) []byte {
	return append(cborx.AppendMap(dst, w.count), w.bytes...)
}

func (v Version) append(dst []byte) []byte {
	return cborx.AppendUint(cborx.AppendUint(cborx.AppendArray(dst, 2), uint64(v.Epoch)), uint64(v.Counter))
}

// parseMemory reads a memory. All errors are *[MemoryError].
func parseMemory(data []byte) (*memoryContent, error) {
	m, err := readMemory(data)
	if err != nil {
		return nil, &MemoryError{err}
	}
	return m, nil
}

func readMemory(data []byte) (*memoryContent, error) {
	if len(data) > MaxMemory {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	start := cborx.AppendText(cborx.AppendArray(nil, 3), memoryMagic)
	if !bytes.HasPrefix(data, start) {
		if len(data) > 2 && data[0]>>5 == start[0]>>5 && bytes.HasPrefix(data[2:], []byte(memoryMagicStart)) {
			return nil, ErrLaterVersion
		}
		return nil, errors.New("it does not begin as one")
	}
	var w wireMemory
	if err := cborx.Unmarshal(data, &w); err != nil {
		return nil, err
	}
	if sha256.Sum256(w.Content) != w.Sum {
		return nil, errors.New("its hash is not that of its content")
	}
	var m memoryContent
	if err := cborx.Unmarshal(w.Content, &m); err != nil {
		return nil, laterVersion(err)
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	return &m, nil
}

func (m *memoryContent) validate() error {
	if err := checkOptionalTime("floor", m.Floor); err != nil {
		return err
	}
	for _, ref := range []*PartRef{m.Root, m.List, m.Policy} {
		if err := ref.validate("national"); err != nil {
			return err
		}
	}
	if err := checkCount("regions", len(m.Regions), 0, maxRegions); err != nil {
		return err
	}
	byCode := func(a, b memoryRegion) int { return strings.Compare(a.Code, b.Code) }
	if err := checkAscending("regions", m.Regions, byCode); err != nil {
		return err
	}
	for i := range m.Regions {
		if err := m.Regions[i].validate(fmt.Sprintf("regions[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

func (p *PartRef) validate(field string) error {
	if p != nil && p.Version.IsZero() {
		return invalid(field, "0.0 is no version")
	}
	return nil
}

func (r *memoryRegion) validate(field string) error {
	if err := checkRegion(field+".code", r.Code); err != nil {
		return err
	}
	for _, ref := range []*PartRef{r.KeySet, r.Overlay, r.Snapshot, r.Deltas} {
		if err := ref.validate(field); err != nil {
			return err
		}
	}
	if err := r.validateLists(field + ".lists"); err != nil {
		return err
	}
	if r.KeySet == nil && r.Overlay == nil && r.Snapshot == nil && r.Deltas == nil && len(r.Lists) == 0 {
		return invalid(field, "nothing is known of it")
	}
	return r.validateKeys(field + ".keys")
}

func (r *memoryRegion) validateLists(field string) error {
	if err := checkCount(field, len(r.Lists), 0, maxRegionLists); err != nil {
		return err
	}
	byNumber := func(a, b memoryList) int { return cmp.Compare(a.Number, b.Number) }
	if err := checkAscending(field, r.Lists, byNumber); err != nil {
		return err
	}
	for _, l := range r.Lists {
		if l.Number > maxListNumber || l.Version.IsZero() {
			return invalid(field, "list %d of version %s", l.Number, l.Version)
		}
	}
	return nil
}

func (r *memoryRegion) validateKeys(field string) error {
	if len(r.Keys) != 0 && r.KeySet == nil {
		return invalid(field, "keys of no key set")
	}
	if err := checkCount(field, len(r.Keys), 0, maxKeys); err != nil {
		return err
	}
	if err := checkAscending(field, r.Keys, compareSettled); err != nil {
		return err
	}
	for i := range r.Keys {
		k := &r.Keys[i]
		if k.State != Retired && k.State != Compromised {
			return invalid(field, "state %d is neither retired nor compromised", k.State)
		}
		if err := checkTime(field, k.Since); err != nil {
			return err
		}
		if i > 0 && k.kid() == r.Keys[i-1].kid() {
			return invalid(field, "key identifier %x occurs twice", k.kid())
		}
	}
	return nil
}
