package fetch

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// step is one operation that reached the file system.
type step struct {
	what     string // create, write, sync, rename, remove, folder
	path, to string
	data     []byte
}

// journal is a disk that notes every step beside doing it, and fails at a given
// one if it is told to.
type journal struct {
	steps  []step
	failAt int // 0: never; else the step that fails, from 1
	err    error
}

func (j *journal) note(s step) error {
	j.steps = append(j.steps, s)
	if len(j.steps) == j.failAt {
		return j.err
	}
	return nil
}

func (j *journal) create(path string) (handle, error) {
	if err := j.note(step{what: "create", path: path}); err != nil {
		return nil, err
	}
	h, err := systemDisk{}.create(path)
	return &journalFile{h, j, path}, err
}

func (j *journal) rename(from, to string) error {
	if err := j.note(step{what: "rename", path: from, to: to}); err != nil {
		return err
	}
	return systemDisk{}.rename(from, to)
}

func (j *journal) remove(path string) error {
	err := systemDisk{}.remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.Join(j.note(step{what: "remove", path: path}), err)
}

func (j *journal) syncFolder(path string) error {
	return errors.Join(j.note(step{what: "folder", path: path}), systemDisk{}.syncFolder(path))
}

type journalFile struct {
	handle
	journal *journal
	path    string
}

func (f *journalFile) Write(p []byte) (int, error) {
	if err := f.journal.note(step{what: "write", path: f.path, data: bytes.Clone(p)}); err != nil {
		n, _ := f.handle.Write(p[:len(p)/2]) // a full disk takes a part
		return n, err
	}
	return f.handle.Write(p)
}

func (f *journalFile) Sync() error {
	return errors.Join(f.journal.note(step{what: "sync", path: f.path}), f.handle.Sync())
}

// file is a file of the model: what was written, and how much of it is on the
// disk for certain.
type modelFile struct {
	data   []byte
	synced bool
}

// leftovers returns what can be in the file at path after the power has failed
// behind the given steps: every name either is as it was last synced or as any
// of the later steps made it, in their order, and data that was not synced is
// there, not there, there in part, or was never written over old blocks.
func leftovers(steps []step, path string, before []byte) [][]byte {
	named := map[string]*modelFile{path: {data: before, synced: true}}
	possible := map[*modelFile]bool{named[path]: true}
	for _, s := range steps {
		switch s.what {
		case "create":
			named[s.path] = &modelFile{}
		case "write":
			f := named[s.path]
			f.data, f.synced = append(f.data, s.data...), false
		case "sync":
			named[s.path].synced = true
		case "rename":
			named[s.to] = named[s.path]
			delete(named, s.path)
			if s.to == path {
				possible[named[path]] = true // at any time from now on
			}
		case "folder":
			if s.path == filepath.Dir(path) {
				possible = map[*modelFile]bool{named[path]: true}
			}
		}
	}
	var all [][]byte
	for f := range possible {
		all = append(all, f.data)
		if !f.synced {
			all = append(all, nil, f.data[:len(f.data)/2], make([]byte, len(f.data)))
		}
	}
	return all
}

// requireOldOrNew tries every prefix of the steps.
func surviving(t *testing.T, s *Store, steps []step, before, after []byte) error {
	t.Helper()
	states := 0
	for n := range len(steps) + 1 {
		for _, left := range leftovers(steps[:n], s.path, before) {
			states++
			write(t, s, left)
			if _, err := s.Current(now); err != nil {
				return err
			}
			if !bytes.Equal(left, before) && !bytes.Equal(left, after) {
				return errors.New("neither the old store nor the new")
			}
		}
	}
	if states <= len(steps) {
		t.Fatalf("only %d states", states)
	}
	for _, left := range leftovers(steps, s.path, before) {
		if !bytes.Equal(left, after) {
			return errors.New("what was reported as done is not on the disk")
		}
	}
	return nil
}

func TestAPowerCutLeavesTheOldStoreOrTheNew(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	apply(t, s, n.Bundle())
	before := file(t, s)
	next(n)
	j := &journal{}
	s.disk = j
	apply(t, s, n.Bundle())
	after := file(t, s)
	s.disk = systemDisk{}
	if bytes.Equal(before, after) || len(j.steps) < 5 {
		t.Fatalf("nothing happened: %v", j.steps)
	}
	if err := surviving(t, s, j.steps, before, after); err != nil {
		t.Fatal(err)
	}
	// The model has teeth: without one of the syncs something is lost.
	for i, left := range j.steps {
		if left.what != "sync" && left.what != "folder" {
			continue
		}
		if surviving(t, s, slices.Delete(slices.Clone(j.steps), i, i+1), before, after) == nil {
			t.Errorf("without %s nothing would be lost", left.what)
		}
	}
}

// A disk that fails at any step, and is full at any write.
func TestAFailingDiskLeavesTheOldStoreOrTheNew(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	apply(t, s, n.Bundle())
	before := file(t, s)
	next(n)
	bundle := n.Bundle()
	fault := errors.New("no space left")
	for at := 1; ; at++ {
		write(t, s, before)
		j := &journal{failAt: at, err: fault}
		s.disk = j
		change, err := s.Apply(bundle, Origin{}, now)
		if err == nil {
			if at < 5 {
				t.Fatalf("only %d steps", at)
			}
			break
		}
		if change != nil || !errors.Is(err, fault) {
			t.Fatalf("step %d: %v, %v", at, change, err)
		}
		// The folder is synced when the new file is in its place.
		if renamed := j.steps[at-1].what == "folder"; !renamed && !bytes.Equal(file(t, s), before) {
			t.Errorf("step %d (%s): the old store is gone", at, j.steps[at-1].what)
		}
		s.disk = systemDisk{}
		current(t, s)
		if left, err := filepath.Glob(s.path + ".*"); err != nil || len(left) != 0 {
			t.Errorf("step %d: left behind: %v", at, left)
		}
	}
}

func TestWhatAPowerCutLeftBesideTheStoreIsInNobodysWay(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	for _, left := range []string{".new", ".lock"} {
		beside := &Store{path: s.path + left}
		write(t, beside, []byte("left by a power cut"))
	}
	apply(t, s, n.Bundle())
	if left, err := filepath.Glob(s.path + ".*"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
