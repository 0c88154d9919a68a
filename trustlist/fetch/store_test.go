package fetch

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

const now = nation.Now

// newStore returns a store for the nation in a folder of its own.
func newStore(t testing.TB, n *nation.Nation) *Store {
	t.Helper()
	s, err := OpenStore(filepath.Join(t.TempDir(), "trust.store"), StoreOptions{Anchor: n.Anchor()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func apply(t testing.TB, s *Store, bundle []byte) *Change {
	t.Helper()
	change, err := s.Apply(bundle, Origin{From: "test"}, now)
	if err != nil {
		t.Fatal(err)
	}
	return change
}

func current(t testing.TB, s *Store) *State {
	t.Helper()
	state, err := s.Current(now)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func bundleOf(t testing.TB, trust *trustlist.Trust) []byte {
	t.Helper()
	bundle, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// next raises the version of the list.
func next(n *nation.Nation) {
	n.List.Version.Counter++
	n.List.Issued += 60
}

func TestACompleteBundleIsTheSourceAndThereIsNoRest(t *testing.T) {
	n := nation.New(t, "33", "41")
	s := newStore(t, n)
	for range 3 {
		bundle := n.Bundle()
		change := apply(t, s, bundle)
		state := current(t, s)
		if !bytes.Equal(state.Source, bundle) || state.RestSize != 0 {
			t.Fatalf("source is not what was applied, or a rest of %d bytes", state.RestSize)
		}
		if !change.Changed || !bytes.Equal(bundleOf(t, state.Trust), bundleOf(t, change.After)) {
			t.Fatal("what is in force after a start is something else")
		}
		next(n)
	}
}

func TestWhatABundleLeavesOutStaysInForceAfterARestart(t *testing.T) {
	n := nation.New(t, "33", "41", "46")
	n.Regions["41"].Lists = []*trustlist.StatusList{statusList("41", 1)}
	s := newStore(t, n)
	apply(t, s, n.Bundle())
	next(n)
	n.Regions["33"].KeySet.Version.Counter = 2
	n.Regions["33"].Snapshot = nil
	n.Policy = nil
	delete(n.Regions, "41")
	bundle := n.Bundle()
	change := apply(t, s, bundle)
	state := current(t, s)
	if !bytes.Equal(state.Source, bundle) {
		t.Fatal("source is not the bundle that was applied")
	}
	if state.RestSize == 0 || state.RestSize >= len(bundleOf(t, state.Trust)) {
		t.Errorf("the rest has %d bytes", state.RestSize)
	}
	if !bytes.Equal(bundleOf(t, state.Trust), bundleOf(t, change.After)) || !bytes.Equal(state.Trust.Memory(), change.After.Memory()) {
		t.Fatal("what is in force after a start is something else")
	}
	if region, _ := state.Trust.Region("41"); region.Available() != nil || len(region.StatusLists()) != 1 {
		t.Error("region 41 was left out and is lost")
	}
	if state.Trust.Policy() == nil {
		t.Error("the policy was left out and is lost")
	}
}

func statusList(region string, counter uint32) *trustlist.StatusList {
	list := &trustlist.StatusList{RegionalHead: trustlist.RegionalHead{Head: nation.Head(1, counter, now-3600+60*int64(counter)), Region: region}, List: 31 << 8}
	list.Due = now + 86400
	revoked := make([]uint32, counter)
	for i := range revoked {
		revoked[i] = uint32(i)
	}
	encoded, err := status.Encode(revoked)
	if err != nil {
		panic(err)
	}
	list.Revoked = trustlist.StatusSet{Members: counter, Encoded: encoded}
	return list
}

// A source that needs no rest takes the place of one that does: deltas are made
// for it.
func TestAWholeBundleReplacesAPartialOneWithTheSameContent(t *testing.T) {
	n := nation.New(t, "33", "41")
	s := newStore(t, n)
	whole := n.Bundle()
	apply(t, s, whole)
	parts, err := trustlist.ParseBundle(whole)
	if err != nil {
		t.Fatal(err)
	}
	parts.Regions = parts.Regions[:1]
	part, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if change := apply(t, s, part); change.Changed || !bytes.Equal(current(t, s).Source, whole) {
		t.Error("a part of the source replaces it")
	}
	next(n)
	later := n.Bundle()
	parts, err = trustlist.ParseBundle(later)
	if err != nil {
		t.Fatal(err)
	}
	parts.Regions = nil
	if part, err = parts.Encode(); err != nil {
		t.Fatal(err)
	}
	apply(t, s, part)
	if state := current(t, s); !bytes.Equal(state.Source, part) || state.RestSize == 0 {
		t.Error("a newer part is not the source")
	}
	parts.Regions = mustParse(t, bundleOf(t, current(t, s).Trust)).Regions
	if whole, err = parts.Encode(); err != nil {
		t.Fatal(err)
	}
	change := apply(t, s, whole)
	if state := current(t, s); change.Changed || !bytes.Equal(state.Source, whole) || state.RestSize != 0 {
		t.Error("a source with a rest stays where one without is offered")
	}
}

func mustParse(t testing.TB, bundle []byte) *trustlist.Parts {
	t.Helper()
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func TestAnOlderBundleIsRefusedAndNothingChanges(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	older := n.Bundle()
	next(n)
	apply(t, s, n.Bundle())
	before := file(t, s)
	if change, err := s.Apply(older, Origin{}, now); change != nil || !errors.Is(err, trustlist.ErrRollback) {
		t.Fatalf("%v, %v", change, err)
	}
	if !bytes.Equal(file(t, s), before) {
		t.Error("the store is another")
	}
	left, err := os.ReadDir(filepath.Dir(s.Path()))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func file(t testing.TB, s *Store) []byte {
	t.Helper()
	data, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheFirstImportNeedsToKnowWhereTrustBegins(t *testing.T) {
	n := nation.New(t, "33")
	path := filepath.Join(t.TempDir(), "trust.store")
	s, err := OpenStore(path, StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Current(now); !errors.Is(err, ErrNoStore) {
		t.Errorf("no store: %v", err)
	}
	if _, err := s.Apply(n.Bundle(), Origin{}, now); !errors.Is(err, ErrNoAnchor) {
		t.Errorf("no anchor: %v", err)
	}
	if err := s.Remember(now); !errors.Is(err, ErrNoStore) {
		t.Errorf("nothing to remember: %v", err)
	}
	anchored, err := OpenStore(path, StoreOptions{Anchor: n.Anchor()})
	if err != nil {
		t.Fatal(err)
	}
	apply(t, anchored, n.Bundle())
	apply(t, s, n.Bundle()) // it knows now
	if _, err := OpenStore(path, StoreOptions{Anchor: trustlist.AnchorHash([32]byte{1})}); !errors.Is(err, ErrOtherAnchor) {
		t.Errorf("another anchor: %v", err)
	}
}

// Every bit of the file is covered: what is flipped is told, never used and
// never replaced.
func TestADamagedStoreIsToldAndKept(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	bundle := n.Bundle()
	apply(t, s, bundle)
	good := file(t, s)
	damage := map[string][]byte{"cut": good[:len(good)-1], "empty": {}, "longer": append(bytes.Clone(good), 0)}
	for _, at := range []int{0, 1, 5, 20, 40, 100, len(good) / 2, len(good) - 1} {
		flipped := bytes.Clone(good)
		flipped[at] ^= 1
		damage["flipped at "+string(rune('a'+at%26))] = flipped
	}
	for name, data := range damage {
		write(t, s, data)
		_, err := s.Current(now)
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotAStore) && !errors.Is(err, ErrLaterStore) {
			t.Errorf("%s: %v", name, err)
		}
		var about *StoreError
		if _, err := s.Apply(bundle, Origin{}, now); !errors.As(err, &about) || about.Path != s.Path() {
			t.Errorf("%s: applied over: %v", name, err)
		}
		if !bytes.Equal(file(t, s), data) {
			t.Errorf("%s: a damaged store was replaced", name)
		}
	}
}

func write(t testing.TB, s *Store, data []byte) {
	t.Helper()
	if err := os.WriteFile(s.Path(), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// rewritten is the store's file with its content changed by somebody who knows
// how to hash.
func rewritten(t testing.TB, s *Store, change func(*content)) []byte {
	t.Helper()
	c, err := decodeStore(file(t, s))
	if err != nil {
		t.Fatal(err)
	}
	change(c)
	data, err := c.encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// [TRUST-106]
func TestAStoreThatSomebodyElseWroteIsNotBelieved(t *testing.T) {
	n, other := nation.New(t, "33"), nation.New(t, "33")
	s := newStore(t, n)
	older := n.Bundle()
	next(n)
	apply(t, s, n.Bundle())
	other.List.Issued += 7200
	other.List.Version.Counter = 9
	other.Replacements["list"] = other.Document(other.List, other.Regions["33"].Authority...)
	for name, change := range map[string]func(*content){
		"source of others": func(c *content) { c.Source = other.Bundle() },
		"rest of others":   func(c *content) { c.Rest = other.Bundle() },
		"source no bundle": func(c *content) { c.Source = []byte("no bundle") },
		"older source":     func(c *content) { c.Source = older },
		"no memory":        func(c *content) { c.Memory = []byte{1} },
		"other anchor":     func(c *content) { c.Anchor[0] ^= 1 },
	} {
		good := file(t, s)
		write(t, s, rewritten(t, s, change))
		unanchored := &Store{path: s.path, disk: systemDisk{}}
		if _, err := unanchored.Current(now); !errors.Is(err, ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
		write(t, s, good)
	}
}

func TestAFileThatIsNoStoreIsNeverReplaced(t *testing.T) {
	n := nation.New(t, "33")
	bundle := n.Bundle()
	path := filepath.Join(t.TempDir(), "national.bundle")
	if err := os.WriteFile(path, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStore(path, StoreOptions{Anchor: n.Anchor()}); !errors.Is(err, ErrNotAStore) {
		t.Errorf("a bundle as a store: %v", err)
	}
	if _, err := OpenStore(filepath.Dir(path), StoreOptions{Anchor: n.Anchor()}); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a folder as a store: %v", err)
	}
	if err := os.WriteFile(path, []byte("\x83ptongxing/store/2\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := OpenStore(path, StoreOptions{Anchor: n.Anchor()})
	if later, ok := errors.AsType[*LaterStoreError](err); !ok || !errors.Is(err, ErrLaterStore) || later.Format != "tongxing/store/2" {
		t.Errorf("a store of tomorrow: %v", err)
	}
}

func TestAStoreBehindALinkIsReplacedThere(t *testing.T) {
	n := nation.New(t, "33")
	folder := t.TempDir()
	link := filepath.Join(folder, "link")
	real, err := OpenStore(filepath.Join(folder, "trust.store"), StoreOptions{Anchor: n.Anchor()})
	if err != nil {
		t.Fatal(err)
	}
	apply(t, real, n.Bundle())
	if err := os.Symlink(real.Path(), link); err != nil {
		t.Fatal(err)
	}
	linked, err := OpenStore(link, StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	next(n)
	apply(t, linked, n.Bundle())
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v", err)
	}
	if current(t, real).Trust.ListVersion() != trustlist.NewVersion(1, 2) {
		t.Error("the file behind the link is the old one")
	}
	if info, err := os.Stat(real.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("permissions %v, %v", info.Mode(), err)
	}
}
