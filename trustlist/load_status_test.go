package trustlist_test

import (
	"bytes"
	"errors"
	"hash/crc32"
	"slices"
	"testing"

	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

const august = 31 << 8 // the first list of August 2022

// status returns a status list of region 33 that revokes as many indices as its
// counter; the label suspends some other one.
func status(number, counter uint32, label string) *trustlist.StatusList {
	l := &trustlist.StatusList{RegionalHead: regionalHead("33"), List: number}
	l.Version.Counter = counter
	revoked := make([]uint32, counter)
	for i := range revoked {
		revoked[i] = uint32(i)
	}
	for set, members := range map[*trustlist.StatusSet][]uint32{&l.Revoked: revoked, &l.Suspended: {labelled(label)}} {
		encoded, err := formatstatus.Encode(members)
		if err != nil {
			panic(err)
		}
		set.Members, set.Encoded = uint32(len(members)), encoded
	}
	return l
}

func labelled(label string) uint32 { return 1<<20 + crc32.ChecksumIEEE([]byte(label))>>12 }

// says reports whether the list has the label.
func says(list *trustlist.StatusList, label string) bool {
	return list != nil && bytes.Equal(list.Suspended.Encoded, status(list.List, 0, label).Suspended.Encoded)
}

// withLists is a nation whose region 33 has the lists, and names them in its
// snapshot.
func withLists(t *testing.T, lists ...*trustlist.StatusList) *nation.Nation {
	n := nation.New(t, "33", "41")
	r := n.Regions["33"]
	r.Lists = lists
	hash := trustlist.StatusHash(lists)
	r.Snapshot.Status = &hash
	return n
}

func region33(t *testing.T, trust *trustlist.Trust) *trustlist.Region {
	t.Helper()
	region, ok := trust.Region("33")
	if !ok || region.Available() != nil {
		t.Fatalf("region 33: %v", region.Available())
	}
	return region
}

func TestStatusListsLoadAndAreFoundByNumber(t *testing.T) {
	region := region33(t, withLists(t, status(august, 1, "a"), status(august+1, 1, "b")).Load())
	if list, ok := region.StatusList(august + 1); !ok || !says(list, "b") {
		t.Error("the list is not found")
	}
	if _, ok := region.StatusList(august + 2); ok {
		t.Error("a list that is not there")
	}
	if region.StatusBehind() || !slices.Equal(region.StatusLists(), []uint32{august, august + 1}) {
		t.Errorf("lists %v, behind %v", region.StatusLists(), region.StatusBehind())
	}
}

// [TRUST-82] [TRUST-112]
func TestAFaultOfAStatusListKeepsTheKnownOne(t *testing.T) {
	tests := map[string]struct {
		change func(*nation.Nation)
		want   error
	}{
		"older":      {func(n *nation.Nation) { n.Regions["33"].Lists[0].Version.Counter = 4 }, trustlist.ErrRollback},
		"same other": {func(n *nation.Nation) { n.Regions["33"].Lists[0].Version.Counter = 5 }, trustlist.ErrFork},
		"wrong key": {func(n *nation.Nation) {
			n.Replacements["33/status/0"] = n.Document(n.Regions["33"].Lists[0], n.Regions["33"].Signers[0])
		}, trustlist.ErrNoSigner},
		"authority": {func(n *nation.Nation) {
			n.Replacements["33/status/0"] = n.Document(n.Regions["33"].Lists[0], n.Regions["33"].Authority...)
		}, trustlist.ErrNoSigner},
		"other region": {func(n *nation.Nation) { n.Regions["33"].Lists[0].Region = "41" }, trustlist.ErrWrongRegion},
		"other epoch":  {func(n *nation.Nation) { n.Regions["33"].Lists[0].Version.Epoch = 2 }, trustlist.ErrEpoch},
		"garbage":      {func(n *nation.Nation) { n.Replacements["33/status/0"] = []byte{1} }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			previous := withLists(t, status(august, 5, "known"), status(august+1, 5, "b")).Load()
			n := withLists(t, status(august, 6, "new"), status(august+1, 6, "c"))
			n.Regions["33"].Snapshot.Version.Counter = 2
			test.change(n)
			trust, report, err := load(n, previous)
			if err != nil {
				t.Fatal(err)
			}
			region := region33(t, trust)
			first, _ := region.StatusList(august)
			second, _ := region.StatusList(august + 1)
			if !says(first, "known") || !says(second, "c") {
				t.Errorf("%v and %v", first.Suspended, second.Suspended)
			}
			if !region.StatusBehind() {
				t.Error("nothing says that a list is behind")
			}
			if fault := faultsOf(report, "33"); fault == nil || test.want != nil && !errors.Is(fault, test.want) {
				t.Errorf("%v, want %v", fault, test.want)
			}
		})
	}
}

