package trustlist_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// rebooted is the trust of a device that has stored its bundle and its memory,
// was switched off and loads both again at the given clock.
func rebooted(t testing.TB, trust *trustlist.Trust, anchor trustlist.Anchor, clock int64) *trustlist.Trust {
	t.Helper()
	if trust == nil {
		return nil
	}
	stored, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	memory := trust.Memory()
	again, _, err := trustlist.Load(stored, anchor, trustlist.LoadOptions{Clock: clock, Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Memory(), memory) {
		t.Fatalf("memory\n%x comes back as\n%x", memory, again.Memory())
	}
	if twice, err := again.Bundle(); err != nil || !bytes.Equal(twice, stored) {
		t.Fatalf("the bundle comes back as another (%v)", err)
	}
	return again
}

// anyDay is a bundle as it could come on some day: any version of any document,
// regions delisted, left out, renewed and retired from, keys in any state, lists
// that a stolen key signed, parts damaged.
func anyDay(t testing.TB, source *rand.Rand, day int64) *nation.Nation {
	n := nation.New(t, "33", "46")
	counter := uint32(2*day) + 1 + source.Uint32N(4) // newer mostly
	n.List.Version.Counter, n.List.Issued = counter, n.List.Issued+int64(counter)
	n.Policy.Version.Counter = 1 + uint32(day/4)
	for i, code := range []string{"33", "46"} {
		anyRegion(t, source, n, &n.List.Regions[i], n.Regions[code])
		if source.IntN(6) == 0 {
			delete(n.Regions, code)
		}
	}
	if source.IntN(4) == 0 {
		n.List.Regions = slices.Delete(n.List.Regions, 0, 1)
	}
	if source.IntN(3) == 0 {
		n.Policy = nil
	}
	return n
}

func anyRegion(t testing.TB, source *rand.Rand, n *nation.Nation, entry *trustlist.Entry, r *nation.Region) {
	version := trustlist.NewVersion(1+source.Uint32N(5)/4, 1+source.Uint32N(4))
	entry.Epoch = version.Epoch
	if source.IntN(5) == 0 {
		entry.Threshold = 3 // two have signed
	}
	r.KeySet.Version, r.KeySet.Issued = version, r.KeySet.Issued+int64(version.Counter)
	if source.IntN(2) == 0 {
		r.KeySet.Keys[0].State, r.KeySet.Keys[0].Since = trustlist.KeyState(1+source.IntN(2)), nation.Now
	}
	if source.IntN(8) == 0 {
		r.KeySet.Keys[1].State, r.KeySet.Keys[1].Since = trustlist.Compromised, nation.Now
	}
	if source.IntN(4) == 0 {
		r.KeySet.Keys = r.KeySet.Keys[1:]
	}
	r.Snapshot.Version = trustlist.NewVersion(version.Epoch, 1+source.Uint32N(3))
	if source.IntN(3) == 0 {
		r.Snapshot = nil
	}
	for number := range uint32(3) {
		if source.IntN(2) == 0 {
			l := statusOf(entry.Code, august+number, 3)
			l.Version = trustlist.NewVersion(version.Epoch, 1+source.Uint32N(4))
			r.Lists = append(r.Lists, l)
		}
	}
	if source.IntN(3) == 0 {
		d := &trustlist.StatusDelta{RegionalHead: regionalHead(entry.Code), Base: trustlist.StatusHash(r.Lists)}
		d.Version, d.Result = trustlist.NewVersion(version.Epoch, 1+source.Uint32N(3)), d.Base
		r.Deltas = append(r.Deltas, d)
	}
	if source.IntN(2) == 0 {
		o := sampleOverlay(t)
		o.RegionalHead = regionalHead(entry.Code)
		o.Version = trustlist.NewVersion(version.Epoch, 1+source.Uint32N(3))
		r.Overlay = o
	}
	if source.IntN(6) == 0 {
		n.Replacements[entry.Code+"/keyset"] = []byte{0}
	}
}

// told is everything that can be learned of one load.
func told(t testing.TB, trust *trustlist.Trust, report *trustlist.Report, err error) string {
	t.Helper()
	if err != nil {
		return err.Error()
	}
	stored, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(struct {
		Trust          *trustlist.Trust
		Report         *trustlist.Report
		Bundle, Memory []byte
	}{trust, report, stored, trust.Memory()})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A device that is switched off after every load judges as one that never is.
// [TRUST-117]
func TestARestartChangesNoLaterJudgement(t *testing.T) {
	source := rand.New(rand.NewPCG(4, 4))
	anchor := nation.New(t).Anchor()
	taken := 0
	for range 20 {
		var steady, restarting *trustlist.Trust
		for day := range int64(10) {
			clock := now + day*20*86400*source.Int64N(2)
			bundle := anyDay(t, source, day).Bundle()
			a, reportA, errA := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: clock, Previous: steady})
			b, reportB, errB := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: clock, Previous: restarting})
			if x, y := told(t, a, reportA, errA), told(t, b, reportB, errB); x != y {
				t.Fatalf("day %d: without restarts\n%s\nwith restarts\n%s", day, x, y)
			}
			if errA == nil {
				taken++
				// The clock may have stopped while the device was off.
				steady, restarting = a, rebooted(t, b, anchor, clock*source.Int64N(2))
			}
		}
	}
	if taken < 100 {
		t.Errorf("only %d bundles were taken: the sequences try too little", taken)
	}
}

