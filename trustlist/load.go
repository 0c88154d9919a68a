package trustlist

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"sync"
	"sync/atomic"
)

// HoldAside is how far after the effective time a regional document may have
// been issued, in seconds.
const HoldAside = 86400

// LoadOptions is what [Load] needs to know of the device.
type LoadOptions struct {
	Clock int64 // the device's clock in unix seconds, 0 if it has none
	// Known is the latest time that the device has known, 0 if it keeps none: a
	// clock may stop or begin anew, and without it new regional documents are then
	// held aside until the next national one. It never ends anything as long as
	// the clock can be right, so that a clock which was ahead and is put right has
	// cost nothing.
	Known    int64
	Previous *Trust // what was in force so far; nil: nothing
	// Memory is what [Trust.Memory] returned for the bundle that the device has
	// stored and now loads; nil: it has stored nothing. One of no bytes is a file
	// that lost its content, and damaged. Of what Previous and Memory know the
	// higher version counts.
	Memory []byte
	// Status is of which regions the device carries status lists: those of others
	// are not taken, and let go of where they are held. What is known of their
	// versions stays.
	Status StatusChoice
}

// Load verifies a bundle from the anchor down and returns what it proves.
//
// A fault in the chain of roots, the list or the policy refuses the bundle and
// leaves Previous in force: no Trust is returned. A fault in one region's
// documents costs that region its new part alone: the older part from Previous
// stays if the new list still allows it, else the region is unavailable. What
// the bundle omits is taken from Previous and verified again. The Report is
// never nil beside a nil error.
//
// The errors are told apart with errors.Is: [ErrNotABundle], [ErrLaterVersion],
// [ErrTooLarge], [ErrNotAnchored], [ErrChain], [ErrThreshold], [ErrRollback],
// [ErrFork], [ErrEpoch], [ErrMissing], [ErrSharedKey], and with errors.As:
// *[DocumentError], *[ContentError], *[ThresholdError], *[ForkError], and
// *[MemoryError], which says nothing of the bundle.
func Load(bundle []byte, anchor Anchor, options LoadOptions) (*Trust, *Report, error) {
	parts, err := ParseBundle(bundle)
	if err != nil {
		return nil, nil, err
	}
	previous, err := options.known()
	if err != nil {
		return nil, nil, err
	}
	l := &loader{clock: options.Clock, latest: options.Known, previous: previous, report: new(Report), carried: options.Status}
	chosen := parts.WithStatus(options.Status)
	parts = &chosen
	l.trust = &Trust{floor: l.previous.floor}
	if err := l.loadRoots(parts.Roots, anchor); err != nil {
		return nil, nil, &DocumentError{KindRoot, unwrapDocument(err)}
	}
	if err := l.loadList(parts.List); err != nil {
		return nil, nil, &DocumentError{KindList, unwrapDocument(err)}
	}
	if err := l.loadPolicy(parts.Policy); err != nil {
		return nil, nil, &DocumentError{KindPolicy, unwrapDocument(err)}
	}
	l.loadRegions(parts.Regions)
	return l.trust, l.report, nil
}

// known returns what the device knows, never nil.
func (o *LoadOptions) known() (*Trust, error) {
	previous := o.Previous
	if previous == nil {
		previous = new(Trust)
	}
	if o.Memory == nil {
		return previous, nil
	}
	memory, err := parseMemory(o.Memory)
	if err != nil {
		return nil, err
	}
	return previous.with(memory), nil
}

