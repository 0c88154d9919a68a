package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// partStore keeps the part files of one job in a folder of their own.
type partStore struct{ folder string }

func newPartStore(parent, job string) (partStore, error) {
	folder := jobFolder(parent, job)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return partStore{}, fmt.Errorf("batch: folder for parts: %w", err)
	}
	return partStore{folder}, nil
}

// jobFolder is the folder of a job: its name need not be a file's name.
func jobFolder(parent, job string) string {
	name := sha256.Sum256([]byte(job))
	return filepath.Join(parent, hex.EncodeToString(name[:16]))
}

// write writes the chunk's lines to a part named by number and content, synced
// and renamed, and returns the name.
func (p partStore) write(number uint32, content []byte) (name string, err error) {
	name = partName(number, content)
	if err := p.writeSynced(name, content); err != nil {
		return "", fmt.Errorf("batch: write part: %w", err)
	}
	return name, nil
}

// writeSynced writes a file of the folder, whole and synced before it has its
// name. Another run of the job that ends meanwhile takes the nameless file away
// with what it tidies, so the writing is tried again.
func (p partStore) writeSynced(name string, content []byte) error {
	for attempt := 1; ; attempt++ {
		err := p.writeOnce(name, content)
		if attempt == maxAttempts || !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
}

// maxAttempts bounds writeSynced; a run ends once, so two runs need two.
const maxAttempts = 5

func (p partStore) writeOnce(name string, content []byte) (err error) {
	f, err := os.CreateTemp(p.folder, unnamed)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(p.folder, name)); err != nil {
		return err
	}
	return syncFolder(p.folder)
}

// syncFolder makes a rename last: without it a power cut can undo the name after
// the registry has committed the chunk.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// find returns the part of the chunk whose credentials have exactly the given
// hashes, with its lines, or [ErrOutputLost].
func (p partStore) find(number uint32, hashes map[hash]bool) (string, []readLine, error) {
	paths, err := filepath.Glob(filepath.Join(p.folder, fmt.Sprintf("%08d-*.jsonl", number)))
	if err != nil {
		return "", nil, fmt.Errorf("batch: %w", err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		content, whole, err := p.read(name, number)
		if err != nil {
			return "", nil, err
		}
		if !whole {
			continue
		}
		if lines, ok := linesWith(content, hashes); ok {
			return name, lines, nil
		}
	}
	return "", nil, fmt.Errorf("%w (folder %s)", ErrOutputLost, p.folder)
}

// read reads a part; whole is false for one that was cut short or changed, and for
// one that is gone: who is slower with a chunk takes its own part away, between our
// look into the folder and this one.
func (p partStore) read(name string, number uint32) (content []byte, whole bool, err error) {
	content, err = os.ReadFile(filepath.Join(p.folder, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("batch: %w", err)
	}
	return content, name == partName(number, content), nil
}

// list returns the names of the parts of each chunk. The folder of a large job is
// read once.
func (p partStore) list() (map[uint32][]string, error) {
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	names := map[uint32][]string{}
	for _, entry := range entries {
		digits, _, found := strings.Cut(entry.Name(), "-")
		if number, err := strconv.ParseUint(digits, 10, 32); found && err == nil {
			names[uint32(number)] = append(names[uint32(number)], entry.Name())
		}
	}
	return names, nil
}

// remove removes a part that no commit names.
func (p partStore) remove(name string) error {
	if err := os.Remove(filepath.Join(p.folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("batch: remove a part that was not committed: %w", err)
	}
	return nil
}

// partName names a part by its chunk and its content.
func partName(number uint32, content []byte) string {
	hash := sha256.Sum256(content)
	return fmt.Sprintf("%08d-%x.jsonl", number, hash[:8])
}

// join writes the codes of the parts to out, in order.
func (p partStore) join(names []string, out io.Writer) error {
	var codes []byte
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(p.folder, name))
		if err != nil {
			return fmt.Errorf("batch: %w", err)
		}
		codes = appendCodes(codes[:0], content)
		if _, err := out.Write(codes); err != nil {
			return fmt.Errorf("batch: write output: %w", err)
		}
	}
	return nil
}

// unnamed is the pattern of part files that are still being written, or were
// when their run died.
const unnamed = ".part-*"

// tidy removes the parts that no commit names: runs that died, or that another
// was faster than, leave credentials there that are signed and in no registry.
func (p partStore) tidy(names []string) (removed int, err error) {
	keep := make(map[string]bool, len(names))
	for _, name := range names {
		keep[name] = true
	}
	for _, pattern := range []string{partPattern, unnamed} {
		paths, err := filepath.Glob(filepath.Join(p.folder, pattern))
		if err != nil {
			return removed, fmt.Errorf("batch: %w", err)
		}
		for _, path := range paths {
			if keep[filepath.Base(path)] {
				continue
			}
			if err := p.remove(filepath.Base(path)); err != nil {
				return removed, err
			}
			removed++
		}
	}
	return removed, nil
}