// The bundle alone has forgotten what is not in force; the memory has not.
// [TRUST-117]
func TestWhatIsNotInForceIsRememberedThroughARestart(t *testing.T) {
	five := nation.New(t, "33", "41")
	five.Regions["33"].KeySet.Version.Counter = 5
	five.Regions["33"].KeySet.Keys[0].State, five.Regions["33"].KeySet.Keys[0].Since = trustlist.Retired, now
	delisted := nation.New(t, "33", "41")
	delisted.List.Version.Counter = 2
	delisted.List.Regions = delisted.List.Regions[1:]
	tests := map[string]struct {
		change func(*trustlist.KeySet)
		want   error
	}{
		"an older key set":       {func(s *trustlist.KeySet) { s.Version.Counter = 4 }, trustlist.ErrRollback},
		"another of the version": {func(s *trustlist.KeySet) { s.Version.Counter = 5 }, trustlist.ErrFork},
		"a retired key active":   {func(s *trustlist.KeySet) { s.Version.Counter = 6 }, trustlist.ErrKeyState},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			trust, _, err := load(delisted, five.Load())
			if err != nil {
				t.Fatal(err)
			}
			trust = rebooted(t, trust, delisted.Anchor(), now)
			n := nation.New(t, "33", "41")
			n.List.Version.Counter = 3
			test.change(n.Regions["33"].KeySet)
			if _, report, err := load(n, trust); err != nil || !errors.Is(faultsOf(report, "33"), test.want) {
				t.Errorf("%v, %v, want %v", report, err, test.want)
			}
		})
	}
}

// [TRUST-117]
func TestTheHigherOfPreviousAndMemoryCounts(t *testing.T) {
	issue := func(counter uint32) *nation.Nation {
		n := nation.New(t, "33")
		n.List.Version.Counter, n.List.Issued = counter, n.List.Issued+int64(counter)
		n.Regions["33"].KeySet.Version.Counter, n.Regions["33"].Snapshot.Version.Counter = counter, counter
		return n
	}
	one, two, three := issue(1).Load(), issue(2).Load(), issue(3)
	for name, options := range map[string]trustlist.LoadOptions{
		"memory alone":    {Clock: now, Memory: two.Memory()},
		"previous higher": {Clock: now, Previous: two, Memory: one.Memory()},
		"memory higher":   {Clock: now, Previous: one, Memory: two.Memory()},
	} {
		if _, _, err := trustlist.Load(issue(1).Bundle(), three.Anchor(), options); !errors.Is(err, trustlist.ErrRollback) {
			t.Errorf("%s: %v", name, err)
		}
		trust, report, err := trustlist.Load(three.Bundle(), three.Anchor(), options)
		if err != nil || !report.Clean() || trust.ListVersion().Counter != 3 {
			t.Errorf("%s: %v, %v", name, report, err)
		}
		n := issue(3)
		n.Policy = nil
		if _, _, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: now, Memory: two.Memory()}); !errors.Is(err, trustlist.ErrMissing) {
			t.Errorf("the policy that is known is left out: %v", err)
		}
	}
}