// unwrapDocument takes an inner *DocumentError off, so that a document is named
// once.
func unwrapDocument(err error) error {
	var inner *DocumentError
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

type loader struct {
	clock    int64
	latest   int64  // time that the device has known
	previous *Trust // never nil
	trust    *Trust // being made
	report   *Report
	rootDoc  *Root
	listDoc  *List
	roles    map[[32]byte]bool // thumbprints of root and authority keys
	known    map[string]*regionRecord
	carried  StatusChoice
	spoiled  int   // signatures of a region that were verified in vain
	standsOn int64 // when the first document was issued that stands on status lists of a region
}

// effective is the time that decides what is not yet: the latest that there is
// reason to believe.
func (l *loader) effective() int64 { return max(l.clock, l.latest, l.trust.floor) }

// passed is the time that decides what is over: that of the clock, unless it is
// before the floor and so wrong.
func (l *loader) passed() int64 {
	if l.clock >= l.trust.floor {
		return l.clock
	}
	return l.effective()
}

// loadRoots follows the chain from the anchored root to the last. Roots before
// the anchor are not looked at.
func (l *loader) loadRoots(chain [][]byte, anchor Anchor) error {
	var last *Root
	for i, raw := range chain {
		u, err := openAs(KindRoot, raw)
		if err != nil {
			return err
		}
		if last == nil && (!anchor.set || u.Hash() != anchor.hash) {
			continue
		}
		next, signers, err := followRoot(last, u)
		if err != nil {
			return fmt.Errorf("root %d of %d in the chain: %w", i+1, len(chain), err)
		}
		if known := l.previous.root; next.Version == known.version && u.Hash() != known.hash {
			return &ForkError{next.Version, known.hash, u.Hash()}
		}
		last = next
		l.trust.root = stateOf(&next.Head, u, raw, signers)
		l.trust.floor = max(l.trust.floor, next.Issued)
	}
	if last == nil {
		return ErrNotAnchored
	}
	if last.Version.Compare(l.previous.root.version) < 0 {
		return fmt.Errorf("%w: %s, known is %s", ErrRollback, last.Version, l.previous.root.version)
	}
	l.rootDoc, l.trust.chain = last, chain
	return nil
}

// followRoot verifies u as the successor of last: under the keys of last, which
// is checked before anything of u is read, and under its own. A nil last means
// that u is the anchor. It returns how many of its own keys have signed it.
func followRoot(last *Root, u *Unverified) (*Root, int, error) {
	if last != nil {
		if _, err := u.verifyGroups(last.Groups); err != nil {
			return nil, 0, fmt.Errorf("under the root before it: %w", err)
		}
	}
	next, signers, err := u.selfSignedRoot()
	if err != nil {
		return nil, 0, err
	}
	if last == nil {
		return next, signers, nil
	}
	// One step at a time, so that nobody can jump to a version that no later
	// root could pass.
	if next.Version.Epoch != last.Version.Epoch || uint64(next.Version.Counter) != uint64(last.Version.Counter)+1 {
		return nil, 0, fmt.Errorf("%w: %s follows %s", ErrChain, next.Version, last.Version)
	}
	if next.ListEpoch < last.ListEpoch || next.PolicyEpoch < last.PolicyEpoch {
		return nil, 0, fmt.Errorf("%w: a root takes an epoch back", ErrRollback)
	}
	return next, signers, nil
}

func stateOf(h *Head, u *Unverified, raw []byte, signers int) documentState {
	return documentState{version: h.Version, hash: u.Hash(), issued: h.Issued, due: h.Due, raw: raw, signers: signers}
}

// checkSuccessor holds a document to what was known of it before.
func checkSuccessor(known, next documentState) error {
	switch order := next.version.Compare(known.version); {
	case order < 0:
		return fmt.Errorf("%w: %s, known is %s", ErrRollback, next.version, known.version)
	case order == 0 && next.hash != known.hash:
		return &ForkError{next.version, known.hash, next.hash}
	}
	return nil
}

func (l *loader) loadList(raw []byte) error {
	u, err := openAs(KindList, raw)
	if err != nil {
		return err
	}
	signers, err := u.verifyGroups(l.rootDoc.Groups)
	if err != nil {
		return err
	}
	var list List
	if err := u.content(&list); err != nil {
		return err
	}
	if list.Version.Epoch != l.rootDoc.ListEpoch {
		return fmt.Errorf("%w: %s, the root sets %d", ErrEpoch, list.Version, l.rootDoc.ListEpoch)
	}
	state := stateOf(&list.Head, u, raw, signers)
	if err := checkSuccessor(l.previous.list, state); err != nil {
		return err
	}
	if err := l.assignRoles(&list); err != nil {
		return err
	}
	l.listDoc = &list
	l.trust.list, l.trust.end = state, list.ProgrammeEnd
	l.trust.floor = max(l.trust.floor, list.Issued)
	return nil
}

// assignRoles notes the keys of the root and of the authorities. A key has one
// role.
func (l *loader) assignRoles(list *List) error {
	l.roles = map[[32]byte]bool{}
	for _, groups := range [][]Group{l.rootDoc.Groups, l.rootDoc.PolicyGroups} {
		for i := range groups {
			for _, key := range groups[i].public {
				l.roles[key.Thumbprint()] = true
			}
		}
	}
	for i := range list.Regions {
		for _, key := range list.Regions[i].public {
			if l.roles[key.Thumbprint()] {
				return fmt.Errorf("%w: %s is a key of the root and of region %s", ErrSharedKey, key, list.Regions[i].Code)
			}
		}
	}
	for i := range list.Regions {
		for _, key := range list.Regions[i].public {
			l.roles[key.Thumbprint()] = true
		}
	}
	return nil
}

// loadPolicy takes the policy of the bundle, or else the one in force before,
// which has to hold under the root in force now: a stored bundle is verified
// from the anchor whenever it is loaded.
func (l *loader) loadPolicy(raw []byte) error {
	omitted := len(raw) == 0
	if omitted {
		raw = l.previous.policy.raw
	}
	if len(raw) == 0 && l.previous.policy.version.IsZero() {
		return nil
	}
	if len(raw) == 0 {
		return ErrMissing // a memory alone knows it
	}
	state, policy, err := l.openPolicy(raw)
	if err != nil && omitted {
		return fmt.Errorf("%w, and the one known does not hold under the root in force: %w", ErrMissing, err)
	}
	if err != nil {
		return err
	}
	l.trust.policy, l.trust.rules = state, policy
	l.trust.floor = max(l.trust.floor, policy.Issued)
	return nil
}

func (l *loader) openPolicy(raw []byte) (documentState, *Policy, error) {
	u, err := openAs(KindPolicy, raw)
	if err != nil {
		return documentState{}, nil, err
	}
	signers, err := u.verifyGroups(l.rootDoc.SigningPolicy())
	if err != nil {
		return documentState{}, nil, err
	}
	var policy Policy
	if err := u.content(&policy); err != nil {
		return documentState{}, nil, err
	}
	if policy.Version.Epoch != l.rootDoc.PolicyEpoch {
		return documentState{}, nil, fmt.Errorf("%w: %s, the root sets %d", ErrEpoch, policy.Version, l.rootDoc.PolicyEpoch)
	}
	state := stateOf(&policy.Head, u, raw, signers)
	return state, &policy, checkSuccessor(l.previous.policy, state)
}

// loadRegions loads every region that the list names, each on its own, and then
// tells which keys two of them claim.
func (l *loader) loadRegions(parts []RegionParts) {
	l.remember()
	given := make(map[string]*RegionParts, len(parts))
	for i := range parts {
		given[parts[i].Code] = &parts[i]
		if _, listed := l.listDoc.entry(parts[i].Code); !listed {
			l.report.fault(parts[i].Code, 0, ErrNotListed)
		}
	}
	l.trust.sorted = l.loadEach(given)
	l.trust.regions = make(map[string]*Region, len(l.trust.sorted))
	for _, region := range l.trust.sorted {
		l.trust.regions[region.Code] = region
	}
	l.warnOfSharedKeys()
	l.boundAll()
	l.trust.records = map[string]*regionRecord{}
	maps.Copy(l.trust.records, l.known)
	for _, region := range l.trust.sorted {
		l.trust.records[region.Code] = region.record
	}
	for _, region := range l.previous.sorted {
		if _, listed := l.listDoc.entry(region.Code); !listed {
			l.report.Removed = append(l.report.Removed, region.Code)
		}
	}
}

// loadEach loads the regions side by side: most of the time goes into points
// and signatures, and no region's documents touch another's.
func (l *loader) loadEach(given map[string]*RegionParts) []*Region {
	entries := l.listDoc.Regions
	regions := make([]*Region, len(entries))
	reports := make([]Report, len(entries))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(entries)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(entries); i = int(next.Add(1)) - 1 {
				one := *l
				one.report = &reports[i]
				regions[i] = one.loadRegion(&entries[i], given[entries[i].Code])
			}
		})
	}
	workers.Wait()
	for i := range reports {
		l.report.add(&reports[i])
	}
	return regions
}
