package trustlist_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// year is a region that revokes, supersedes, suspends and restores at random, day
// by day over the ends of months, with new lists now and then and deltas between.
type year struct {
	n       *nation.Nation
	random  *rand.Rand
	time    int64
	version uint32
	lists   []*trustlist.StatusList // as they are now
}

func newYear(t testing.TB, seed uint64) *year {
	y := &year{n: nation.New(t, "33"), random: rand.New(rand.NewPCG(seed, 365)), time: now}
	for month := range uint32(3) {
		y.lists = append(y.lists, dated(status(august+month<<8, 0, "first"), y.time))
	}
	y.rebase()
	return y
}

// rebase publishes whole lists, without those whose month has ended.
func (y *year) rebase() {
	y.version++
	r := y.n.Regions["33"]
	r.Lists, r.Deltas = nil, nil
	for _, list := range y.lists {
		if trustlist.StatusHashAt([]*trustlist.StatusList{list}, y.time) == trustlist.StatusHash(nil) {
			continue // its month has ended
		}
		next := *list
		next.Version.Counter, next.Issued, next.Due = y.version, y.time, y.time+86400
		r.Lists = append(r.Lists, &next)
	}
	y.lists = slices.Clone(r.Lists)
}

// next is the next day.
func (y *year) next() {
	y.time += 86400
	y.version++
	changes := map[uint32]formatstatus.Change{}
	for _, list := range y.lists {
		if list.List >= uint32(31+(y.time-now)/(31*86400)+1)<<8 { // of a month that has not ended
			if change := y.change(list); !change.Empty() {
				changes[list.List] = change
			}
		}
	}
	head := regionalHead("33")
	head.Version.Counter, head.Issued, head.Due = y.version, y.time, y.time+86400
	var d *trustlist.StatusDelta
	d, y.lists = nation.Day(y.n.T, head, y.lists, changes)
	r := y.n.Regions["33"]
	r.Deltas = append(r.Deltas, d)
	if y.random.IntN(8) == 0 {
		y.rebase()
	}
	hash := trustlist.StatusHashAt(y.lists, y.time)
	r.Snapshot.Version.Counter, r.Snapshot.Issued, r.Snapshot.Due, r.Snapshot.Status = y.version, y.time, y.time+86400, &hash
}

// change is a day of one list: suspensions begin, end, and become revocations.
func (y *year) change(list *trustlist.StatusList) (c formatstatus.Change) {
	sets := nation.Sets(y.n.T, list)
	for _, index := range sets.Suspended {
		switch y.random.IntN(4) {
		case 0:
			c.Restored = append(c.Restored, index)
		case 1:
			c.Restored, c.Added.Revoked = append(c.Restored, index), append(c.Added.Revoked, index)
		}
	}
	for range y.random.IntN(4) {
		index := y.random.Uint32N(200)
		if sets.Lookup(index) != formatstatus.Active || slices.Contains(slices.Concat(c.Added.Revoked, c.Added.Superseded, c.Added.Suspended), index) {
			continue
		}
		set := []*[]uint32{&c.Added.Revoked, &c.Added.Superseded, &c.Added.Suspended}[y.random.IntN(3)]
		*set = append(*set, index)
	}
	for _, set := range []*[]uint32{&c.Added.Revoked, &c.Added.Superseded, &c.Added.Suspended} {
		slices.Sort(*set)
	}
	return c
}

// check fails the test at the first difference between what a device knows and what is so.
func (y *year) check(trust *trustlist.Trust, who string) {
	y.n.T.Helper()
	region, _ := trust.Region("33")
	for _, list := range y.lists {
		if trustlist.StatusHashAt([]*trustlist.StatusList{list}, y.time) == trustlist.StatusHash(nil) {
			continue
		}
		sets := nation.Sets(y.n.T, list)
		for index := range uint32(200) {
			got := region.Status(list.List, index)
			if !got.Covered || got.State != sets.Lookup(index) || got.AsOf != y.time || got.Behind {
				y.n.T.Fatalf("%s, day %d: %d of list %d is %+v, want %s as of %d", who, (y.time-now)/86400, index, list.List, got, sets.Lookup(index), y.time)
			}
		}
	}
}

// Base and deltas give the next lists with the same hash, whichever days a device
// has missed: one that gets every bundle, one that gets some, one that is started
// again each day, and one that gets the last delta alone, end every day with what
// is so.
// [TRUST-82] [TRUST-86] [TRUST-87] [STATUS-12]
func TestDeltasGiveWhatTheListsSayOnEveryDayOfEveryHistory(t *testing.T) {
	for seed := range uint64(4) {
		y := newYear(t, seed)
		devices := map[string]*trustlist.Trust{"new": nil, "each day": nil, "some days": nil, "restarted": nil, "last delta alone": nil}
		for range 45 {
			y.next()
			whole := y.n.Parts()
			for who, before := range devices {
				parts := whole
				parts.Regions = slices.Clone(whole.Regions)
				if r := &parts.Regions[0]; who == "last delta alone" && before != nil && len(r.Deltas) > 1 {
					r.StatusLists, r.Deltas = nil, r.Deltas[len(r.Deltas)-1:]
				}
				if who == "some days" && y.random.IntN(3) != 0 {
					continue
				}
				bundle, err := parts.Encode()
				if err != nil {
					t.Fatal(err)
				}
				trust, report, err := trustlist.Load(bundle, y.n.Anchor(), trustlist.LoadOptions{Clock: y.time, Previous: before})
				if err != nil || !report.Clean() {
					t.Fatal(seed, who, (y.time-now)/86400, report, err)
				}
				y.check(trust, who)
				switch who {
				case "restarted":
					devices[who] = rebooted(t, trust, y.n.Anchor(), y.time)
				case "new":
				default:
					devices[who] = trust
				}
			}
		}
	}
}
