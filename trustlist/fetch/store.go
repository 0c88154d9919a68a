package fetch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/tongxing/tongxing/trustlist"
)

// StoreOptions is what a [Store] has to know of the device.
type StoreOptions struct {
	// Anchor is the root that trust begins with. The zero Anchor takes the one
	// that the store has; it cannot begin a store.
	Anchor trustlist.Anchor
	// Busy is asked whether to try again when another process is writing the
	// store, with the number of tries so far, from 1; it waits a little if it
	// says yes. nil: the import ends with [ErrBusy].
	Busy func(tries int) bool
	// Status is of which regions the device carries status lists from the next
	// import on; the store keeps it. nil: as the store has it, all at first.
	Status *trustlist.StatusChoice
}

// Store is what a device believes, in one file. It is safe for concurrent use,
// by other processes too. It holds nothing in memory: every call reads the file
// and verifies it.
type Store struct {
	path   string
	anchor trustlist.Anchor
	busy   func(tries int) bool
	status *trustlist.StatusChoice
	disk   disk
	mu     sync.Mutex // imports of this process, one after the other
}

// OpenStore returns the store in the file at path, which need not be there yet;
// its folder has to be. A link is followed. If the file is there, it is read and
// its form and beginning are checked, so that a wrong path is told before
// anything is fetched for it. Errors are *[StoreError]; beneath are
// [ErrNotAStore], [ErrLaterStore], [ErrDamaged], [ErrUntrusted], [ErrOtherAnchor]
// and those of package os.
func OpenStore(path string, o StoreOptions) (*Store, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		target, err = path, nil
	}
	if err != nil {
		return nil, &StoreError{path, err}
	}
	s := &Store{path: target, anchor: o.Anchor, busy: o.Busy, status: o.Status, disk: systemDisk{}}
	if _, _, err := s.read(); err != nil && !errors.Is(err, ErrNoStore) {
		return nil, err
	}
	return s, nil
}

// Path returns the file of the store.
func (s *Store) Path() string { return s.path }

// State is what a store holds, verified. It is the caller's own.
type State struct {
	Trust  *trustlist.Trust
	Report *trustlist.Report // what of the source is not in force as it was given
	Anchor trustlist.Anchor
	Origin Origin // of the source

	// Known is the latest time that the device has known, and Applied when the
	// source was applied by the device's clock, in unix seconds.
	Known, Applied int64

	Source     []byte   // the bundle as it was last applied
	SourceHash [32]byte // its SHA-256, which a delta names
	RestSize   int      // bytes of what is in force beside the source
	// Status is of which regions the device carries status lists.
	Status trustlist.StatusChoice
	Size   int // bytes of the file
}

// Current reads the store and verifies everything in it, as at a start of the
// device whose clock shows the given time (unix seconds; 0: it has none). Errors
// are *[StoreError]; beneath are [ErrNoStore] and those of [OpenStore].
func (s *Store) Current(clock int64) (*State, error) {
	c, data, err := s.read()
	if err != nil {
		return nil, err
	}
	trust, report, err := c.load(clock)
	if err != nil {
		return nil, &StoreError{s.path, err}
	}
	return &State{
		Trust: trust, Report: report, Anchor: trustlist.AnchorHash(c.Anchor), Origin: Origin{c.From, c.ETag},
		Known: c.Known, Applied: c.Applied, Source: c.Source, SourceHash: sha256.Sum256(c.Source),
		RestSize: len(c.Rest), Size: len(data), Status: c.choice(),
	}, nil
}

// read reads the file and checks its form. The bytes are the file's, nil beside
// ErrNoStore.
func (s *Store) read() (*content, []byte, error) {
	data, err := readFile(s.path, maxStore, ErrNotAStore)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, &StoreError{s.path, ErrNoStore}
	}
	if err != nil {
		return nil, nil, &StoreError{s.path, err}
	}
	c, err := decodeStore(data)
	if err == nil && s.anchor != (trustlist.Anchor{}) && s.anchor.Hash() != c.Anchor {
		err = fmt.Errorf("%w: %x", ErrOtherAnchor, c.Anchor)
	}
	if err != nil {
		return nil, nil, &StoreError{s.path, err}
	}
	return c, data, nil
}

