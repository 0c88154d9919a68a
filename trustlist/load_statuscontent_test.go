package trustlist_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// The end of August 2022 at UTC+8.
const september = 1661961600

// dated returns a list as it was issued at t.
func dated(list *trustlist.StatusList, t int64) *trustlist.StatusList {
	list.Issued, list.Due = t, t+86400
	return list
}

// ask fails the test unless the region says that of a credential.
func ask(t *testing.T, trust *trustlist.Trust, list, index uint32, want formatstatus.State) {
	t.Helper()
	if got := region33(t, trust).Status(list, index); !got.Covered || got.State != want {
		t.Errorf("%d of list %d: %+v, want %s", index, list, got, want)
	}
}

func TestAListThatIsNotThereIsNoEmptyList(t *testing.T) {
	trust := withLists(t, status(august, 1, "a")).Load()
	if got := region33(t, trust).Status(august+1, 0); got != (trustlist.StatusKnowledge{}) {
		t.Errorf("%+v", got)
	}
	ask(t, trust, august, 0, formatstatus.Revoked)
	ask(t, trust, august, labelled("a"), formatstatus.Suspended)
	ask(t, trust, august, 1, formatstatus.Active)
}

// The last delta speaks for all lists of the region, also for those that it does
// not name.
// [TRUST-82]
func TestKnowledgeIsAsOldAsTheLastDelta(t *testing.T) {
	earlier := regionalHead("33").Issued - 7200
	n := withLists(t, dated(status(august, 5, "a"), earlier), dated(status(august+1, 5, "b"), earlier+3600))
	region := region33(t, n.Load())
	if a, b := region.Status(august, 0), region.Status(august+1, 0); a.AsOf != earlier || b.AsOf != earlier+3600 || b.Due != earlier+3600+86400 {
		t.Errorf("%+v, %+v", a, b)
	}
	day, _ := delta(t, 6, n.Regions["33"].Lists, nation.Revoke(100))
	n.Regions["33"].Deltas = []*trustlist.StatusDelta{day}
	n.Regions["33"].Snapshot.Status = &day.Result
	region = region33(t, n.Load())
	for _, list := range region.StatusCoverage() {
		if list.AsOf != day.Issued || list.Due != day.Due {
			t.Errorf("%+v, the delta is of %d", list, day.Issued)
		}
	}
}

// [TRUST-86] [TRUST-83] [TRUST-117]
func TestNoRevocationIsLostAtTheEndOfAMonth(t *testing.T) {
	const next = august + 256
	lists := []*trustlist.StatusList{status(august, 1, "a"), status(next, 1, "b")}
	n := withLists(t, lists...)
	r := n.Regions["33"]
	day := func(counter uint32, issued int64, changes map[uint32]formatstatus.Change) *trustlist.StatusDelta {
		head := regionalHead("33")
		head.Version.Counter, head.Issued, head.Due = counter, issued, issued+86400
		var d *trustlist.StatusDelta
		d, lists = nation.Day(t, head, lists, changes)
		return d
	}
	before := day(1, september-1, map[uint32]formatstatus.Change{august: nation.Revoke(500), next: nation.Revoke(600)})
	after := day(2, september, map[uint32]formatstatus.Change{next: nation.Revoke(601)})
	if before.Result == after.Base {
		t.Fatal("the end of the month changes nothing")
	}
	n.List.Issued = september - 3600 // the clocks of all devices are right
	r.Snapshot.Version.Counter, r.Snapshot.Issued, r.Snapshot.Due = 2, september-1, september+86400
	r.Snapshot.Status, r.Deltas = &before.Result, []*trustlist.StatusDelta{before}
	first := n.Bundle()
	r.Snapshot.Version.Counter, r.Snapshot.Issued = 3, september
	r.Snapshot.Status, r.Deltas = &after.Result, append(r.Deltas, after)
	second := n.Bundle()
	var device *trustlist.Trust
	for _, step := range []struct {
		clock  int64
		bundle []byte
		deltas int
	}{{september - 1, first, 1}, {september, first, 1}, {september + 86400, first, 1}, {september, second, 2}, {september + 20*86400, second, 2}} {
		for name, previous := range map[string]*trustlist.Trust{"new": nil, "old": device} {
			trust, report, err := trustlist.Load(step.bundle, n.Anchor(), trustlist.LoadOptions{Clock: step.clock, Previous: previous})
			if err != nil || !report.Clean() {
				t.Fatal(name, step.clock, report, err)
			}
			for _, trust := range []*trustlist.Trust{trust, rebooted(t, trust, n.Anchor(), step.clock)} {
				ask(t, trust, next, 600, formatstatus.Revoked)
				ask(t, trust, august, 500, formatstatus.Revoked)
				if region := region33(t, trust); len(region.StatusDeltas()) != step.deltas || region.StatusBehind() {
					t.Errorf("%s device at %d: %d deltas, behind %t", name, step.clock, len(region.StatusDeltas()), region.StatusBehind())
				}
			}
			device = trust
		}
	}
	// New lists and a snapshot of September need those of August no more.
	n.Regions["33"].Lists = []*trustlist.StatusList{dated(lists[1], september+7200)}
	lists[1].Version.Counter = 2
	r.Deltas, r.Snapshot.Version.Counter, r.Snapshot.Issued = nil, 4, september+7200
	hash := trustlist.StatusHash(lists[1:])
	r.Snapshot.Status = &hash
	trust, report, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: september + 7200, Previous: device})
	if err != nil || !report.Clean() || !slices.Equal(region33(t, trust).StatusLists(), []uint32{next}) {
		t.Fatal(region33(t, trust).StatusLists(), report, err)
	}
	ask(t, trust, next, 601, formatstatus.Revoked)
}

