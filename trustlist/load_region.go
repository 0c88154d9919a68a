package trustlist

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
)

// loadRegion loads one region: from the parts that the bundle gives, filled up
// with what is known, else from what is known alone.
func (l *loader) loadRegion(entry *Entry, given *RegionParts) *Region {
	before := l.recordOf(entry.Code)
	if given == nil {
		given = &RegionParts{Code: entry.Code}
	}
	region, err := l.assemble(entry, fill(given, &before.parts), before)
	if err == nil {
		return region
	}
	fault := l.refuse(entry.Code, KindKeySet, err)
	if before.keySet.raw != nil && (given.KeySet != nil || given.Snapshot != nil) {
		if region, err := l.assemble(entry, &before.parts, before); err == nil {
			l.report.Kept = append(l.report.Kept, entry.Code)
			return region
		}
	}
	region = unavailable(entry, before, fault)
	l.adopt(before, given)
	l.trim(before)
	if before.parts.KeySet == nil {
		before.release()
	}
	l.boundRegion(region)
	return region
}

func (l *loader) recordOf(code string) *regionRecord {
	if record, ok := l.known[code]; ok {
		return record
	}
	return newRecord(code)
}

// fill returns given with every absent part taken from known.
func fill(given, known *RegionParts) *RegionParts {
	filled := *given
	if filled.KeySet == nil {
		filled.KeySet = known.KeySet
	}
	if filled.Overlay == nil {
		filled.Overlay = known.Overlay
	}
	if filled.Snapshot == nil {
		filled.Snapshot = known.Snapshot
	}
	return &filled
}

// refuse reports a document that is not taken: as held aside when only its date
// speaks against it, else as a fault.
func (l *loader) refuse(code string, kind Kind, err error) *RegionError {
	var held *heldAsideError
	if errors.As(err, &held) {
		l.report.hold(HeldAside{code, kind, held.issued})
		return &RegionError{code, &DocumentError{kind, err}}
	}
	return l.report.fault(code, kind, err)
}

type heldAsideError struct{ issued int64 }

func (e *heldAsideError) Error() string        { return fmt.Sprintf("%v: %d", ErrHeldAside, e.issued) }
func (e *heldAsideError) Is(target error) bool { return target == ErrHeldAside }

func describe(entry *Entry) *Region {
	return &Region{
		Code: entry.Code, Name: entry.Name, Authority: entry.Authority, Appeal: entry.Appeal,
		RulesHash: entry.RulesHash, Usage: entry.Usage,
	}
}

func unavailable(entry *Entry, before *regionRecord, why *RegionError) *Region {
	region := describe(entry)
	region.unavailable, region.record = why, before
	return region
}

// assemble builds a region from parts. An error means that there is no key set
// to use; faults of other parts are reported, and the known part is used.
func (l *loader) assemble(entry *Entry, parts *RegionParts, before *regionRecord) (*Region, error) {
	if err := l.fits(new(RegionParts), parts.KeySet); err != nil {
		return nil, err
	}
	var set KeySet
	state, err := l.openByAuthority(entry, parts.KeySet, &set)
	if err != nil {
		return nil, err
	}
	if err := l.checkKeySet(entry, &set, state, before); err != nil {
		return nil, err
	}
	region := describe(entry)
	region.KeySetVersion = set.Version
	region.record = &regionRecord{parts: RegionParts{Code: entry.Code, KeySet: parts.KeySet}, keySet: state}
	region.addKeys(&set, l.listDoc)
	if err := l.addSnapshot(entry, region, parts, before); err != nil {
		return nil, err
	}
	l.addOverlay(entry, region, parts, before)
	l.addStatus(entry, region, parts, before)
	return region, nil
}

// openByAuthority verifies a document that the region's authority signs. It
// reads nothing of it before the threshold of signatures is met.
func (l *loader) openByAuthority(entry *Entry, raw []byte, d regional) (documentState, error) {
	u, err := openAs(d.Kind(), raw)
	if err != nil {
		return documentState{}, err
	}
	signers, err := u.verifyThreshold(entry.public, entry.Threshold)
	if err != nil {
		return documentState{}, err
	}
	return l.read(entry, u, raw, signers, d)
}

// openByKey verifies a document that one signing key of the region signs, one
// that had the usage for it when it was issued.
func (l *loader) openByKey(entry *Entry, region *Region, usage Usage, raw []byte, d regional) (documentState, error) {
	u, err := openAs(d.Kind(), raw)
	if err != nil {
		return documentState{}, err
	}
	return l.readByKey(entry, region, usage, u, raw, d)
}

// readByKey is openByKey for a document that is opened already. One good signature
// is enough, so that no second one is verified: sixteen on each of thousands of
// lists would cost a device minutes.
func (l *loader) readByKey(entry *Entry, region *Region, usage Usage, u *Unverified, raw []byte, d regional) (documentState, error) {
	var state documentState
	for _, signature := range u.message.Signatures() {
		key, ok := region.keys[[sig.KeyIDSize]byte(signature.KeyID[:])]
		if !ok || !key.Usage.Has(usage) || key.State == Compromised {
			continue
		}
		if len(u.message.Signers([]*sig.PublicKey{key.Public})) == 0 {
			l.spoiled++
			continue
		}
		if state.version.IsZero() {
			var err error
			if state, err = l.read(entry, u, raw, 1, d); err != nil {
				return documentState{}, err
			}
		}
		if key.maySignAt(state.issued) && region.UsageAt(state.issued).Has(usage) {
			return state, nil
		}
		l.spoiled++
	}
	return documentState{}, ErrNoSigner
}