// [TRUST-83]
func TestAListDropsAfterItsMonth(t *testing.T) {
	end := nation.New(t, "33")
	region := region33(t, withLists(t, status(august, 1, "a")).Load())
	if len(region.StatusLists()) != 1 {
		t.Fatal("August has begun")
	}
	july := withLists(t, status(august-256, 1, "a"), status(august, 1, "b"))
	july.Regions["33"].Snapshot.Status = nil
	trust, report, err := trustlist.Load(july.Bundle(), end.Anchor(), trustlist.LoadOptions{Clock: now})
	if err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	if got := region33(t, trust).StatusLists(); !slices.Equal(got, []uint32{august}) {
		t.Errorf("lists %v", got)
	}
	const september = 1661961600 // 2022-09-01 00:00 at UTC+8
	for clock, want := range map[int64]int{september - 1: 1, september: 0} {
		trust, _, err := trustlist.Load(july.Bundle(), end.Anchor(), trustlist.LoadOptions{Clock: clock})
		if err != nil || len(region33(t, trust).StatusLists()) != want {
			t.Errorf("at %d: %v, %v", clock, region33(t, trust).StatusLists(), err)
		}
	}
}

// [TRUST-113]
func TestListsAreKeptWhereAVenueLeavesThemOut(t *testing.T) {
	previous := withLists(t, status(august, 5, "known")).Load()
	n := withLists(t, status(august, 5, "known"))
	n.Regions["33"].Lists = nil
	trust, report, err := load(n, previous)
	if err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	if list, ok := region33(t, trust).StatusList(august); !ok || !says(list, "known") {
		t.Error("the list is gone")
	}
}

// delta returns a delta of region 33 and the lists after it.
func delta(t testing.TB, counter uint32, lists []*trustlist.StatusList, change formatstatus.Change) (*trustlist.StatusDelta, []*trustlist.StatusList) {
	head := regionalHead("33")
	head.Version.Counter = counter
	return nation.Day(t, head, lists, map[uint32]formatstatus.Change{august: change})
}

// [TRUST-82]
func TestDeltasFollowOnTheListsOneAfterTheOther(t *testing.T) {
	build := func() *nation.Nation { return withLists(t, status(august, 5, "known")) }
	first, lists := delta(t, 6, build().Regions["33"].Lists, nation.Revoke(100))
	second, next := delta(t, 7, lists, nation.Revoke(200))
	third, _ := delta(t, 8, next, nation.Revoke(300))
	sameVersion, otherBase := *second, *second
	sameVersion.Version, otherBase.Base = first.Version, first.Base
	tests := map[string]struct {
		deltas []*trustlist.StatusDelta
		want   error
	}{
		"none":          {nil, nil},
		"one":           {[]*trustlist.StatusDelta{first}, nil},
		"two":           {[]*trustlist.StatusDelta{first, second}, nil},
		"gap":           {[]*trustlist.StatusDelta{second}, trustlist.ErrOutdated},
		"gap between":   {[]*trustlist.StatusDelta{first, third}, trustlist.ErrOutdated},
		"another base":  {[]*trustlist.StatusDelta{first, &otherBase}, trustlist.ErrOutdated},
		"turned around": {[]*trustlist.StatusDelta{second, first}, trustlist.ErrRollback},
		"older after":   {[]*trustlist.StatusDelta{first, &sameVersion}, trustlist.ErrRollback},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := build()
			n.Regions["33"].Deltas = test.deltas
			trust, report, err := load(n, nil)
			if err != nil {
				t.Fatal(err)
			}
			region := region33(t, trust)
			fault := faultsOf(report, "33")
			if test.want == nil && (fault != nil || len(region.StatusDeltas()) != len(test.deltas)) ||
				test.want != nil && (!errors.Is(fault, test.want) || len(region.StatusDeltas()) != 0) {
				t.Errorf("%d deltas, %v", len(region.StatusDeltas()), fault)
			}
		})
	}
}

