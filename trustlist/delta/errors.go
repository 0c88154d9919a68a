package delta

import (
	"errors"
	"fmt"
)

var (
	// ErrNotADelta reports a file that is no delta, or a damaged one.
	ErrNotADelta = errors.New("delta: not a delta between bundles")
	// ErrLaterVersion reports a delta of a later form than this program knows.
	// The whole bundle does without it.
	ErrLaterVersion = errors.New("delta: made for a later version of this program")
	// ErrTooLarge reports a bundle or a delta above its bound.
	ErrTooLarge = errors.New("delta: larger than its kind may be")
	// ErrSame reports that the two bundles are one.
	ErrSame = errors.New("delta: the two bundles are the same")
	// ErrEmpty reports a bundle without a byte.
	ErrEmpty = errors.New("delta: bundle is empty")
	// ErrWrongResult reports a delta that makes something else than the bundle
	// that it names.
	ErrWrongResult = errors.New("delta: the result is not the bundle that it names")
)

// OtherBaseError reports a delta that applies to another bundle than the one
// given.
type OtherBaseError struct {
	Want Bundle // the one that the delta applies to
	Have Bundle // the one that was given
}

func (e *OtherBaseError) Error() string {
	return fmt.Sprintf("delta: applies to the bundle %x of %d bytes, given is %x of %d bytes",
		e.Want.Hash, e.Want.Size, e.Have.Hash, e.Have.Size)
}