// A region has published from an old backup: nothing of it is used, whatever the
// version says, and people are told how many codes it is about.
// [TRUST-89] [STATUS-8]
func TestAnOldBackupBringsNoRevokedCodeBack(t *testing.T) {
	previous := withLists(t, status(august, 9, "known"), status(august+1, 2, "b")).Load()
	backup := status(august, 3, "backup")
	backup.Version.Counter = 10
	n := withLists(t, backup, status(august+1, 3, "c"))
	n.Regions["33"].Snapshot.Version.Counter = 2
	trust, report, err := load(n, previous)
	var loss *trustlist.StatusLossError
	if err != nil || !errors.As(faultsOf(report, "33"), &loss) || loss.List != august || loss.Lost != 6 || !errors.Is(loss, trustlist.ErrStatusLoss) {
		t.Fatal(report, err)
	}
	ask(t, trust, august, 8, formatstatus.Revoked)
	ask(t, trust, august+1, labelled("b"), formatstatus.Suspended)
	if !region33(t, trust).StatusBehind() {
		t.Error("nothing says that the lists are behind")
	}
	// The right lists are taken afterwards, in a version above that of the backup
	// or of the backup itself.
	right := withLists(t, status(august, 11, "right"), status(august+1, 4, "d"))
	right.Regions["33"].Snapshot.Version.Counter = 3
	if trust, report, err = load(right, rebooted(t, trust, n.Anchor(), now)); err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	ask(t, trust, august, 10, formatstatus.Revoked)
}

// [TRUST-145]
func TestTheMembersOfARegionAreBounded(t *testing.T) {
	const many = 9_000_000
	all := firstIndices(many)
	runs := func(number uint32) *trustlist.StatusList {
		list := status(number, 0, "")
		list.Version.Counter, list.Revoked, list.Suspended = 1, nation.Set(t, all...), trustlist.StatusSet{}
		return list
	}
	n := nation.New(t, "33")
	n.Regions["33"].Lists = []*trustlist.StatusList{runs(august + 1), runs(august)}
	trust, report, err := load(n, nil)
	if err != nil || len(report.Faults) != 1 || !errors.Is(report.Faults[0], trustlist.ErrTooLarge) {
		t.Fatal(report, err)
	}
	if got := region33(t, trust).StatusLists(); !slices.Equal(got, []uint32{august}) {
		t.Errorf("lists %v", got)
	}
	n.Regions["33"].Lists = n.Regions["33"].Lists[1:]
	day, _ := delta(t, 6, n.Regions["33"].Lists, formatstatus.Change{})
	day.Changes[0].List, day.Changes[0].Additions = august+1, additions(t, all)
	day.Result[0]++
	n.Regions["33"].Deltas = []*trustlist.StatusDelta{day}
	if trust, report, err = load(n, nil); err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrTooLarge) {
		t.Fatal(report, err)
	}
	ask(t, trust, august, many-1, formatstatus.Revoked)
}