// [TRUST-118]
func TestADamagedMemoryIsRefused(t *testing.T) {
	n := withLists(t, status(august, 2, "a"))
	n.Regions["33"].KeySet.Keys[0].State, n.Regions["33"].KeySet.Keys[0].Since = trustlist.Retired, now
	trust := n.Load()
	memory := trust.Memory()
	refused := func(name string, memory []byte, want error) {
		t.Helper()
		again, report, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: now, Memory: memory})
		var damaged *trustlist.MemoryError
		if again != nil || report != nil || !errors.As(err, &damaged) || want != nil && !errors.Is(err, want) {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for i := range memory {
		flipped := bytes.Clone(memory)
		flipped[i] ^= 1 << (i % 8)
		refused("one bit of byte "+string(rune('0'+i%10)), flipped, nil)
	}
	refused("of no bytes", []byte{}, nil)
	refused("cut off", memory[:len(memory)-1], nil)
	refused("with a byte more", append(bytes.Clone(memory), 0), nil)
	refused("of tomorrow", bytes.Replace(memory, []byte("memory/1"), []byte("memory/2"), 1), trustlist.ErrLaterVersion)
	refused("a bundle", n.Bundle(), nil)
	refused("too large", make([]byte, trustlist.MaxMemory+1), trustlist.ErrTooLarge)
}

// FuzzMemory feeds memories to a device that starts: whatever it takes has one
// encoding, and makes nothing known lower.
func FuzzMemory(f *testing.F) {
	var good []byte
	var anchor trustlist.Anchor
	for _, v := range bundleVectors(f) {
		a := trustlist.AnchorHash([32]byte(v.Anchor))
		trust, _, err := trustlist.Load(v.Bundle, a, trustlist.LoadOptions{Clock: v.Clock.Unix()})
		if err != nil {
			continue
		}
		f.Add(trust.Memory())
		if v.Name == "good" {
			good, anchor = v.Bundle, a
		}
	}
	if good == nil {
		f.Fatal("the vectors have no good bundle")
	}
	f.Fuzz(func(t *testing.T, memory []byte) {
		kept := bytes.Clone(memory)
		trust, report, err := trustlist.Load(good, anchor, trustlist.LoadOptions{Clock: now, Memory: memory})
		if (err == nil) != (trust != nil && report != nil) {
			t.Fatalf("%v, %v, %v", trust, report, err)
		}
		if err == nil {
			again := rebooted(t, trust, anchor, now)
			notLower(t, trust, again)
		}
		if !bytes.Equal(kept, memory) {
			t.Fatal("loading has changed the memory")
		}
	})
}

// A region that comes back to the list with a key set that nobody takes leaves
// its lists, which are known, without a place in the stored bundle.
// [TRUST-117]
func TestWhatCannotBeStoredIsNotHeld(t *testing.T) {
	n := withLists(t, status(august, 2, "a"))
	trust := n.Load()
	n.List.Version.Counter, n.List.Regions = 2, n.List.Regions[1:]
	trust, _, err := load(n, trust)
	if err != nil {
		t.Fatal(err)
	}
	back := withLists(t, status(august, 2, "a"))
	back.List.Version.Counter, back.Regions["33"].KeySet.Version.Counter = 3, 2
	back.Replacements["33/keyset"] = []byte{0}
	if trust, _, err = load(back, trust); err != nil {
		t.Fatal(err)
	}
	good := withLists(t)
	good.List.Version.Counter, good.Regions["33"].KeySet.Version.Counter, good.Regions["33"].Snapshot.Version.Counter = 4, 3, 2
	steady, _, err := load(good, trust)
	if err != nil {
		t.Fatal(err)
	}
	restarting, _, err := load(good, rebooted(t, trust, good.Anchor(), now))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := region33(t, steady).StatusLists(), region33(t, restarting).StatusLists(); !slices.Equal(a, b) {
		t.Errorf("lists %v without a restart, %v with one", a, b)
	}
}
