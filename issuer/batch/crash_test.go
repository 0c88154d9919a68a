package batch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/registry"
)

var errCrash = errors.New("the process died here")

// crashing is a registry whose process dies at a chosen commit: before it is
// made, or after it was made and before that is known.
type crashing struct {
	registry.Registry
	at     uint32
	before bool
}

func (c crashing) Commit(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
	if chunk.Number != c.at {
		return c.Registry.Commit(ctx, chunk)
	}
	if !c.before {
		if _, err := c.Registry.Commit(ctx, chunk); err != nil {
			return registry.Receipt{}, err
		}
	}
	return registry.Receipt{}, errCrash
}

func TestAJobThatDiedIsResumedExactlyOnce(t *testing.T) {
	t.Parallel()
	holders, order := all(35)
	for _, test := range []struct {
		at     uint32
		before bool
		reused int
	}{
		{0, true, 0}, {0, false, 10}, {2, false, 30}, {3, true, 30}, {3, false, 35},
	} {
		t.Run(fmt.Sprintf("chunk %d, before %v", test.at, test.before), func(t *testing.T) {
			w := newWorkshop(t)
			o := w.options()
			o.Registry = crashing{w.registry, test.at, test.before}
			if err := fails(t, o, batchtest.People(t, 35)); !errors.Is(err, errCrash) {
				t.Fatal(err)
			}
			w = open(t, w.folder)
			out, summary := run(t, w.options(), batchtest.People(t, 35))
			requireOnce(t, w, out, holders, order)
			if summary != (batch.Summary{Records: 35, Issued: 35, Reused: test.reused}) {
				t.Errorf("summary %+v, want %d reused", summary, test.reused)
			}
			requireIssued(t, w, 35)
			if again, _ := run(t, w.options(), batchtest.People(t, 35)); !bytes.Equal(again, out) {
				t.Error("a further run gives another output")
			}
		})
	}
}

// requireIssued holds the registry to n committed credentials.
func requireIssued(t *testing.T, w *workshop, n int) {
	t.Helper()
	pools, err := w.registry.Pools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	issued := 0
	for _, pool := range pools {
		issued += int(pool.Issued)
	}
	if issued != n {
		t.Errorf("the registry has %d credentials, want %d", issued, n)
	}
}

// The output is on a disk that fills up: everything is committed, nothing lost.
func TestAnOutputThatCannotBeWrittenLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	full := &limited{room: 1000}
	summary, err := batch.Run(t.Context(), w.options(), bytes.NewReader(batchtest.People(t, 35)), full)
	if !errors.Is(err, syscall.ENOSPC) || summary != (batch.Summary{}) {
		t.Fatalf("summary %+v, error %v", summary, err)
	}
	out, summary := run(t, w.options(), batchtest.People(t, 35))
	holders, order := all(35)
	requireOnce(t, w, out, holders, order)
	if summary.Reused != 35 || !bytes.HasPrefix(out, full.written.Bytes()) {
		t.Errorf("summary %+v", summary)
	}
}

// limited is a writer on a disk with little room.
type limited struct {
	room    int
	written bytes.Buffer
}

func (l *limited) Write(data []byte) (int, error) {
	if n := l.room - l.written.Len(); len(data) > n {
		l.written.Write(data[:n])
		return n, syscall.ENOSPC
	}
	return l.written.Write(data)
}

// A part that cannot be written is not committed.
func TestAPartThatCannotBeWrittenIsNotCommitted(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	o := w.options()
	o.Refused = func(int, error) {}
	o.Registry = afterLease{w.registry, func() {
		if err := os.RemoveAll(o.Parts); err != nil {
			t.Error(err)
		}
	}}
	if err := fails(t, o, batchtest.People(t, 35)); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("error %v", err)
	}
	requireIssued(t, w, 0)
	out, _ := run(t, w.options(), batchtest.People(t, 35))
	holders, order := all(35)
	requireOnce(t, w, out, holders, order)
}

// afterLease does something to the folder when the first lease is given.
type afterLease struct {
	registry.Registry
	do func()
}

func (a afterLease) Lease(ctx context.Context, pool registry.Pool, n int) (registry.Range, error) {
	a.do()
	return a.Registry.Lease(ctx, pool, n)
}

