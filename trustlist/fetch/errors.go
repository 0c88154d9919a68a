package fetch

import (
	"errors"
	"fmt"
	"net/http"
)

var (
	// ErrNoStore reports that nothing was ever applied: there is no file.
	ErrNoStore = errors.New("fetch: no trust store yet")
	// ErrNotRegular reports a folder, a device or a pipe in the place of a file.
	ErrNotRegular = errors.New("fetch: is no regular file")
	// ErrNotAStore reports a file that does not begin as a store does.
	ErrNotAStore = errors.New("fetch: not a trust store")
	// ErrDamaged reports a store whose bytes are not those that were written.
	ErrDamaged = errors.New("fetch: trust store is damaged")
	// ErrUntrusted reports a store that is whole and does not verify from the
	// root that trust begins with: this package did not write it.
	ErrUntrusted = errors.New("fetch: trust store does not verify")
	// ErrLaterStore reports a store that a later version of this program wrote; a
	// *[LaterStoreError] around it says which form it has.
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

// What can be wrong with what a server sends. The errors are beneath an
// *[HTTPError]; what was in force stays in force.
var (
	// ErrAddress reports an address that is none of a web server.
	ErrAddress = errors.New("fetch: not an http or https address")
	// ErrNoAnswer reports that there was no connection or no answer.
	ErrNoAnswer = errors.New("fetch: no answer")
	// ErrEndless reports more data than may come.
	ErrEndless = errors.New("fetch: more data than there may be")
	// ErrTooSlow reports that too little data came for too long.
	ErrTooSlow = errors.New("fetch: data comes too slowly")
	// ErrTimeout reports that the import as a whole took too long.
	ErrTimeout = errors.New("fetch: took too long")
	// ErrCut reports a connection that broke again and again. What has come is
	// kept, and the next import goes on from there.
	ErrCut = errors.New("fetch: connection was cut")
	// ErrRedirect reports too many redirections, or one from https to http.
	ErrRedirect = errors.New("fetch: redirected too often, or away from https")
	// ErrBadAnswer reports an answer that breaks HTTP: another range than was
	// asked for, "not modified" without a question, a coding, a wrong length.
	ErrBadAnswer = errors.New("fetch: wrong answer")
	// ErrWrongContent reports another file than the pointer names.
	ErrWrongContent = errors.New("fetch: not the file that the pointer names")
	// ErrNothingNewer reports a source that has only what is in force already
	// although something newer is due: a cache in between may be stuck, or the
	// publisher is late.
	ErrNothingNewer = errors.New("fetch: nothing newer, although it is due")
)

// StatusError is an answer with a status that says there is no file.
type StatusError struct{ Code int } // 404

func (e *StatusError) Error() string {
	return fmt.Sprintf("fetch: status %d %s", e.Code, http.StatusText(e.Code))
}

// HTTPError says which address an error is about.
type HTTPError struct {
	Address string // without credentials
	Err     error
}

func (e *HTTPError) Error() string { return e.Address + ": " + e.Err.Error() }

// Unwrap returns the fault itself.
func (e *HTTPError) Unwrap() error { return e.Err }

// LaterStoreError names the form of a store that a later version of this program
// wrote. [errors.Is] finds [ErrLaterStore] in it.
type LaterStoreError struct {
	Format string // as it stands in the file: "tongxing/store/2"
}

func (e *LaterStoreError) Error() string {
	return fmt.Sprintf("%v: %q, this one knows %q", ErrLaterStore, e.Format, StoreFormat)
}

// Unwrap returns ErrLaterStore.
func (e *LaterStoreError) Unwrap() error { return ErrLaterStore }

// StoreError says which store an error is about.
type StoreError struct {
	Path string
	Err  error
}

func (e *StoreError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the fault itself.
func (e *StoreError) Unwrap() error { return e.Err }
