package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// put writes a file of the stick, each newer than the one before.
type stick struct {
	t      *testing.T
	folder string
	files  int
}

func newStick(t *testing.T) *stick { return &stick{t: t, folder: t.TempDir()} }

func (s *stick) put(name string, data []byte) {
	s.t.Helper()
	path := filepath.Join(s.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.files++
	changed := time.Unix(now+int64(s.files), 0)
	if err := errors.Join(os.WriteFile(path, data, 0o600), os.Chtimes(path, changed, changed)); err != nil {
		s.t.Fatal(err)
	}
}

func deltaOf(t testing.TB, old, next []byte) []byte {
	t.Helper()
	data, err := delta.Make(old, next)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// history returns the bundles of a nation whose list goes from version 1 to n.
func bundlesOf(n *nation.Nation, count int) [][]byte {
	var all [][]byte
	for range count {
		all = append(all, n.Bundle())
		next(n)
	}
	return all
}

func TestTheBestOfAStickIsTaken(t *testing.T) {
	n := nation.New(t, "33")
	bundles := bundlesOf(n, 5)
	for name, test := range map[string]struct {
		fill func(*stick)
		want []byte // the source afterwards
		from string
	}{
		"newest of several": {func(s *stick) {
			s.put("c.bundle", bundles[3])
			s.put("a.bundle", bundles[1])
			s.put("b.bundle", bundles[2])
		}, bundles[3], "c.bundle"},
		"damaged newer one": {func(s *stick) { s.put("a.bundle", bundles[1]); s.put("b.bundle", bundles[3][:1000]) }, bundles[1], "a.bundle"},
		"delta":             {func(s *stick) { s.put("a.delta", deltaOf(t, bundles[0], bundles[2])) }, bundles[2], "a.delta"},
		"deltas in a row": {func(s *stick) {
			s.put("a.delta", deltaOf(t, bundles[2], bundles[3]))
			s.put("b.delta", deltaOf(t, bundles[0], bundles[2]))
			s.put("c.delta", deltaOf(t, bundles[3], bundles[4]))
		}, bundles[4], "c.delta"},
		"delta to a bundle beside it": {func(s *stick) { s.put("a.bundle", bundles[2]); s.put("b.delta", deltaOf(t, bundles[2], bundles[4])) }, bundles[4], "b.delta"},
		"published folder": {func(s *stick) {
			s.put(layout.BundleName(sha256.Sum256(bundles[2])), bundles[2])
			data := deltaOf(t, bundles[0], bundles[3])
			s.put(layout.DeltaName(sha256.Sum256(data)), data)
			s.put("latest", nil)
		}, bundles[3], "delta"},
		"nothing new": {func(s *stick) { s.put("a.bundle", bundles[0]) }, bundles[0], "a.bundle"},
	} {
		t.Run(name, func(t *testing.T) {
			s, from := newStore(t, n), newStick(t)
			apply(t, s, bundles[0])
			from.put("readme.txt", []byte("x"))
			from.put("._a.bundle", []byte("x"))
			from.put("deep/er.bundle", bundles[4])
			test.fill(from)
			result, err := ImportFolder(t.Context(), s, from.folder, now)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(current(t, s).Source, test.want) {
				t.Errorf("took %s; refused %v", result.From, result.Refused)
			}
			if relative, err := filepath.Rel(from.folder, result.From); err != nil || relative[:5] != test.from[:5] {
				t.Errorf("from %s, want %s", result.From, test.from)
			}
		})
	}
}

func TestAStickWithoutAnythingGoodChangesNothing(t *testing.T) {
	n := nation.New(t, "33")
	bundles := bundlesOf(n, 4)
	outside := filepath.Join(t.TempDir(), "out.bundle")
	if err := os.WriteFile(outside, bundles[3], 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		fill func(*stick)
		want error
	}{
		"empty":             {func(*stick) {}, ErrNothingFound},
		"other":             {func(s *stick) { s.put("a.txt", bundles[3]) }, ErrNothingFound},
		"older":             {func(s *stick) { s.put("a.bundle", bundles[0]) }, trustlist.ErrRollback},
		"junk":              {func(s *stick) { s.put("a.bundle", []byte("junk")) }, trustlist.ErrNotABundle},
		"junk delta":        {func(s *stick) { s.put("a.delta", []byte("junk")) }, delta.ErrNotADelta},
		"delta for another": {func(s *stick) { s.put("a.delta", deltaOf(t, bundles[0], bundles[3])) }, ErrNoBase},
		"link outside": {func(s *stick) {
			if err := os.Symlink(outside, filepath.Join(s.folder, "a.bundle")); err != nil {
				t.Fatal(err)
			}
		}, ErrNothingFound},
		"folder outside": {func(s *stick) {
			if err := os.Symlink(filepath.Dir(outside), filepath.Join(s.folder, "bundle")); err != nil {
				t.Fatal(err)
			}
		}, ErrNothingFound},
		"folder named like a bundle": {func(s *stick) { s.put("a.bundle/x", nil) }, ErrNothingFound},
	} {
		t.Run(name, func(t *testing.T) {
			s, from := newStore(t, n), newStick(t)
			apply(t, s, bundles[1])
			before := file(t, s)
			test.fill(from)
			result, err := ImportFolder(t.Context(), s, from.folder, now)
			var about *FileError
			if result != nil || !errors.Is(err, test.want) || !errors.As(err, &about) {
				t.Errorf("%v, %v; want %v", result, err, test.want)
			}
			if !bytes.Equal(file(t, s), before) {
				t.Error("the store is another")
			}
		})
	}
	if _, err := ImportFolder(t.Context(), newStore(t, n), filepath.Join(t.TempDir(), "missing"), now); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
}

func TestAStickWithThousandsOfFilesIsLookedAtInPart(t *testing.T) {
	n := nation.New(t, "33")
	bundles := bundlesOf(n, 2)
	s, from := newStore(t, n), newStick(t)
	apply(t, s, bundles[0])
	for i := range 3 * MaxFolderFiles {
		from.put(fmt.Sprintf("%03d.bundle", i), []byte("junk"))
	}
	from.put("zzz.bundle", bundles[1])
	result, err := ImportFolder(t.Context(), s, from.folder, now)
	if err != nil || !result.Change.Changed || len(result.Refused) != MaxFolderFiles-1 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestAFileIsABundleOrADelta(t *testing.T) {
	n := nation.New(t, "33")
	bundles := bundlesOf(n, 3)
	s, from := newStore(t, n), newStick(t)
	from.put("a", bundles[0])
	from.put("b", deltaOf(t, bundles[0], bundles[1]))
	from.put("later", []byte("\x82ptongxing/delta/2\xa0"))
	if _, err := ImportFile(s, filepath.Join(from.folder, "b"), now); !errors.Is(err, ErrNoBase) {
		t.Errorf("delta on nothing: %v", err)
	}
	for i, name := range []string{"a", "b"} {
		result, err := ImportFile(s, filepath.Join(from.folder, name), now)
		if err != nil || !result.Change.Changed || result.Delta != (name == "b") {
			t.Fatalf("%s: %+v, %v", name, result, err)
		}
		if !bytes.Equal(current(t, s).Source, bundles[i]) {
			t.Errorf("%s: another source", name)
		}
	}
	for name, want := range map[string]error{
		"a": trustlist.ErrRollback, "b": ErrNoBase, "later": delta.ErrLaterVersion, "missing": os.ErrNotExist, ".": ErrNotRegular,
	} {
		var about *FileError
		if _, err := ImportFile(s, filepath.Join(from.folder, name), now); !errors.Is(err, want) || !errors.As(err, &about) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

// A delta of some kilobytes makes a bundle of 64 MiB: sixty of them on a stick
// took seven gigabytes.
func TestWhatDeltasMakeIsBounded(t *testing.T) {
	b := &bases{map[[32]byte][]byte{}, map[string][32]byte{}, maxMade}
	made := make([]byte, trustlist.MaxBundle)
	for i, want := range []bool{true, true, false} {
		if got := b.add(&candidate{bundle: made, hash: [32]byte{byte(i)}}); got != want || (b.bundles[[32]byte{byte(i)}] != nil) != want {
			t.Errorf("bundle %d of %d bytes is kept: %t", i+1, len(made), got)
		}
	}
	if b.add(nil) || b.add(&candidate{hash: [32]byte{0}}) {
		t.Error("a bundle that is none, or is known, is kept")
	}
}

func TestAStickIsLeftWhenSomebodySaysSo(t *testing.T) {
	n := nation.New(t, "33")
	bundles := bundlesOf(n, 2)
	stop := errors.New("enough")
	for _, name := range []string{"a.bundle", "a.delta"} {
		s, from := newStore(t, n), newStick(t)
		apply(t, s, bundles[0])
		before := file(t, s)
		data := bundles[1]
		if isDelta(name) {
			data = deltaOf(t, bundles[0], bundles[1])
		}
		from.put(name, data)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stop)
		if result, err := ImportFolder(ctx, s, from.folder, now); result != nil || !errors.Is(err, stop) {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
		if !bytes.Equal(file(t, s), before) {
			t.Errorf("%s: the store is another", name)
		}
	}
}
