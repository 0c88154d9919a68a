package knowledge

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// Folder is a folder that is watched: where a stick is mounted, or where somebody
// copies bundles to. It is looked at closer only when a name, size or time of change
// in it is another than before, and where something is wrong with it a few times more:
// a file may be copied while it is read, and sticks tell times by two seconds.
type Folder struct {
	path string

	mu    sync.Mutex
	seen  [sha256.Size]byte
	wrong [sha256.Size]byte // how it looked when something was wrong
	tries int               // how often it looked so
}

// wrongTries is how often a folder in which something is wrong is read.
const wrongTries = 3

// NewFolder returns the source at path, which need not be there.
func NewFolder(path string) *Folder { return &Folder{path: path} }

// Name returns the path.
func (f *Folder) Name() string { return f.path }

// Import imports the best bundle of the folder (fetch.ImportFolder). A folder that
// is not there, or has nothing in it, is none that has anything to say.
func (f *Folder) Import(ctx context.Context, store *fetch.Store, clock int64) (*fetch.Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	look, err := f.look()
	if errors.Is(err, fs.ErrNotExist) {
		f.seen = [sha256.Size]byte{} // the next stick is looked at, though it looks the same
		return &fetch.Result{}, nil
	}
	if err != nil {
		return nil, &fetch.FileError{Path: f.path, Err: err}
	}
	if look == f.seen {
		return nil, nil
	}
	result, err := fetch.ImportFolder(ctx, store, f.path, clock)
	if ctx.Err() == nil && !errors.Is(err, fetch.ErrBusy) {
		f.note(look, errors.Is(err, fetch.ErrNothingFound) || err == nil && refusal(result) == nil)
	}
	if errors.Is(err, fetch.ErrNothingFound) {
		return &fetch.Result{}, nil
	}
	return result, err
}

// note remembers how the folder looked when it was read.
func (f *Folder) note(look [sha256.Size]byte, good bool) {
	if look != f.wrong {
		f.wrong, f.tries = look, 0
	}
	if f.tries++; good || f.tries >= wrongTries {
		f.seen = look
	}
}

// refusal is the first file of a source that is not as it should be, although another
// one was good: not one that is only older, nor a delta to something else.
func refusal(result *fetch.Result) error {
	for _, refused := range result.Refused {
		if !errors.Is(refused.Err, trustlist.ErrRollback) && !errors.Is(refused.Err, fetch.ErrNoBase) {
			return &fetch.FileError{Path: refused.From, Err: refused.Err}
		}
	}
	return nil
}

// look hashes how the folder looks from outside.
func (f *Folder) look() ([sha256.Size]byte, error) {
	hash := sha256.New()
	for _, sub := range []string{"", "bundle", "delta"} { // those that ImportFolder looks into
		entries, err := os.ReadDir(filepath.Join(f.path, sub))
		if err != nil {
			if sub == "" {
				return [sha256.Size]byte{}, err
			}
			continue
		}
		for _, entry := range entries[:min(len(entries), 4*fetch.MaxFolderFiles)] {
			info, err := entry.Info()
			if err != nil || entry.IsDir() {
				continue
			}
			hash.Write([]byte(sub + "/" + entry.Name() + "\x00"))
			hash.Write(binary.BigEndian.AppendUint64(nil, uint64(info.Size())))
			hash.Write(binary.BigEndian.AppendUint64(nil, uint64(info.ModTime().UnixNano())))
		}
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}

// Web is an address that is asked when there happens to be a network.
type Web struct{ *fetch.HTTP }

// Name returns the address without credentials.
func (w Web) Name() string { return w.Address() }

// frames gathers the frames of series that a camera films.
type frames struct {
	mu      sync.Mutex
	decoder *series.Decoder
}

// AddFrame takes one text of a series of QR codes (spec/series.md). With the frame
// that completes a file that file is imported; changed reports whether anything else
// is in force now. Errors are those of series.Decoder.Add and of Store.Apply.
func (k *Keeper) AddFrame(ctx context.Context, text string) (progress series.Progress, changed bool, err error) {
	k.frames.mu.Lock()
	defer k.frames.mu.Unlock()
	progress, err = k.frames.decoder.Add(text)
	if err != nil || progress.File == nil {
		return progress, false, err
	}
	changed, err = k.Import(ctx, filmed{progress.File, progress.Session.String()})
	return progress, changed, err
}

// filmed is a bundle or delta that came as a series.
type filmed struct {
	data    []byte
	session string
}

func (f filmed) Name() string { return "TXS1:" + f.session }

func (f filmed) Import(_ context.Context, store *fetch.Store, clock int64) (*fetch.Result, error) {
	return fetch.ImportBytes(store, f.data, f.Name(), clock)
}

// problems remembers the last fault of each source.
type problems struct {
	mu sync.Mutex
	of map[string]error
}

func (p *problems) note(source string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		delete(p.of, source)
		return
	}
	if p.of == nil {
		p.of = map[string]error{}
	}
	p.of[source] = err
}

func (p *problems) get(source string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of[source]
}

// Problem is what was wrong with a source when it was last asked.
type Problem struct {
	Source string
	Err    error
}
