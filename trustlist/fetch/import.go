package fetch

import (
	"errors"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
)

// ErrNothingFound reports a folder without a bundle or a delta.
var ErrNothingFound = errors.New("fetch: no bundle and no delta in the folder")

// ErrNoBase reports a delta to a bundle that is neither in the store nor beside
// it.
var ErrNoBase = errors.New("fetch: delta for another bundle than the store has")

// FileError says which file of a source an error is about.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the fault itself.
func (e *FileError) Unwrap() error { return e.Err }

// ImportFile brings the store up to the bundle in a file, or by the delta in it,
// at the given time of the device's clock (unix seconds). Errors about the file
// are *[FileError], those of package delta and of [Store.Apply] beneath; errors
// about the store are *[StoreError]. Each leaves in force what was in force.
func ImportFile(store *Store, path string, clock int64) (*Result, error) {
	data, err := readFile(path, delta.MaxSize, trustlist.ErrTooLarge)
	if err != nil {
		return nil, &FileError{path, err}
	}
	return ImportBytes(store, data, path, clock)
}

// ImportBytes is [ImportFile] for a bundle or delta that came another way, as a
// series of QR codes; from says which, in the store's origin and in errors.
func ImportBytes(store *Store, data []byte, from string, clock int64) (*Result, error) {
	state, err := stateOf(store, clock)
	if err != nil {
		return nil, err
	}
	bundle, byDelta, err := expand(data, state)
	if err != nil {
		return nil, &FileError{from, err}
	}
	change, err := store.Apply(bundle, Origin{From: from}, clock)
	if err != nil {
		return nil, aboutFile(from, err)
	}
	return &Result{Change: change, From: from, Delta: byDelta}, nil
}

// stateOf returns what the store has, nil when it is empty.
func stateOf(store *Store, clock int64) (*State, error) {
	state, err := store.Current(clock)
	if errors.Is(err, ErrNoStore) {
		return nil, nil
	}
	return state, err
}

func aboutFile(path string, err error) error {
	if isStoreError(err) {
		return err
	}
	return &FileError{path, err}
}

// expand returns the bundle that data is or, as a delta, gives.
func expand(data []byte, state *State) (bundle []byte, byDelta bool, err error) {
	d, err := delta.Parse(data)
	switch {
	case errors.Is(err, delta.ErrLaterVersion), err == nil:
	default:
		return data, false, nil // whatever is wrong with it is said by the one who reads bundles
	}
	if err != nil {
		return nil, true, err
	}
	if state == nil || state.SourceHash != d.From().Hash {
		return nil, true, ErrNoBase
	}
	bundle, err = d.Apply(state.Source)
	return bundle, true, err
}
