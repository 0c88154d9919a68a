package trustlist_test

import (
	"math/rand/v2"
	"testing"

	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// revokedCountry is a country of 34 regions in which one in a thousand of
// 1,400,000,000 credentials is revoked, with the deltas of seven days.
func revokedCountry(b *testing.B) *nation.Nation {
	const lists, members, days, daily = 13, 3167, 7, 8 // a list; 13 x 8 a day is 41,000 / 365
	n := country(b, 100)
	random := rand.New(rand.NewPCG(14, 34))
	for code, r := range n.Regions {
		head := regionalHead(code)
		now := make([]*trustlist.StatusList, lists)
		for i := range now {
			now[i] = &trustlist.StatusList{RegionalHead: head, List: august + uint32(i)<<8, Revoked: nation.Set(b, distinct(random, members, 0)...)}
		}
		r.Lists = now
		for day := range uint32(days) {
			changes := map[uint32]formatstatus.Change{}
			for i := range now {
				changes[now[i].List] = nation.Revoke(distinct(random, daily, 4_000_000+day*20_000)...)
			}
			head.Version.Counter = day + 1
			var d *trustlist.StatusDelta
			d, now = nation.Day(b, head, now, changes)
			r.Deltas = append(r.Deltas, d)
		}
		hash := trustlist.StatusHash(now)
		r.Snapshot.Status = &hash
	}
	return n
}

// distinct returns so many indices from first on, about a thousandth of the places
// that they are in.
func distinct(random *rand.Rand, count int, first uint32) []uint32 {
	all := make([]uint32, count)
	for i := range all {
		first += 1 + random.Uint32N(2000)
		all[i] = first
	}
	return all
}

// What a device does with the status lists of the whole country when it starts,
// against decoding their sets alone: signatures, deltas, hashes and compression.
func BenchmarkLoadStatusAgainstDecoding(b *testing.B) {
	n := revokedCountry(b)
	bundle, anchor := n.Bundle(), n.Anchor()
	if len(bundle) > 2_500_000 {
		b.Fatalf("%d bytes", len(bundle))
	}
	parts := n.Parts()
	bare := parts.WithStatus(choose(b, "none"))
	without, err := bare.Encode()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(bundle)-len(without)), "status-bytes")
	ratiotest.Compare(b, func() {
		if _, report, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: nation.Now}); err != nil || !report.Clean() {
			b.Fatal(report, err)
		}
	}, func() {
		for _, r := range n.Regions {
			for _, list := range r.Lists {
				if _, err := formatstatus.Decode(list.Revoked.Members, list.Revoked.Encoded); err != nil {
					b.Fatal(err)
				}
			}
		}
	}, 20)
}

func BenchmarkLoadStatus(b *testing.B) {
	n := revokedCountry(b)
	bundle, anchor := n.Bundle(), n.Anchor()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: nation.Now}); err != nil {
			b.Fatal(err)
		}
	}
}

// A verifier asks for every code that it reads.
func BenchmarkStatusLookup(b *testing.B) {
	region, _ := revokedCountry(b).Load().Region("33")
	random := rand.New(rand.NewPCG(3, 3))
	indices := make([]uint32, 1<<12)
	for i := range indices {
		indices[i] = random.Uint32N(3_200_000)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if !region.Status(august+uint32(i%13)<<8, indices[i%len(indices)]).Covered {
			b.Fatal("a list is missing")
		}
	}
}

func TestAskingForAStatusAllocatesNothing(t *testing.T) {
	region := region33(t, withLists(t, status(august, 1000, "a")).Load())
	if allocated := testing.AllocsPerRun(100, func() {
		if region.Status(august, 999).State != formatstatus.Revoked {
			t.Fatal("not revoked")
		}
	}); allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
}
