package publish

import (
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

var (
	// ErrNotADraft reports a file that is neither a draft nor a signed document.
	ErrNotADraft = errors.New("publish: neither a draft nor a signed document")
	// ErrNotASignature reports a file that is not a detached signature.
	ErrNotASignature = errors.New("publish: not a detached signature")
	// ErrOtherDocument reports a detached signature for another document.
	ErrOtherDocument = errors.New("publish: signature is for another document")
	// ErrSecondOpinion reports a signature that the second implementation does not
	// accept. It must not be released.
	ErrSecondOpinion = errors.New("publish: second implementation refuses the signature")
	// ErrNotAProvince reports a region that is neither a provincial division of
	// GB/T 2260 nor the national platform ("00").
	ErrNotAProvince = errors.New("publish: not a provincial division")
	// ErrListed reports a region that is admitted already: one issuer a province.
	ErrListed = errors.New("publish: region is in the trust list already")
	// ErrNothingToDo reports a change that would change nothing.
	ErrNothingToDo = errors.New("publish: nothing would change")
	// ErrNoSuchKey reports a key identifier that is not in the key set.
	ErrNoSuchKey = errors.New("publish: no such key in the key set")
	// ErrLastCounter reports a version that only a new epoch can follow.
	ErrLastCounter = errors.New("publish: only a new epoch follows this version")
	// ErrIssuedBefore reports a document that would be issued before the one that
	// it follows: the clock was set back.
	ErrIssuedBefore = errors.New("publish: issued before the document that it follows")
	// ErrEpochBack reports a region whose epoch would fall: devices that know its
	// documents of the higher epoch would take none until it is reached again.
	ErrEpochBack = errors.New("publish: epoch of a region must not fall")
	// ErrNotClean reports a bundle that would load, but not whole.
	ErrNotClean = errors.New("publish: a part of the bundle would be refused")
	// ErrNoKeys reports a group or an authority without keys.
	ErrNoKeys = errors.New("publish: no keys")
	// ErrThresholdRange reports a threshold that is not from 1 to the number of
	// keys.
	ErrThresholdRange = errors.New("publish: threshold does not fit the number of keys")
	// ErrMixedAlgorithms reports a group of keys of several algorithms.
	ErrMixedAlgorithms = errors.New("publish: keys of several algorithms in one group")
	// ErrForeignAlgorithm reports a key of an algorithm that is unknown here, which
	// cannot prove that it is held.
	ErrForeignAlgorithm = errors.New("publish: key of an unknown algorithm")
)

// SubProvincialError reports a region that lies within a province: only the
// province issues. It is an [ErrNotAProvince].
type SubProvincialError struct {
	Code     string // "3301", "330100"
	Province string // "33"
}

func (e *SubProvincialError) Error() string {
	return fmt.Sprintf("%v: %s lies in %s", ErrNotAProvince, e.Code, e.Province)
}

// Is reports whether target is [ErrNotAProvince].
func (e *SubProvincialError) Is(target error) bool { return target == ErrNotAProvince }

// GroupError reports a group of a root that cannot be as it was planned: an
// [ErrNoKeys], [ErrThresholdRange] or [ErrMixedAlgorithms].
type GroupError struct {
	Group           string
	Threshold, Keys int
	Err             error
}

func (e *GroupError) Error() string {
	return fmt.Sprintf("%v: group %q, %d of %d", e.Err, e.Group, e.Threshold, e.Keys)
}

// Unwrap returns what is wrong with the group.
func (e *GroupError) Unwrap() error { return e.Err }

// Role is what a key is for. No key has two.
type Role uint8

// The roles of keys.
const (
	RoleRoot      Role = iota + 1 // of a group of the root
	RoleAuthority                 // of a region's authority
	RoleSigning                   // of a region's key set
)

// Place is where a key stands.
type Place struct {
	Role Role
	Name string // of the group of the root, or the region
}

func (p Place) String() string {
	switch p.Role {
	case RoleRoot:
		return "group " + p.Name + " of the root"
	case RoleAuthority:
		return "authority of region " + p.Name
	case RoleSigning:
		return "signing key of region " + p.Name
	}
	return "nowhere"
}

// KeyPlaceError reports a key that has two places, or two keys that have one key
// identifier. It is a [trustlist.ErrSharedKey].
type KeyPlaceError struct {
	KeyID         [sig.KeyIDSize]byte
	SameKey       bool // false: two keys of one identifier
	First, Second Place
}

func (e *KeyPlaceError) Error() string {
	return fmt.Sprintf("%v: %x: %s, %s", trustlist.ErrSharedKey, e.KeyID, e.First, e.Second)
}

// Is reports whether target is [trustlist.ErrSharedKey].
func (e *KeyPlaceError) Is(target error) bool { return target == trustlist.ErrSharedKey }
