package batch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/format/transport"
)

// Line is one credential in the output of a run.
type Line struct {
	Line    int    `json:"line"` // of the record in the input, from 1
	List    uint32 `json:"list"`
	Index   uint32 `json:"index"`
	Key     string `json:"key"`     // key identifier, hex
	Issued  int64  `json:"issued"`  // unix seconds
	Expires int64  `json:"expires"` // unix seconds
	Code    string `json:"code"`
}

// partStore keeps the part files of one job in a folder of their own.
type partStore struct{ folder string }

func newPartStore(parent, job string) (partStore, error) {
	name := sha256.Sum256([]byte(job)) // a job's name need not be a file's name
	folder := filepath.Join(parent, hex.EncodeToString(name[:16]))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return partStore{}, fmt.Errorf("batch: folder for parts: %w", err)
	}
	return partStore{folder}, nil
}

// write writes the chunk's credentials to a part named by number and content,
// synced and renamed, and returns the name.
func (p partStore) write(number uint32, slots []*slot) (name string, err error) {
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	for _, s := range slots {
		if s.err != nil {
			continue
		}
		err := encoder.Encode(Line{s.line, s.issued.Ref.List, s.issued.Ref.Index, keyText(s.issued.KeyID),
			s.issued.IssuedAt, s.issued.ExpiresAt, s.code})
		if err != nil {
			return "", fmt.Errorf("batch: %w", err)
		}
	}
	hash := sha256.Sum256(content.Bytes())
	name = fmt.Sprintf("%08d-%x.jsonl", number, hash[:8])
	if err := p.writeSynced(name, content.Bytes()); err != nil {
		return "", fmt.Errorf("batch: write part: %w", err)
	}
	return name, nil
}

func (p partStore) writeSynced(name string, content []byte) (err error) {
	f, err := os.CreateTemp(p.folder, ".part-*")
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
// hashes, or [ErrOutputLost].
func (p partStore) find(number uint32, hashes map[[sha256.Size]byte]bool) (string, error) {
	paths, err := filepath.Glob(filepath.Join(p.folder, fmt.Sprintf("%08d-*.jsonl", number)))
	if err != nil {
		return "", fmt.Errorf("batch: %w", err)
	}
	for _, path := range paths {
		same, err := holdsExactly(path, hashes)
		if err != nil {
			return "", err
		}
		if same {
			return filepath.Base(path), nil
		}
	}
	return "", fmt.Errorf("%w (folder %s)", ErrOutputLost, p.folder)
}

// holdsExactly reports whether the part's credentials are those with the given
// hashes. A part that was cut short or tampered with simply is not the one.
func holdsExactly(path string, hashes map[[sha256.Size]byte]bool) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("batch: %w", err)
	}
	defer f.Close()
	decoder := json.NewDecoder(bufio.NewReader(f))
	seen := map[[sha256.Size]byte]bool{}
	for {
		var line Line
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			return len(seen) == len(hashes), nil
		} else if err != nil {
			return false, nil
		}
		data, err := transport.Decode(line.Code)
		if err != nil {
			return false, nil
		}
		hash := sha256.Sum256(data)
		if !hashes[hash] {
			return false, nil
		}
		seen[hash] = true
	}
}

// join copies the parts to out, in order.
func (p partStore) join(names []string, out io.Writer) error {
	for _, name := range names {
		f, err := os.Open(filepath.Join(p.folder, name))
		if err != nil {
			return fmt.Errorf("batch: %w", err)
		}
		_, err = io.Copy(out, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("batch: write output: %w", err)
		}
	}
	return nil
}
