package publisher_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/fetch/publisher"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// open opens a folder for publishing.
func open(t testing.TB, folder string, keep int) *publisher.Publisher {
	t.Helper()
	p, err := publisher.Open(folder, publisher.Options{Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func publish(t testing.TB, p *publisher.Publisher, bundle []byte) *publisher.Published {
	t.Helper()
	published, err := p.Publish(bundle, nation.Now)
	if err != nil {
		t.Fatal(err)
	}
	return published
}

// files lists what is in the folder, by its path.
func files(t testing.TB, folder string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(folder, path)
			all = append(all, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// snapshot is the content of every file of the folder.
func snapshot(t testing.TB, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range files(t, folder) {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return all
}

// requireSame checks that nothing of a folder has changed.
func requireSame(t testing.TB, what string, before, after map[string]string) {
	t.Helper()
	for name := range after {
		if before[name] != after[name] {
			t.Errorf("%s: %s was written", what, name)
		}
	}
	for name := range before {
		if _, there := after[name]; !there {
			t.Errorf("%s: %s is gone", what, name)
		}
	}
}

// requireWhole reads the folder as a device does: every file that the pointer
// names is there, and is what its name says; every delta gives the bundle. It
// returns the newest bundle.
func requireWhole(t testing.TB, folder string) []byte {
	t.Helper()
	latest, err := publisher.Latest(folder)
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string, want layout.File) []byte {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if sha256.Sum256(data) != want.Hash || int64(len(data)) != want.Size {
			t.Fatalf("%s: %d bytes of another content", name, len(data))
		}
		return data
	}
	newest := read(layout.BundleName(latest.Bundle.Hash), latest.Bundle)
	for _, d := range latest.Deltas {
		base, err := os.ReadFile(filepath.Join(folder, layout.BundleName(d.From)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := delta.Apply(base, read(layout.DeltaName(d.Hash), d.File))
		if err != nil || !bytes.Equal(got, newest) {
			t.Fatalf("the delta from %x gives another bundle: %v", d.From, err)
		}
	}
	return newest
}

// [DIST-20]
func TestAFolderHasTheNewestBundleAndDeltasFromThoseBefore(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "trust")
	p := open(t, folder, 3)
	for i, bundle := range days(t, 5) {
		published := publish(t, p, bundle)
		if !bytes.Equal(requireWhole(t, folder), bundle) {
			t.Fatalf("day %d: another bundle", i)
		}
		if len(published.Latest.Deltas) != min(i, 3) || published.Unchanged || !published.Report.Clean() {
			t.Errorf("day %d: %+v", i, published)
		}
		for _, d := range published.Latest.Deltas {
			if d.Size > 1000 {
				t.Errorf("day %d: a delta of %d bytes for a bundle of %d", i, d.Size, len(bundle))
			}
		}
	}
}

// [DIST-31] What the pointer named before stays for a publication, what is older
// goes, and so does what a power cut has left.
func TestOldFilesStayForAWhile(t *testing.T) {
	folder := t.TempDir()
	p := open(t, folder, 2)
	foreign := filepath.Join(folder, "bundle", "README")
	leftover := filepath.Join(folder, layout.DeltaName([32]byte{1})+".new")
	var before *publisher.Published
	for i, bundle := range days(t, 6) {
		if i == 3 {
			for _, path := range []string{foreign, leftover} {
				if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		published := publish(t, p, bundle)
		present := files(t, folder)
		if before != nil {
			for _, d := range before.Latest.Deltas {
				if !slices.Contains(present, layout.DeltaName(d.Hash)) {
					t.Errorf("day %d: a delta of the day before is gone", i)
				}
			}
			if !slices.Contains(present, layout.BundleName(before.Latest.Bundle.Hash)) {
				t.Errorf("day %d: the bundle of the day before is gone", i)
			}
		}
		bundles := slices.DeleteFunc(slices.Clone(present), func(name string) bool { return !strings.HasSuffix(name, ".bundle") })
		deltas := slices.DeleteFunc(slices.Clone(present), func(name string) bool { return !strings.HasSuffix(name, ".delta") })
		if len(bundles) != min(i+1, 3) || len(deltas) > 4 {
			t.Errorf("day %d: %d bundles, %d deltas", i, len(bundles), len(deltas))
		}
		before = published
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("a file of somebody else: %v", err)
	}
	if _, err := os.Stat(leftover); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a power cut has left: %v", err)
	}
}

// [DIST-30]
func TestABundleThatIsOlderOrDoesNotLoadIsRefused(t *testing.T) {
	all := days(t, 3)
	folder := t.TempDir()
	p := open(t, folder, 3)
	country := nation.New(t, "33", "41")
	country.List.Version.Counter, country.List.Issued = 2, country.List.Issued+60
	first, second := all[0], country.Bundle()
	publish(t, p, first)
	publish(t, p, all[1])
	other := nation.New(t, "33")
	other.Roots[0].ListEpoch, other.List.Version.Epoch = 7, 7
	before := snapshot(t, folder)
	for _, c := range []struct {
		name   string
		bundle []byte
		want   error
	}{
		{"a region's key set of the day before", first, publisher.ErrOlder},
		{"junk", []byte("no bundle"), publisher.ErrNotLoaded},
		{"nothing", nil, publisher.ErrNotLoaded},
		{"of another nation", other.Bundle(), publisher.ErrNotLoaded},
		{"cut", all[2][:len(all[2])-1], publisher.ErrNotLoaded},
	} {
		published, err := p.Publish(c.bundle, nation.Now)
		if !errors.Is(err, c.want) || published != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		requireSame(t, c.name, before, snapshot(t, folder))
	}
	national := t.TempDir()
	q := open(t, national, 3)
	publish(t, q, second)
	if _, err := q.Publish(nation.New(t, "33", "41").Bundle(), nation.Now); !errors.Is(err, publisher.ErrOlder) || !errors.Is(err, trustlist.ErrRollback) {
		t.Errorf("an older list: %v", err)
	}
	forked := nation.New(t, "33", "41")
	forked.List.Version.Counter, forked.List.Issued = 2, forked.List.Issued+120
	if _, err := q.Publish(forked.Bundle(), nation.Now); !errors.Is(err, publisher.ErrOlder) || !errors.Is(err, trustlist.ErrFork) {
		t.Errorf("another list of the same version: %v", err)
	}
}

// A region that breaks its documents must not keep the others' from anybody.
func TestAFaultOfOneRegionDoesNotStopAPublication(t *testing.T) {
	country := nation.New(t, "33", "41")
	country.Replacements["33/keyset"] = []byte("broken")
	folder := t.TempDir()
	published := publish(t, open(t, folder, 1), country.Bundle())
	if len(published.Report.Faults) == 0 || published.Report.Faults[0].Region != "33" {
		t.Errorf("%+v", published.Report)
	}
	requireWhole(t, folder)
}

func TestTheSameBundleAgainChangesNothing(t *testing.T) {
	folder := t.TempDir()
	p := open(t, folder, 3)
	all := days(t, 3)
	for _, bundle := range all {
		publish(t, p, bundle)
	}
	before := snapshot(t, folder)
	if published := publish(t, p, all[2]); !published.Unchanged || len(published.Removed) != 0 {
		t.Errorf("%+v", published)
	}
	requireSame(t, "again", before, snapshot(t, folder))
}

// A root that follows on the published one is published; devices go from the
// one to the other.
func TestANewRootIsPublishedWhenItFollows(t *testing.T) {
	folder := t.TempDir()
	p := open(t, folder, 3)
	country := nation.New(t, "33")
	publish(t, p, country.Bundle())
	country.Roots = append(country.Roots, country.NewRoot(2, country.RootSigners))
	country.Replacements["root/0"] = country.Document(country.Roots[0], country.RootSigners...)
	country.List.Version.Counter++
	country.Policy.Version.Counter++
	nextDay(country, "33")
	country.Regions["33"].Snapshot.Version.Counter++
	published := publish(t, p, country.Bundle())
	if !published.Report.Clean() || len(published.Latest.Deltas) != 1 {
		t.Errorf("%+v", published)
	}
}

// [DIST-32]
func TestThePointerIsOfALaterSecondEachTime(t *testing.T) {
	folder := t.TempDir()
	p := open(t, folder, 2)
	path := filepath.Join(folder, "latest")
	var before time.Time
	for i, bundle := range days(t, 4) {
		if i == 2 { // a clock that was ahead
			before = time.Now().Add(time.Hour)
			if err := os.Chtimes(path, before, before); err != nil {
				t.Fatal(err)
			}
		}
		publish(t, p, bundle)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.ModTime().Unix() <= before.Unix() {
			t.Errorf("day %d: %v after %v", i, info.ModTime(), before)
		}
		before = info.ModTime()
	}
}

// [DIST-33]
func TestADamagedPointerIsNoEmptyFolder(t *testing.T) {
	all := days(t, 2)
	for name, c := range map[string]struct {
		spoil func(folder string, newest layout.File) error
		want  error
	}{
		"pointer of zeros": {func(folder string, _ layout.File) error {
			return os.WriteFile(filepath.Join(folder, "latest"), make([]byte, 100), 0o644)
		}, publisher.ErrPointer},
		"empty pointer": {func(folder string, _ layout.File) error {
			return os.Truncate(filepath.Join(folder, "latest"), 0)
		}, publisher.ErrPointer},
		"pointer of tomorrow": {func(folder string, _ layout.File) error {
			return os.WriteFile(filepath.Join(folder, "latest"), []byte("tongxing/latest/2\n"), 0o644)
		}, layout.ErrLaterVersion},
		"bundle missing": {func(folder string, newest layout.File) error {
			return os.Remove(filepath.Join(folder, layout.BundleName(newest.Hash)))
		}, publisher.ErrPublished},
		"bundle damaged": {func(folder string, newest layout.File) error {
			return os.Truncate(filepath.Join(folder, layout.BundleName(newest.Hash)), newest.Size-1)
		}, publisher.ErrPublished},
	} {
		folder := t.TempDir()
		p := open(t, folder, 2)
		newest := publish(t, p, all[0]).Latest.Bundle
		if err := c.spoil(folder, newest); err != nil {
			t.Fatal(err)
		}
		before := snapshot(t, folder)
		if _, err := p.Publish(all[1], nation.Now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		requireSame(t, name, before, snapshot(t, folder))
		if c.want == publisher.ErrPublished { // the way out
			publish(t, p, all[0])
			publish(t, p, all[1])
			requireWhole(t, folder)
		}
	}
}

func TestADamagedOldBundleIsLeftOut(t *testing.T) {
	all := days(t, 3)
	folder := t.TempDir()
	p := open(t, folder, 3)
	first := publish(t, p, all[0]).Latest.Bundle
	publish(t, p, all[1])
	if err := os.Truncate(filepath.Join(folder, layout.BundleName(first.Hash)), 10); err != nil {
		t.Fatal(err)
	}
	published := publish(t, p, all[2])
	if !slices.Equal(published.Skipped, []string{layout.BundleName(first.Hash)}) || len(published.Latest.Deltas) != 1 {
		t.Errorf("%+v", published)
	}
	requireWhole(t, folder)
}

func TestFoldersAndOptionsThatCannotBeAreRefused(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, keep := range []int{-1, layout.MaxDeltas + 1} {
		if _, err := publisher.Open(folder, publisher.Options{Keep: keep}); !errors.Is(err, publisher.ErrKeep) {
			t.Errorf("keep %d: %v", keep, err)
		}
	}
	if _, err := publisher.NewHandler(file); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("a file in place of the folder: %v", err)
	}
	for _, path := range []string{file, filepath.Join(folder, "missing", "below")} {
		if p, err := publisher.Open(path, publisher.Options{}); err == nil || p != nil {
			t.Errorf("%s: %v", path, err)
		}
		if h, err := publisher.NewHandler(path); err == nil || h != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := publisher.Latest(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing published: %v", err)
	}
}

func TestTwoPublishersDoNotMix(t *testing.T) {
	folder := t.TempDir()
	all := days(t, 6)
	var publishers [2]*publisher.Publisher
	for i := range publishers {
		publishers[i] = open(t, folder, 4)
	}
	publish(t, publishers[0], all[0])
	done := make(chan error, len(publishers))
	for i, p := range publishers {
		go func() {
			for _, bundle := range all[1+i:] {
				_, err := p.Publish(bundle, nation.Now)
				for errors.Is(err, publisher.ErrBusy) {
					_, err = p.Publish(bundle, nation.Now)
				}
				if err != nil && !errors.Is(err, publisher.ErrOlder) {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range publishers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if !bytes.Equal(requireWhole(t, folder), all[5]) {
		t.Error("not the newest")
	}
}