// Change is what an import came to.
type Change struct {
	Before  *trustlist.Trust // nil: there was nothing
	After   *trustlist.Trust
	Report  *trustlist.Report // what of the bundle was not taken as it was given
	Changed bool              // whether anything else is in force than before
}

// Apply takes a bundle, whole, at the given time of the device's clock (unix
// seconds; 0: it has none). It is verified against everything that was known
// before; what it leaves out stays in force; the file is replaced at once or not
// at all. A bundle that changes nothing leaves the known source in its place,
// unless it holds everything that is in force by itself.
//
// Every error leaves the store as it was. They are those of trustlist.Load about
// the bundle, and *[StoreError] about the store: beneath are those of [OpenStore],
// [ErrNoAnchor], and [ErrBusy], after which the same call may be made again.
func (s *Store) Apply(bundle []byte, from Origin, clock int64) (*Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		change, next, old, err := s.plan(bundle, from, clock)
		if err != nil {
			return nil, err
		}
		done, err := s.replace(old, next)
		if err != nil {
			return nil, err
		}
		if done {
			return change, nil
		}
	}
}

// Remember notes that the device has known the given time of its clock, so that
// a device whose clock starts anew with the power does not begin in 1970. The
// source was asked for and had nothing new. Errors are those of [Store.Current],
// and [ErrBusy].
func (s *Store) Remember(clock int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		c, old, err := s.read()
		if err != nil {
			return err
		}
		trust, _, err := c.load(clock)
		if err != nil {
			return &StoreError{s.path, err}
		}
		next := *c
		next.Known = known(c.Known, clock, trust)
		done, err := s.replace(old, &next)
		if done || err != nil {
			return err
		}
	}
}

// plan verifies a bundle against the store as it is, and returns the content that
// should follow on the bytes of the old file.
func (s *Store) plan(bundle []byte, from Origin, clock int64) (*Change, *content, []byte, error) {
	before, old, err := s.read()
	if errors.Is(err, ErrNoStore) {
		if s.anchor == (trustlist.Anchor{}) {
			return nil, nil, nil, &StoreError{s.path, ErrNoAnchor}
		}
		before, err = &content{Anchor: s.anchor.Hash()}, nil
	}
	if err != nil {
		return nil, nil, nil, err
	}
	choice := before.choice()
	if s.status != nil {
		choice = *s.status
	}
	change, next, err := before.apply(bundle, from, clock, choice)
	if errors.Is(err, ErrUntrusted) {
		err = &StoreError{s.path, err}
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return change, next, old, nil
}

// lock takes the lock of the store, as patiently as the caller is.
func (s *Store) lock() (release func(), err error) {
	for tries := 1; ; tries++ {
		release, err = lockFile(s.path + ".lock")
		if !errors.Is(err, ErrBusy) || s.busy == nil || !s.busy(tries) {
			return release, err
		}
	}
}

// replace makes next the content of the store if the file still has the bytes
// that next was made from, and returns false if it has not.
func (s *Store) replace(old []byte, next *content) (bool, error) {
	data, err := next.encode()
	if err != nil {
		return false, &StoreError{s.path, err}
	}
	if bytes.Equal(data, old) {
		return true, nil
	}
	release, err := s.lock()
	if err != nil {
		return false, &StoreError{s.path, err}
	}
	defer release()
	now, err := readFile(s.path, maxStore, ErrNotAStore)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, &StoreError{s.path, err}
	}
	if !bytes.Equal(now, old) {
		return false, nil
	}
	if err := replaceFile(s.disk, s.path, data); err != nil {
		return false, &StoreError{s.path, err}
	}
	return true, nil
}