// regional is a document of a region.
type regional interface {
	Document
	regionalHead() *RegionalHead
}

func (h *RegionalHead) regionalHead() *RegionalHead { return h }

// read decodes a verified document of the region and holds it to the region's
// entry.
func (l *loader) read(entry *Entry, u *Unverified, raw []byte, signers int, d regional) (documentState, error) {
	if err := u.content(d); err != nil {
		return documentState{}, unwrapDocument(err)
	}
	h := d.regionalHead()
	if h.Region != entry.Code {
		return documentState{}, fmt.Errorf("%w: %s", ErrWrongRegion, h.Region)
	}
	if h.Version.Epoch != entry.Epoch {
		return documentState{}, fmt.Errorf("%w: %s, the list sets %d", ErrEpoch, h.Version, entry.Epoch)
	}
	return stateOf(&h.Head, u, raw, signers), nil
}

// checkKnown holds a regional document to the effective time, unless it has been
// taken before, and to what was known of it.
func (l *loader) checkKnown(known, next documentState) error {
	if next.issued-HoldAside > l.effective() && next.hash != known.hash {
		return &heldAsideError{next.issued}
	}
	return checkSuccessor(known, next)
}

// checkKeySet holds a key set to the list and to what was known of the region.
func (l *loader) checkKeySet(entry *Entry, set *KeySet, state documentState, before *regionRecord) error {
	if set.Version.Counter < entry.LeastCounter {
		return fmt.Errorf("%w: %s, the list asks for counter %d", ErrRollback, set.Version, entry.LeastCounter)
	}
	if err := l.checkKnown(before.keySet, state); err != nil {
		return err
	}
	for i := range set.Keys {
		key := &set.Keys[i]
		if l.roles[key.Public.Thumbprint()] {
			return fmt.Errorf("%w: %s signs for the root or an authority", ErrSharedKey, key.Public)
		}
	}
	if before.keySet.version.Epoch != set.Version.Epoch {
		return nil // a new epoch begins anew: who held the old one may be a thief
	}
	return checkKeyStates(set, before.settled)
}

// addSnapshot takes the region's snapshot. It returns an error when the
// snapshot proves that the key set is not the one in force.
func (l *loader) addSnapshot(entry *Entry, region *Region, parts *RegionParts, before *regionRecord) error {
	for _, raw := range candidates(parts.Snapshot, before.parts.Snapshot) {
		var snapshot Snapshot
		state, err := l.openByKey(entry, region, UsageSnapshot, raw, &snapshot)
		if err == nil {
			err = l.fits(&region.record.parts, raw)
		}
		if err == nil {
			err = l.checkKnown(before.snapshot, state)
		}
		if err != nil {
			l.refuse(entry.Code, KindSnapshot, err)
			continue
		}
		if err := checkNamed(&snapshot.KeySet, region.record.keySet); err != nil {
			return err
		}
		region.snapshot = &snapshot
		region.record.snapshot, region.record.parts.Snapshot = state, raw
		return nil
	}
	region.record.snapshot = before.snapshot
	return nil
}

// checkNamed holds a document to the one that the snapshot names. A newer
// document is right: the snapshot follows it.
func checkNamed(named *PartRef, state documentState) error {
	switch order := state.version.Compare(named.Version); {
	case order < 0:
		return fmt.Errorf("%w: %s, the snapshot names %s", ErrOutdated, state.version, named.Version)
	case order == 0 && state.hash != named.Hash:
		return &ForkError{state.version, named.Hash, state.hash}
	}
	return nil
}

func (l *loader) addOverlay(entry *Entry, region *Region, parts *RegionParts, before *regionRecord) {
	for _, raw := range candidates(parts.Overlay, before.parts.Overlay) {
		overlay := new(Overlay)
		state, err := l.openByAuthority(entry, raw, overlay)
		if err == nil {
			err = l.fits(&region.record.parts, raw)
		}
		if err == nil {
			err = l.checkKnown(before.overlay, state)
		}
		if err == nil && region.snapshot != nil && region.snapshot.Overlay != nil {
			err = checkNamed(region.snapshot.Overlay, state)
		}
		if err != nil {
			l.refuse(entry.Code, KindOverlay, err)
			continue
		}
		region.overlay = overlay
		region.record.overlay, region.record.parts.Overlay = state, raw
		return
	}
	region.record.overlay = before.overlay
	if region.snapshot != nil && region.snapshot.Overlay != nil && parts.Overlay == nil {
		l.report.fault(entry.Code, KindOverlay, ErrMissing)
	}
}

// candidates returns what is given and what is known, each if it is there, once.
func candidates(given, known []byte) [][]byte {
	var all [][]byte
	if len(given) != 0 {
		all = append(all, given)
	}
	if len(known) != 0 && !bytes.Equal(given, known) {
		all = append(all, known)
	}
	return all
}
