package device

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// faults are those of stores and sources that have a message of their own; each
// takes what it is about.
var faults = []program.Explanation{
	{Target: fetch.ErrNoStore, Key: "store_missing"},
	{Target: fetch.ErrNotAStore, Key: "not_a_store"},
	{Target: fetch.ErrDamaged, Key: "store_damaged"},
	{Target: fetch.ErrNoAnchor, Key: "store_no_root"},
	{Target: fetch.ErrOtherAnchor, Key: "store_other_root"},
	{Target: fetch.ErrBusy, Key: "store_busy"},
	{Target: fetch.ErrNotRegular, Key: "not_regular"},
	{Target: fetch.ErrNothingFound, Key: "stick_empty"},
	{Target: fetch.ErrNoBase, Key: "delta_no_base"},
	{Target: delta.ErrNotADelta, Key: "not_a_delta"},
	{Target: delta.ErrWrongResult, Key: "not_a_delta"},
	{Target: delta.ErrLaterVersion, Key: "delta_later"},
	{Target: fetch.ErrAddress, Key: "address_wrong"},
	{Target: fetch.ErrNoAnswer, Key: "no_answer"},
	{Target: fetch.ErrEndless, Key: "too_much_data"},
	{Target: fetch.ErrTooSlow, Key: "too_slow"},
	{Target: fetch.ErrTimeout, Key: "too_long"},
	{Target: fetch.ErrCut, Key: "connection_cut"},
	{Target: fetch.ErrRedirect, Key: "redirected"},
	{Target: fetch.ErrBadAnswer, Key: "bad_answer"},
	{Target: fetch.ErrWrongContent, Key: "wrong_content"},
	{Target: fetch.ErrNothingNewer, Key: "nothing_newer"},
	{Target: layout.ErrNotAPointer, Key: "not_a_pointer"},
	{Target: layout.ErrLaterVersion, Key: "later_bundle"},
}

// trustFaults are those of trust material.
var trustFaults = []program.Explanation{
	{Target: trustlist.ErrNotABundle, Key: "not_a_bundle"},
	{Target: trustlist.ErrLaterVersion, Key: "later_bundle"},
	{Target: trustlist.ErrNotAnchored, Key: "not_anchored"},
	{Target: trustlist.ErrThreshold, Key: "threshold_missed"},
	{Target: trustlist.ErrRollback, Key: "rollback"},
}

// Fault gives an error about a store or a source its words; what names what it was
// about where the error does not.
func Fault(what string, err error) error {
	var user *program.UserError
	if err == nil || errors.Is(err, context.Canceled) || errors.As(err, &user) {
		return err
	}
	what, inStore := subject(what, err)
	switch {
	case inStore && errors.Is(err, fetch.ErrUntrusted) && errors.Is(err, trustlist.ErrLaterVersion):
		return program.FailFor(err, "store_later", what)
	case inStore && errors.Is(err, fetch.ErrUntrusted):
		return program.FailFor(err, "store_untrusted", what)
	case inStore && errors.Is(err, fs.ErrNotExist):
		return &files.PathError{Path: filepath.Dir(what), Err: files.ErrNoFolder}
	}
	var later *fetch.LaterStoreError
	if errors.As(err, &later) {
		return program.FailFor(err, "store_later_format", what, later.Format, program.Version(), fetch.StoreFormat)
	}
	var status *fetch.StatusError
	if errors.As(err, &status) {
		return program.FailFor(err, "no_such_page", what, status.Code)
	}
	for _, known := range faults {
		if errors.Is(err, known.Target) {
			return program.FailFor(err, known.Key, what)
		}
	}
	if known, ok := program.Common(err); ok {
		return &files.PathError{Path: what, Err: known.Target}
	}
	return TrustFault(what, err)
}

// TrustFault gives an error about trust material its words; path names the bundle.
func TrustFault(path string, err error) error {
	for _, known := range trustFaults {
		if errors.Is(err, known.Target) {
			return program.FailFor(err, known.Key, path)
		}
	}
	return program.FailWith(err, "bundle_refused", path)
}

// subject returns the file or address that an error names, and whether it is that of
// the store.
func subject(what string, err error) (string, bool) {
	var store *fetch.StoreError
	var file *fetch.FileError
	var address *fetch.HTTPError
	switch {
	case errors.As(err, &store):
		return store.Path, true
	case errors.As(err, &file):
		return file.Path, false
	case errors.As(err, &address):
		return address.Address, false
	}
	return what, false
}
