package fetch

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// Result is what an import came to.
type Result struct {
	// Change is nil when the source says that it has not changed since the last
	// import from it.
	Change  *Change
	From    string    // the file or address that was taken
	Delta   bool      // a delta was enough
	Moved   int64     // bytes that came over the net
	Refused []Refusal // what was looked at and not taken, with the reason
}

// Refusal is a file that was not taken.
type Refusal struct {
	From string
	Err  error
}

// update is one import over HTTP.
type update struct {
	http   *HTTP
	store  *Store
	state  *State // nil: the store is empty
	clock  int64
	watch  *watchdog
	result *Result
}

// Import brings the store up to what the source has, at the given time of the
// device's clock (unix seconds): nothing when the source has not changed, a delta
// when the pointer names one for the bundle that the store has, else the bundle.
// Where the source says that nothing has changed although a national document or
// the snapshots of all regions are overdue, it is asked once more past all
// caches.
//
// Every error leaves in force what was in force. Errors about the source are
// *[HTTPError]; a bundle that is refused gives those of [Store.Apply]; beside
// [ErrNothingNewer] the store has noted the time. A context that ends gives its
// cause.
func (h *HTTP) Import(ctx context.Context, store *Store, clock int64) (*Result, error) {
	state, err := store.Current(clock)
	if err != nil && !errors.Is(err, ErrNoStore) {
		return nil, err
	}
	o := &h.options
	least := o.MinRate * int64(o.Window/time.Second)
	ctx, watch := watch(ctx, o.Timer, o.Limit, o.Window, least)
	defer watch.end()
	u := &update{http: h, store: store, state: state, clock: clock, watch: watch, result: &Result{From: h.Address()}}
	if err := u.run(ctx); err != nil {
		return nil, err
	}
	return u.result, nil
}

// run asks, and once more past all caches when the answer cannot be right.
func (u *update) run(ctx context.Context) error {
	etag := ""
	if u.state != nil && u.state.Origin.From == u.http.Address() {
		etag = u.state.Origin.ETag
	}
	if err := u.once(ctx, etag, false); err != nil || !u.stuck() {
		return err
	}
	if err := u.once(ctx, "", true); err != nil || !u.stuck() {
		return err
	}
	return &HTTPError{u.http.Address(), ErrNothingNewer}
}

// once asks for the address, and takes what it has: a pointer or a bundle.
func (u *update) once(ctx context.Context, etag string, fresh bool) error {
	d := u.download(u.http.address, u.http.options.MaxBundle)
	d.etag, d.fresh, d.keep = etag, fresh, true
	got, err := u.fetch(ctx, d)
	if err != nil {
		return err
	}
	if got.notModified {
		return u.store.Remember(u.clock)
	}
	from := Origin{u.http.Address(), got.etag}
	latest, err := layout.ParsePointer(got.data)
	if !errors.Is(err, layout.ErrNotAPointer) || u.isPointer() {
		if err != nil {
			return &HTTPError{u.http.Address(), err}
		}
		return u.follow(ctx, latest, from)
	}
	if d.resumed && !u.clean(got.data) {
		// The two halves were perhaps of two files: the whole in one piece.
		d = u.download(u.http.address, u.http.options.MaxBundle)
		d.fresh = true
		if got, err = u.fetch(ctx, d); err != nil {
			return err
		}
		from.ETag = got.etag
	}
	return u.apply(got.data, from)
}

// clean reports whether everything in a bundle would be taken.
func (u *update) clean(bundle []byte) bool {
	change, _, _, err := u.store.plan(bundle, Origin{}, u.clock)
	return err == nil && change.Report.Clean()
}

// isPointer tells whether the address is that of a pointer, so that anything else
// there is wrong.
func (u *update) isPointer() bool {
	return strings.HasSuffix(u.http.address.Path, "/"+layout.PointerName)
}

