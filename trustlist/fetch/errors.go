package fetch

import "errors"

var (
	// ErrNoStore reports that nothing was ever applied: there is no file.
	ErrNoStore = errors.New("fetch: no trust store yet")
	// ErrNotAStore reports a file that does not begin as a store does.
	ErrNotAStore = errors.New("fetch: not a trust store")
	// ErrDamaged reports a store whose bytes are not those that were written.
	ErrDamaged = errors.New("fetch: trust store is damaged")
	// ErrUntrusted reports a store that is whole and does not verify from the
	// root that trust begins with: this package did not write it.
	ErrUntrusted = errors.New("fetch: trust store does not verify")
	// ErrLaterStore reports a store that a later version of this program wrote.
	ErrLaterStore = errors.New("fetch: trust store of a later version of this program")
	// ErrNoAnchor reports that the root to begin with is not known: it has to be
	// given when a bundle is applied for the first time.
	ErrNoAnchor = errors.New("fetch: the root that trust begins with is not known")
	// ErrOtherAnchor reports a store that begins with another root than the one
	// that was given.
	ErrOtherAnchor = errors.New("fetch: trust store begins with another root")
	// ErrBusy reports that another process is writing the store at this moment.
	// Nothing was changed; trying again later is right.
	ErrBusy = errors.New("fetch: another import is running")
)

// StoreError says which store an error is about.
type StoreError struct {
	Path string
	Err  error
}

func (e *StoreError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the fault itself.
func (e *StoreError) Unwrap() error { return e.Err }
