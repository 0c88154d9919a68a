package publisher

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// beside is the ending of a file that is being written.
const beside = ".new"

// folder is the published folder. Nothing outside it is reached, through links
// neither.
type folder struct{ root *os.Root }

// openFolder opens the folder at path. A file in its place is a syscall.ENOTDIR,
// which os.OpenRoot does not tell from other faults.
func openFolder(path string) (folder, error) {
	root, err := os.OpenRoot(path)
	if err == nil {
		return folder{root}, nil
	}
	if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	}
	return folder{}, err
}

// read returns a regular file of at most limit bytes.
func (f folder) read(name string, limit int64) ([]byte, error) {
	file, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAtMost(file, limit)
}

// readAtMost returns the rest of a file, if it has at most limit bytes.
func readAtMost(file *os.File, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: more than %d bytes", file.Name(), limit)
	}
	return data, nil
}

// open opens a regular file: a folder, a pipe or a device in its place is as if
// there were none.
func (f folder) open(name string) (*os.File, error) {
	info, err := f.root.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	return f.root.Open(name)
}

// readNamed returns the file of the given kind whose SHA-256 is hash, after
// checking that it is.
func (f folder) readNamed(name string, hash [32]byte, limit int64) ([]byte, error) {
	data, err := f.read(name, limit)
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != hash {
		return nil, fmt.Errorf("%s: another content than its name says", name)
	}
	return data, nil
}

// keep writes an immutable file, unless it is there, and returns how the pointer
// names it. The file is on stable storage, its name when the folder is synced.
func (f folder) keep(kind layout.Kind, data []byte) (layout.File, error) {
	file := layout.File{Hash: sha256.Sum256(data), Size: int64(len(data))}
	name := nameOf(kind, file.Hash)
	if _, err := f.readNamed(name, file.Hash, file.Size); err == nil {
		return file, nil
	}
	if err := f.write(name+beside, data); err != nil {
		return layout.File{}, err
	}
	if err := f.root.Rename(name+beside, name); err != nil {
		return layout.File{}, errors.Join(err, f.root.Remove(name+beside))
	}
	return file, nil
}

func nameOf(kind layout.Kind, hash [32]byte) string {
	if kind == layout.Delta {
		return layout.DeltaName(hash)
	}
	return layout.BundleName(hash)
}

// write writes a file for all to read, synced. On error nothing is left of it.
func (f folder) write(name string, data []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, f.root.Remove(name))
	}
	return nil
}

// sync makes the names of a folder last. Windows does so by itself.
func (f folder) sync(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	file, err := f.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// replacePointer makes data the pointer. Its time of modification is in a later
// second than before, since file servers make the ETag of time and size
// (DIST-32).
func (f folder) replacePointer(data []byte) error {
	for _, name := range []string{layout.Bundle.Folder(), layout.Delta.Folder()} {
		if err := f.sync(name); err != nil {
			return err
		}
	}
	if err := f.write(layout.PointerName+beside, data); err != nil {
		return err
	}
	err := f.age(layout.PointerName + beside)
	if err == nil {
		err = f.root.Rename(layout.PointerName+beside, layout.PointerName)
	}
	if err != nil {
		return errors.Join(err, f.root.Remove(layout.PointerName+beside))
	}
	return f.sync(".")
}

// age gives the file a later second than the pointer that it will replace.
func (f folder) age(name string) error {
	before, err := f.root.Stat(layout.PointerName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.root.Stat(name)
	if err != nil || info.ModTime().Unix() > before.ModTime().Unix() {
		return err
	}
	later := time.Unix(before.ModTime().Unix()+1, 0)
	return f.root.Chtimes(name, later, later)
}

// stored is an immutable file that is in the folder.
type stored struct {
	hash  [32]byte
	since time.Time // when it was written
}

// list returns the immutable files of a kind, those written last first.
func (f folder) list(kind layout.Kind) ([]stored, error) {
	names, err := f.names(kind)
	if err != nil {
		return nil, err
	}
	var all []stored
	for _, name := range names {
		of, hash, ok := layout.ParseName(name)
		if !ok || of != kind {
			continue
		}
		info, err := f.root.Stat(name)
		if err != nil {
			return nil, err
		}
		all = append(all, stored{hash, info.ModTime()})
	}
	slices.SortFunc(all, func(a, b stored) int {
		if order := b.since.Compare(a.since); order != 0 {
			return order
		}
		return slices.Compare(a.hash[:], b.hash[:])
	})
	return all, nil
}

// names returns the names below the folder of a kind.
func (f folder) names(kind layout.Kind) ([]string, error) {
	file, err := f.root.Open(kind.Folder())
	if err != nil {
		return nil, err
	}
	defer file.Close()
	entries, err := file.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = kind.Folder() + "/" + entry.Name()
	}
	return names, nil
}

// prune removes the immutable files of a kind that are not to stay, and what a
// power cut has left half written. Files of other names are not ours. It returns
// the names removed.
func (f folder) prune(kind layout.Kind, stays map[[32]byte]bool) ([]string, error) {
	names, err := f.names(kind)
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, name := range names {
		finished, unfinished := strings.CutSuffix(name, beside)
		of, hash, ok := layout.ParseName(finished)
		if !ok || of != kind || !unfinished && stays[hash] {
			continue
		}
		if err := f.root.Remove(name); err != nil {
			return removed, err
		}
		removed = append(removed, name)
	}
	slices.Sort(removed)
	return removed, nil
}