func parts(t *testing.T, w *workshop) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(w.folder, "parts", "*", "*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("parts %v, error %v", paths, err)
	}
	return paths
}

func TestALostOrChangedPartIsReported(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(content []byte) []byte{
		"deleted":           nil,
		"empty":             func([]byte) []byte { return []byte{} },
		"cut short":         func(c []byte) []byte { return c[:len(c)-1] },
		"last line missing": func(c []byte) []byte { return c[:bytes.LastIndexByte(c[:len(c)-1], '\n')+1] },
		"a line twice":      func(c []byte) []byte { return append(c, c[:bytes.IndexByte(c, '\n')+1]...) },
		"code changed":      func(c []byte) []byte { return bytes.Replace(c, []byte("TX1:RR"), []byte("TX1:RS"), 1) },
		"line number":       func(c []byte) []byte { return bytes.Replace(c, []byte(`"line":11,`), []byte(`"line":12,`), 1) },
		"expiry":            func(c []byte) []byte { return bytes.Replace(c, []byte(`"expires":1`), []byte(`"expires":2`), 1) },
		"not JSON":          func(c []byte) []byte { return append(c, "x\n"...) },
		"two lines swapped": func(c []byte) []byte {
			all := bytes.SplitAfter(c, []byte("\n"))
			all[0], all[1] = all[1], all[0]
			return bytes.Join(all, nil)
		},
	} {
		w := newWorkshop(t)
		run(t, w.options(), batchtest.People(t, 35))
		path := parts(t, w)[1]
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if harm == nil {
			err = os.Remove(path)
		} else if harmed := harm(slices.Clone(content)); bytes.Equal(harmed, content) {
			t.Fatalf("%s: nothing was changed", name)
		} else {
			err = os.WriteFile(path, harmed, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := fails(t, w.options(), batchtest.People(t, 35)); !errors.Is(err, batch.ErrOutputLost) {
			t.Errorf("%s: %v", name, err)
		}
		requireIssued(t, w, 35)
	}
}

// Two runs at once, in two processes as far as the registry can tell.
func TestTwoRunsOfOneJobGiveOneResult(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	other := open(t, w.folder)
	var group sync.WaitGroup
	var outs [4]bytes.Buffer
	for i := range outs {
		o := w.options()
		if i%2 == 1 {
			o = other.options()
		}
		group.Go(func() {
			if _, err := batch.Run(context.Background(), o, bytes.NewReader(batchtest.People(t, 80)), &outs[i]); err != nil {
				t.Errorf("run %d: %v", i, err)
			}
		})
	}
	group.Wait()
	holders, order := all(80)
	requireOnce(t, w, outs[0].Bytes(), holders, order)
	for i := range outs {
		if !bytes.Equal(outs[i].Bytes(), outs[0].Bytes()) {
			t.Errorf("run %d gives another output", i)
		}
	}
	requireIssued(t, w, 80)
}

// Parts and output are bearer items; the registry has nothing of a person.
func TestFilesAreTheirOwnersAloneAndHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	out, _ := run(t, w.options(), batchtest.People(t, 35))
	requirePrivate(t, "the output", out)
	for _, folder := range []string{filepath.Join(w.folder, "parts"), filepath.Dir(parts(t, w)[0])} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, %v", folder, info.Mode(), err)
		}
	}
	files, err := filepath.Glob(filepath.Join(w.folder, "33.registry*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range append(files, parts(t, w)...) {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		requirePrivate(t, path, content)
	}
}

func requirePrivate(t *testing.T, what string, content []byte) {
	t.Helper()
	secrets := []string{batchtest.Evidence, "EVIDENCE", "张三", `"name"`, "document"}
	for i := range 35 {
		secrets = append(secrets, batchtest.Number(i), batchtest.Number(i)[1:])
	}
	for _, secret := range secrets {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("%s holds %s", what, secret)
		}
	}
}

// What a code carries, as far as it shows: the mask.
func TestTheCodeShowsTheMaskedNameAlone(t *testing.T) {
	t.Parallel()
	out, _ := run(t, newWorkshop(t).options(), batchtest.People(t, 3))
	for _, line := range lines(t, out) {
		c, data := parse(t, line.Code)
		requirePrivate(t, "a code", data)
		if c.Holder.Name != "张*丰" {
			t.Errorf("name %q", c.Holder.Name)
		}
	}
}