// follow takes what the pointer names.
func (u *update) follow(ctx context.Context, latest *layout.Latest, from Origin) error {
	if u.state != nil && u.state.SourceHash == latest.Bundle.Hash {
		return u.apply(u.state.Source, from)
	}
	if u.state != nil {
		if file, ok := latest.DeltaFrom(u.state.SourceHash); ok && file.Size < latest.Bundle.Size {
			err := u.followDelta(ctx, file, latest.Bundle.Hash, from)
			if err == nil || ctx.Err() != nil || isStoreError(err) {
				return err
			}
			u.result.Refused = append(u.result.Refused, Refusal{u.beside(layout.DeltaName(file.Hash)), err})
		}
	}
	data, err := u.named(ctx, layout.BundleName(latest.Bundle.Hash), latest.Bundle)
	if err != nil {
		return err
	}
	return u.apply(data, from)
}

func (u *update) followDelta(ctx context.Context, file layout.File, want [32]byte, from Origin) error {
	data, err := u.named(ctx, layout.DeltaName(file.Hash), file)
	if err != nil {
		return err
	}
	bundle, err := delta.Apply(u.state.Source, data)
	if err != nil {
		return err
	}
	if sha256.Sum256(bundle) != want {
		return ErrWrongContent
	}
	if err := u.apply(bundle, from); err != nil {
		return err
	}
	u.result.Delta = true
	return nil
}

// named fetches a file whose name says its content.
func (u *update) named(ctx context.Context, name string, file layout.File) ([]byte, error) {
	if file.Size > u.http.options.MaxBundle+1<<20 {
		return nil, &HTTPError{u.beside(name), ErrEndless}
	}
	d := u.download(u.http.address.JoinPath("..", name), file.Size)
	d.size, d.fixed, d.keep = file.Size, true, true
	got, err := u.fetch(ctx, d)
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(got.data) != file.Hash {
		return nil, &HTTPError{u.beside(name), ErrWrongContent}
	}
	return got.data, nil
}

func (u *update) download(address *url.URL, limit int64) *download {
	return &download{http: u.http, watch: u.watch, address: address.String(), limit: limit}
}

// fetch runs a download, counts what it cost, and says which address an error is
// about.
func (u *update) fetch(ctx context.Context, d *download) (*fetched, error) {
	u.watch.begin()
	got, err := d.run(ctx)
	u.watch.pause()
	u.result.Moved += d.moved
	if err != nil {
		if ctx.Err() != nil && !errors.Is(err, ErrTooSlow) && !errors.Is(err, ErrTimeout) {
			return nil, err // the caller's own end
		}
		return nil, &HTTPError{shown(d.address), err}
	}
	return got, nil
}

// beside returns the address of a file of the folder, for people.
func (u *update) beside(name string) string {
	return shown(u.http.address.JoinPath("..", name).String())
}

// shown is an address without credentials.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}

// apply takes a bundle into the store. The state stays what it was at the
// beginning.
func (u *update) apply(bundle []byte, from Origin) error {
	change, err := u.store.Apply(bundle, from, u.clock)
	if err != nil {
		return err
	}
	u.result.Change = change
	return nil
}

func isStoreError(err error) bool {
	var about *StoreError
	return errors.As(err, &about)
}

// stuck reports whether the source had nothing new although it should have.
func (u *update) stuck() bool {
	switch change := u.result.Change; {
	case change == nil:
		return u.state != nil && late(u.state.Trust, u.clock)
	case change.Before == nil || change.Changed:
		return false
	default:
		return late(change.After, u.clock)
	}
}

// late reports whether something newer should be published: a national document
// is overdue, or the snapshots of all regions. One region's silence is its own.
func late(trust *trustlist.Trust, clock int64) bool {
	snapshots, overdue := 0, 0
	for _, d := range trust.Inspect(clock).Documents {
		switch {
		case d.Region == "" && d.Overdue:
			return true
		case d.Kind == trustlist.KindSnapshot && d.Overdue:
			snapshots++
			overdue++
		case d.Kind == trustlist.KindSnapshot:
			snapshots++
		}
	}
	return snapshots > 0 && overdue == snapshots
}
