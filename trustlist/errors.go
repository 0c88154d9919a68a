package trustlist

import (
	"errors"
	"fmt"
)

var (
	// ErrNotABundle reports a file that is not a trust bundle at all.
	ErrNotABundle = errors.New("trustlist: not a trust bundle")
	// ErrLaterVersion reports a bundle or a document of a later form than this
	// program knows: it is right, and the program has to be updated.
	ErrLaterVersion = errors.New("trustlist: made for a later version of this program")
	// ErrTooLarge reports a document or bundle above its bound.
	ErrTooLarge = errors.New("trustlist: larger than its kind may be")
	// ErrWrongKind reports a document of another kind in the place of one.
	ErrWrongKind = errors.New("trustlist: document of another kind")
	// ErrThreshold reports fewer distinct signers than are required.
	ErrThreshold = errors.New("trustlist: signed by too few of the keys that may sign it")
	// ErrNotAnchored reports a chain of roots without the one that is trusted.
	ErrNotAnchored = errors.New("trustlist: the trusted root is not in the chain of roots")
	// ErrChain reports a chain of roots that is too long or has a gap.
	ErrChain = errors.New("trustlist: chain of roots is broken")
	// ErrRollback reports a version before one that was accepted, or before the
	// least acceptable one.
	ErrRollback = errors.New("trustlist: older than what is already known")
	// ErrFork reports two documents of one version with different content. See
	// [ForkError].
	ErrFork = errors.New("trustlist: two documents of the same version differ")
	// ErrEpoch reports a document of another epoch than the level above sets.
	ErrEpoch = errors.New("trustlist: epoch is not the one in force")
	// ErrMissing reports a document that a bundle should hold and does not.
	ErrMissing = errors.New("trustlist: document is missing")
	// ErrWrongRegion reports a document of another region.
	ErrWrongRegion = errors.New("trustlist: document of another region")
	// ErrNotListed reports documents of a region that the list does not name.
	ErrNotListed = errors.New("trustlist: region is not in the trust list")
	// ErrHeldAside reports a regional document issued more than [HoldAside]
	// after the effective time.
	ErrHeldAside = errors.New("trustlist: issued too far in the future")
	// ErrOutdated reports parts that do not belong together: the region's
	// snapshot names a newer one.
	ErrOutdated = errors.New("trustlist: region's snapshot names a newer one")
	// ErrKeyState reports a key that went back from compromised or retired.
	ErrKeyState = errors.New("trustlist: key state moves backwards")
	// ErrSharedKey reports a key that has two places: two groups, two regions,
	// or two roles. A signing key of two regions is a warning alone, see
	// [SharedKeyError].
	ErrSharedKey = errors.New("trustlist: one key in two places")
	// ErrTooManyFaults reports documents that are refused unread, because too
	// many before them were faulty.
	ErrTooManyFaults = errors.New("trustlist: too many faulty documents before it")
	// ErrListAhead reports a status list of a month that is so far away that no
	// credential can name it yet.
	ErrListAhead = errors.New("trustlist: status list of a month that is too far away")
	// ErrListOver reports a delta that changes a status list whose month had ended.
	ErrListOver = errors.New("trustlist: status list of a month that has ended")
	// ErrStatusHash reports deltas that do not lead to the lists that they name.
	ErrStatusHash = errors.New("trustlist: delta leads to other status lists than it says")
	// ErrStatusLoss reports status lists in which fewer credentials are revoked or
	// superseded than is known. See [StatusLossError].
	ErrStatusLoss = errors.New("trustlist: revoked or superseded credentials would be in force again")
	// ErrNoSigner reports a regional document that no key with the usage for it
	// has signed.
	ErrNoSigner = errors.New("trustlist: signed by no key with the usage for it")
)

// ContentError reports a signed or unsigned document that breaks a rule of its
// kind.
type ContentError struct {
	Field   string // "groups[0].threshold"
	Problem string
	// Format and Arguments are what Problem was written of, for who says it in
	// other words.
	Format    string
	Arguments []any
}

func (e *ContentError) Error() string { return "trustlist: " + e.Field + ": " + e.Problem }

func invalid(field, format string, arguments ...any) error {
	return &ContentError{field, fmt.Sprintf(format, arguments...), format, arguments}
}

// DocumentError names the document that a fault is in.
type DocumentError struct {
	Kind Kind
	Err  error
}

func (e *DocumentError) Error() string { return e.Kind.String() + ": " + e.Err.Error() }

// Unwrap returns the fault itself.
func (e *DocumentError) Unwrap() error { return e.Err }

// ThresholdError reports the group whose threshold is not met. It is an
// [ErrThreshold].
type ThresholdError struct {
	Group string // name of the group; empty for the keys of a region's authority
	Have  int    // distinct signers
	Need  int
}

func (e *ThresholdError) Error() string {
	if e.Group == "" {
		return fmt.Sprintf("%v: %d of %d", ErrThreshold, e.Have, e.Need)
	}
	return fmt.Sprintf("%v: group %q has %d of %d", ErrThreshold, e.Group, e.Have, e.Need)
}

// Is reports whether target is [ErrThreshold].
func (e *ThresholdError) Is(target error) bool { return target == ErrThreshold }

// ForkError reports two documents of one version with different content: somebody
// has signed both who should have signed one. It names both, so that people find
// out which of them others have. It is an [ErrFork].
type ForkError struct {
	Version Version
	Known   [32]byte // hash of the one that is known, or that the snapshot names
	Given   [32]byte // hash of the other
}

func (e *ForkError) Error() string {
	return fmt.Sprintf("%v: %s is known as %x and given as %x", ErrFork, e.Version, e.Known, e.Given)
}

// Is reports whether target is [ErrFork].
func (e *ForkError) Is(target error) bool { return target == ErrFork }

// StatusLossError reports a status list that lacks members of the revoked and the
// superseded set which are known: the region has published from an old backup, or
// somebody has left documents out. It is an [ErrStatusLoss].
type StatusLossError struct {
	List uint32
	Lost int // members
}

func (e *StatusLossError) Error() string {
	return fmt.Sprintf("%v: %d in list %d", ErrStatusLoss, e.Lost, e.List)
}

// Is reports whether target is [ErrStatusLoss].
func (e *StatusLossError) Is(target error) bool { return target == ErrStatusLoss }

// RegionError reports a fault in one region's documents. It costs no other
// region anything.
type RegionError struct {
	Region string // "33"
	Err    error
}

func (e *RegionError) Error() string { return fmt.Sprintf("region %s: %v", e.Region, e.Err) }

// Unwrap returns the fault itself.
func (e *RegionError) Unwrap() error { return e.Err }