func additions(t *testing.T, revoked []uint32) []byte {
	t.Helper()
	encoded, err := formatstatus.EncodeAdditions(formatstatus.Sets{Revoked: revoked})
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// [TRUST-112]
func TestTheOrderOfListsInABundleDoesNotMatter(t *testing.T) {
	n := withLists(t, status(august, 1, "a"), status(august+1, 2, "b"), status(august+2, 3, "c"), status(august+256, 4, "d"))
	day, _ := delta(t, 6, n.Regions["33"].Lists, nation.Revoke(100))
	n.Regions["33"].Deltas = []*trustlist.StatusDelta{day}
	n.Regions["33"].Snapshot.Status = &day.Result
	parts := n.Parts()
	var want []trustlist.StatusCoverage
	for seed := range uint64(20) {
		shuffled := parts
		shuffled.Regions = slices.Clone(parts.Regions)
		lists := slices.Clone(parts.Regions[0].StatusLists)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(lists), func(i, j int) { lists[i], lists[j] = lists[j], lists[i] })
		shuffled.Regions[0].StatusLists = lists
		bundle, err := shuffled.Encode()
		if err != nil {
			t.Fatal(err)
		}
		trust, report, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now})
		if err != nil || !report.Clean() {
			t.Fatal(report, err)
		}
		got := region33(t, trust).StatusCoverage()
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) || region33(t, trust).StatusBehind() {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
}

// A delta dated before the known one is refused also where it comes alone: the two
// together would be refused when the device starts again, and the known one with
// them.
// [TRUST-88]
func TestADeltaDatedBeforeTheKnownOneIsRefusedWhereItComesAlone(t *testing.T) {
	n := withLists(t, dated(status(august, 5, "known"), now-2*86400))
	first, lists := delta(t, 6, n.Regions["33"].Lists, nation.Revoke(100))
	n.Regions["33"].Deltas, n.Regions["33"].Snapshot.Status = []*trustlist.StatusDelta{first}, &first.Result
	device := n.Load()
	second, _ := delta(t, 7, lists, nation.Revoke(200))
	second.Issued--
	n.Regions["33"].Deltas = []*trustlist.StatusDelta{second}
	trust, report, err := load(n, device)
	if err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrOutdated) {
		t.Fatal(report, err)
	}
	ask(t, rebooted(t, trust, n.Anchor(), now), august, 100, formatstatus.Revoked)
}

// What is known and what a bundle gives count together: what would have no room
// stays out, and nothing known is lost for it.
// [TRUST-145]
func TestTheMembersOfARegionAreBoundedOverSeveralBundles(t *testing.T) {
	n := nation.New(t, "33")
	var device *trustlist.Trust
	for _, number := range []uint32{august + 1, august} {
		list := status(number, 1, "")
		list.Revoked, list.Suspended = nation.Set(t, firstIndices(9_000_000)...), trustlist.StatusSet{}
		n.Regions["33"].Lists = []*trustlist.StatusList{list}
		var report *trustlist.Report
		var err error
		if device, report, err = load(n, device); err != nil || (number == august) != errors.Is(faultsOf(report, "33"), trustlist.ErrTooLarge) {
			t.Fatal(report, err)
		}
	}
	if got := region33(t, device).StatusLists(); !slices.Equal(got, []uint32{august + 1}) {
		t.Errorf("lists %v", got)
	}
}

func firstIndices(n int) []uint32 {
	all := make([]uint32, n)
	for i := range all {
		all[i] = uint32(i)
	}
	return all
}
