package fetch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

const (
	// MaxFolderFiles is how many bundles and deltas of a folder are looked at:
	// those that were changed last.
	MaxFolderFiles = 64
	// maxFolderEntries is how many names of a folder are read.
	maxFolderEntries = 10_000
	// maxMade bounds the bundles that deltas of a folder have made and further
	// deltas may follow on, in bytes together: small deltas make large bundles.
	maxMade = 2 * trustlist.MaxBundle
)

// folder is a stick on which bundles and deltas lie.
type folder struct {
	path   string
	root   *os.Root
	store  *Store
	clock  int64
	state  *State // nil: the store is empty
	result *Result
	best   *candidate // nil: none so far
}

// candidate is a bundle that applies.
type candidate struct {
	from    string
	bundle  []byte
	hash    [32]byte
	byDelta bool
	trust   *trustlist.Trust
}

// ImportFolder brings the store up to the best of the bundles and deltas in a
// folder, a USB stick say, at the given time of the device's clock (unix
// seconds), until ctx ends. It looks at regular files whose names end in .bundle or .delta, in
// the folder itself and, where somebody has copied a published folder, in bundle
// and delta; at [MaxFolderFiles] of them at most; never at anything that a link
// leads to outside. The best of those that apply is the one after which the root,
// the list and the policy are the newest, and then the documents of regions.
//
// Result.Refused has the rest with what is wrong with it. Errors are
// [ErrNothingFound] and those of the first file that is not good, as
// *[FileError], when no bundle applies, *[StoreError], and the cause of ctx when
// it has ended before the store was replaced.
func ImportFolder(ctx context.Context, store *Store, path string, clock int64) (*Result, error) {
	state, err := stateOf(store, clock)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, &FileError{path, bare(err)}
	}
	defer root.Close()
	f := &folder{path: path, root: root, store: store, clock: clock, state: state, result: &Result{}}
	names, err := f.names()
	if err != nil {
		return nil, &FileError{path, bare(err)}
	}
	if len(names) == 0 {
		return nil, &FileError{path, ErrNothingFound}
	}
	if err := f.lookAt(ctx, names); err != nil {
		return nil, err
	}
	if f.best == nil {
		return nil, &FileError{f.result.Refused[0].From, f.result.Refused[0].Err}
	}
	f.result.From, f.result.Delta = f.best.from, f.best.byDelta
	if f.result.Change, err = store.Apply(f.best.bundle, Origin{From: f.best.from}, clock); err != nil {
		return nil, aboutFile(f.best.from, err)
	}
	return f.result, nil
}

// bare takes the path off an error of package os: FileError names it once.
func bare(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// names returns the files to look at, newest first by the time of the last
// change.
func (f *folder) names() ([]string, error) {
	type found struct {
		name    string
		changed int64
	}
	var all []found
	for _, sub := range []string{".", layout.Bundle.Folder(), layout.Delta.Folder()} {
		entries, err := f.entries(sub)
		if err != nil && sub == "." {
			return nil, err
		}
		for _, entry := range entries {
			name := path.Join(sub, entry.Name())
			if !wanted(name) {
				continue
			}
			if info, err := f.root.Stat(name); err == nil && info.Mode().IsRegular() {
				all = append(all, found{name, info.ModTime().Unix()})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.changed, a.changed) })
	all = all[:min(len(all), MaxFolderFiles)]
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].name
	}
	return names, nil
}

// wanted tells whether a name is one of ours; those that begin with a dot are of
// other systems (._national.bundle).
func wanted(name string) bool {
	base := path.Base(name)
	return !strings.HasPrefix(base, ".") && (strings.HasSuffix(base, ".bundle") || strings.HasSuffix(base, ".delta"))
}

