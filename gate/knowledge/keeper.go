// Package knowledge keeps what a venue's device believes: it brings the store up to
// date from a folder or stick, from HTTP when there happens to be a network and from
// a series of QR codes, and has the verifier over what is in force.
//
//	store ──Open──▶ Keeper ──Verifier──▶ *verifier.Verifier    replaced at once, never changed
//	                  ▲
//	    Folder, Web, AddFrame                                   none of them trusted
//
// The store is one file that is replaced whole or not at all (package fetch), so
// that a power cut leaves the old knowledge or the new; the Keeper itself keeps
// nothing. For example a device with a stick:
//
//	keeper, err := knowledge.Open(knowledge.Options{Store: path, Anchor: anchor, Clock: time.Now})
//	changed, err := keeper.Import(ctx, knowledge.NewFolder("/media/stick"))
//	verdict := keeper.Verifier().Verify(text, now, venue)
package knowledge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
	"github.com/tongxing/tongxing/verifier"
)

// Options of a Keeper.
type Options struct {
	Store  string           // the file, which need not be there yet
	Anchor trustlist.Anchor // zero: the one that the store has
	Clock  func() time.Time
	// Busy is asked whether to wait for another process that imports; nil: no.
	Busy     func(tries int) bool
	Verifier verifier.Options
	// Status is of which regions status lists are kept; nil: as the store has it.
	Status *trustlist.StatusChoice
}

// ErrOptions reports options that no Keeper can be made with.
var ErrOptions = errors.New("knowledge: a store and a clock have to be given")

// Source is where a bundle may come from.
type Source interface {
	// Name returns the folder or address, without credentials.
	Name() string
	// Import brings the store up to what the source has. A nil result without an
	// error says that it is as it was the last time, with what was wrong with it.
	Import(ctx context.Context, store *fetch.Store, clock int64) (*fetch.Result, error)
}

// loaded is one state of what is known.
type loaded struct {
	state    *fetch.State // nil: nothing yet
	verifier *verifier.Verifier
	file     os.FileInfo // of the store when it was read
}

// Keeper has what a device believes. It is safe for concurrent use.
type Keeper struct {
	store   *fetch.Store
	clock   func() time.Time
	options verifier.Options
	now     atomic.Pointer[loaded]

	importing sync.Mutex // imports one after the other
	problems  problems
	frames    frames
}

// Open returns the Keeper of a store. A store that is not there yet is no error: the
// verifier answers every code with no_trust until something is imported. Errors are
// ErrOptions and those of fetch.OpenStore and Store.Current.
func Open(o Options) (*Keeper, error) {
	if o.Store == "" || o.Clock == nil {
		return nil, ErrOptions
	}
	store, err := fetch.OpenStore(o.Store, fetch.StoreOptions{Anchor: o.Anchor, Busy: o.Busy, Status: o.Status})
	if err != nil {
		return nil, err
	}
	k := &Keeper{store: store, clock: o.Clock, options: o.Verifier, frames: frames{decoder: series.NewDecoder()}}
	if err := k.load(); err != nil {
		return nil, err
	}
	return k, nil
}

// load reads the store and replaces what is believed.
func (k *Keeper) load() error {
	info, err := os.Stat(k.store.Path())
	if err != nil {
		info = nil
	}
	next := &loaded{file: info}
	state, err := k.store.Current(k.clock().Unix())
	switch {
	case errors.Is(err, fetch.ErrNoStore):
		next.verifier = new(verifier.Verifier)
	case err != nil:
		return err
	default:
		next.state = state
		if next.verifier, err = verifier.New(state.Trust, k.options); err != nil {
			return fmt.Errorf("knowledge: %w", err)
		}
	}
	k.now.Store(next)
	return nil
}

// Verifier returns the verifier over what is in force. It is asked for with every
// code: after an import it is another one.
func (k *Keeper) Verifier() *verifier.Verifier { return k.now.Load().verifier }

// State returns what the store held when it was last read, nil when there is
// nothing yet. It is not to be changed.
func (k *Keeper) State() *fetch.State { return k.now.Load().state }

// Import brings the store up to what a source has, and reports whether anything
// else is in force now. Every error leaves in force what was, and is remembered for
// Standing until the source is good again; so is what is wrong with a file beside one
// that is good.
func (k *Keeper) Import(ctx context.Context, from Source) (bool, error) {
	k.importing.Lock()
	defer k.importing.Unlock()
	result, err := from.Import(ctx, k.store, k.clock().Unix())
	switch {
	case errors.Is(err, context.Canceled):
		return false, err
	case err != nil:
		k.problems.note(from.Name(), err)
		return false, err
	case result == nil:
		return false, nil
	}
	k.problems.note(from.Name(), refusal(result))
	if result.Change == nil || !result.Change.Changed {
		return false, nil
	}
	return true, k.load()
}

// Problem returns what is wrong with a source since it was last imported from, nil for
// nothing.
func (k *Keeper) Problem(from Source) error { return k.problems.get(from.Name()) }

// Refresh reads the store again if another process has replaced it, and reports
// whether it has.
func (k *Keeper) Refresh() (bool, error) {
	info, err := os.Stat(k.store.Path())
	before := k.now.Load().file
	switch {
	case err != nil: // gone: what was verified stays in force
		return false, nil
	case before != nil && os.SameFile(before, info) && before.ModTime().Equal(info.ModTime()) && before.Size() == info.Size():
		return false, nil
	}
	k.importing.Lock()
	defer k.importing.Unlock()
	return true, k.load()
}

// Watch imports from every source at once and then with every tick, until ctx ends
// or ticks is closed. It calls changed after each import that changed anything, and
// whenever something else, or nothing any more, is wrong with a source, with that. A
// source that is not there, a stick that is not plugged in or a network that is away,
// is no reason to end.
func (k *Keeper) Watch(ctx context.Context, ticks <-chan time.Time, changed func(error), sources ...Source) {
	for {
		if again, err := k.Refresh(); again || err != nil {
			changed(err)
		}
		for _, from := range sources {
			k.look(ctx, from, changed)
		}
		select {
		case <-ctx.Done():
			return
		case _, more := <-ticks:
			if !more {
				return
			}
		}
	}
}

// look imports from one source and tells what is new about it.
func (k *Keeper) look(ctx context.Context, from Source, changed func(error)) {
	before := k.Problem(from)
	inForce, err := k.Import(ctx, from)
	after := k.Problem(from)
	if ctx.Err() == nil && (inForce || fmt.Sprint(before) != fmt.Sprint(after)) {
		changed(cmp.Or(err, after))
	}
}