// [TRUST-84]
func TestTheSnapshotNamesTheListsWithTheirDeltas(t *testing.T) {
	n := withLists(t, status(august, 5, "known"))
	day, _ := delta(t, 6, n.Regions["33"].Lists, nation.Revoke(100))
	n.Regions["33"].Deltas = []*trustlist.StatusDelta{day}
	trust, _, err := load(n, nil)
	if err != nil || !region33(t, trust).StatusBehind() {
		t.Errorf("the snapshot names the lists without the delta: %v", err)
	}
	n.Regions["33"].Snapshot.Status = &day.Result
	if region33(t, n.Load()).StatusBehind() {
		t.Error("the snapshot names the lists with the delta")
	}
}

// [TRUST-103]
func TestDeltasAreNotTakenBack(t *testing.T) {
	build := func(counter uint32) *nation.Nation {
		n := withLists(t, status(august, 5, "known"))
		day, _ := delta(t, counter, n.Regions["33"].Lists, nation.Revoke(6))
		n.Regions["33"].Deltas = []*trustlist.StatusDelta{day}
		return n
	}
	previous := build(7).Load()
	trust, report, err := load(build(6), previous)
	if err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrRollback) {
		t.Fatal(faultsOf(report, "33"), err)
	}
	if deltas := region33(t, trust).StatusDeltas(); len(deltas) != 1 || deltas[0].Version.Counter != 7 {
		t.Error("the known delta is gone")
	}
	// Newer lists need no older deltas.
	newer := withLists(t, status(august, 8, "all"))
	newer.Regions["33"].Snapshot.Version.Counter = 2
	trust, report, err = load(newer, previous)
	if err != nil || !report.Clean() || len(region33(t, trust).StatusDeltas()) != 0 {
		t.Fatal(report, err)
	}
}

func TestAnOverlayStaysWhereANewOneIsRefused(t *testing.T) {
	build := func(counter uint32) *nation.Nation {
		n := nation.New(t, "33")
		n.Regions["33"].Overlay = sampleOverlay(t)
		n.Regions["33"].Overlay.Version.Counter = counter
		return n
	}
	previous := build(2).Load()
	tests := map[string]struct {
		change func(*nation.Nation)
		want   error
	}{
		"older": {func(n *nation.Nation) { n.Regions["33"].Overlay.Version.Counter = 1 }, trustlist.ErrRollback},
		"by one key": {func(n *nation.Nation) {
			n.Replacements["33/overlay"] = n.Document(n.Regions["33"].Overlay, n.Regions["33"].Authority[0])
		}, trustlist.ErrThreshold},
		"by the online key": {func(n *nation.Nation) {
			n.Replacements["33/overlay"] = n.Document(n.Regions["33"].Overlay, n.Regions["33"].Signers[1])
		}, trustlist.ErrThreshold},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := build(3)
			test.change(n)
			trust, report, err := load(n, previous)
			if err != nil {
				t.Fatal(err)
			}
			if overlay := region33(t, trust).Overlay(); overlay == nil || overlay.Version.Counter != 2 {
				t.Errorf("overlay %v", overlay)
			}
			if !errors.Is(faultsOf(report, "33"), test.want) {
				t.Errorf("%v, want %v", faultsOf(report, "33"), test.want)
			}
		})
	}
}

func TestTheSnapshotKeepsAnOldOverlayOut(t *testing.T) {
	n := nation.New(t, "33")
	n.Regions["33"].Overlay = sampleOverlay(t) // 1.7
	n.Regions["33"].Snapshot.Overlay = &trustlist.PartRef{Version: trustlist.NewVersion(1, 8)}
	trust, report, err := load(n, nil)
	if err != nil || region33(t, trust).Overlay() != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrOutdated) {
		t.Error(faultsOf(report, "33"), err)
	}
	n.Regions["33"].Overlay = nil
	if _, report, err = load(n, nil); err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrMissing) {
		t.Error(faultsOf(report, "33"), err)
	}
}