func (f *folder) entries(sub string) ([]fs.DirEntry, error) {
	opened, err := f.root.Open(sub)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	entries, err := opened.ReadDir(maxFolderEntries)
	if len(entries) > 0 {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return entries, nil
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return nil, err
}

func isDelta(name string) bool { return strings.HasSuffix(name, ".delta") }

// lookAt tries every file. Only an error about the store comes back, and the end
// of ctx: a stick may hold hours of work.
func (f *folder) lookAt(ctx context.Context, names []string) error {
	if err := f.lookAtBundles(ctx, names); err != nil {
		return err
	}
	if err := f.lookAtDeltas(ctx, names); err != nil {
		return err
	}
	return context.Cause(ctx)
}

func (f *folder) lookAtBundles(ctx context.Context, names []string) error {
	for _, name := range names {
		if isDelta(name) {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		bundle, err := f.read(name)
		if err == nil {
			_, err = f.try(name, bundle, false)
		}
		if err := f.refuse(name, err); err != nil {
			return err
		}
	}
	return nil
}

// bases are the bundles that deltas may follow on.
type bases struct {
	bundles map[[32]byte][]byte
	wanted  map[string][32]byte // by delta that was read, so that each is read twice at most
	room    int                 // bytes that made ones may still take
}

// lookAtDeltas follows the deltas from what the store has and from the best
// bundle, each once, until none fits any more.
func (f *folder) lookAtDeltas(ctx context.Context, names []string) error {
	b := &bases{map[[32]byte][]byte{}, map[string][32]byte{}, maxMade}
	if f.state != nil {
		b.bundles[f.state.SourceHash] = f.state.Source
	}
	if f.best != nil {
		b.bundles[f.best.hash] = f.best.bundle
	}
	waiting := slices.DeleteFunc(names, func(name string) bool { return !isDelta(name) })
	for again := true; again; {
		again = false
		for _, name := range slices.Clone(waiting) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			made, fits, err := f.follow(name, b)
			if !fits && err == nil {
				continue
			}
			waiting = slices.DeleteFunc(waiting, func(other string) bool { return other == name })
			if err := f.refuse(name, err); err != nil {
				return err
			}
			again = b.add(made) || again
		}
	}
	for _, name := range waiting {
		f.result.Refused = append(f.result.Refused, Refusal{path.Join(f.path, name), ErrNoBase})
	}
	return nil
}

// add lets further deltas follow on made, nil for none, while there is room.
func (b *bases) add(made *candidate) bool {
	if made == nil || len(made.bundle) > b.room {
		return false
	}
	if _, known := b.bundles[made.hash]; known {
		return false
	}
	b.room -= len(made.bundle)
	b.bundles[made.hash] = made.bundle
	return true
}

// follow makes and tries the bundle that a delta gives from one of b; fits is
// false when none of them is its own. made is nil beside an error.
func (f *folder) follow(name string, b *bases) (made *candidate, fits bool, err error) {
	if from, read := b.wanted[name]; read && b.bundles[from] == nil {
		return nil, false, nil
	}
	data, err := f.read(name)
	if err != nil {
		return nil, false, err
	}
	d, err := delta.Parse(data)
	if err != nil {
		return nil, false, err
	}
	from := d.From().Hash
	b.wanted[name] = from
	old, fits := b.bundles[from]
	if !fits {
		return nil, false, nil
	}
	bundle, err := d.Apply(old)
	if err != nil {
		return nil, true, err
	}
	made, err = f.try(name, bundle, true)
	return made, true, err
}

// try verifies a bundle and keeps it if it is better than the best so far.
func (f *folder) try(name string, bundle []byte, byDelta bool) (*candidate, error) {
	change, _, _, err := f.store.plan(bundle, Origin{}, f.clock)
	if err != nil {
		return nil, err
	}
	c := &candidate{path.Join(f.path, name), bundle, sha256.Sum256(bundle), byDelta, change.After}
	if f.best == nil || compareTrust(c.trust, f.best.trust) > 0 {
		f.best = c
	}
	return c, nil
}

// refuse notes what is wrong with a file; an error about the store comes back.
func (f *folder) refuse(name string, err error) error {
	if err == nil || isStoreError(err) {
		return err
	}
	f.result.Refused = append(f.result.Refused, Refusal{path.Join(f.path, name), err})
	return nil
}

// compareTrust orders what would be in force: by the versions of root, list and
// policy, then by how many documents of regions there are and how new they are.
func compareTrust(a, b *trustlist.Trust) int {
	return cmp.Or(
		a.RootVersion().Compare(b.RootVersion()),
		a.ListVersion().Compare(b.ListVersion()),
		a.PolicyVersion().Compare(b.PolicyVersion()),
		cmp.Compare(issued(a), issued(b)),
	)
}

func issued(trust *trustlist.Trust) int64 {
	var sum int64
	for _, d := range trust.Inspect(0).Documents {
		if d.Region != "" {
			sum += d.Issued
		}
	}
	return sum
}

func (f *folder) read(name string) ([]byte, error) {
	file, err := f.root.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, bare(err)
	}
	defer file.Close()
	return readRegular(file, delta.MaxSize, trustlist.ErrTooLarge)
}
