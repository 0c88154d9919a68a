package trustlist_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// drawIndices returns n different indices below places, ascending.
func drawIndices(r *rand.Rand, n int, places uint32) []uint32 {
	var members []uint32
	for len(members) < n {
		for len(members) < n {
			members = append(members, r.Uint32N(places))
		}
		slices.Sort(members)
		members = slices.Compact(members)
	}
	return members
}

// A country of 1,400 million credentials, one in a thousand of them revoked: what
// a venue carries that wants to know of all.
func TestTheStatusListsOfACountryFitInto2100000Bytes(t *testing.T) {
	const places = 1_400_000_000 / 34
	n := nation.New(t, "33")
	signer := n.Regions["33"].Signers[1]
	r := rand.New(rand.NewPCG(34, 1))
	provinces := spec.Provinces()
	total, indexBytes := 0, 0
	for _, province := range provinces {
		list := &trustlist.StatusList{
			RegionalHead: trustlist.RegionalHead{Head: nation.Head(1, 100, nation.Now), Region: province.Number},
			List:         31 << 8, Revoked: nation.Set(t, drawIndices(r, places/1000, places)...),
		}
		list.Due = nation.Now + 86400
		total += len(n.Document(list, signer))
		indexBytes += len(list.Revoked.Encoded)
	}
	t.Logf("%d documents, %d bytes, %d of them index sets", len(provinces), total, indexBytes)
	if len(provinces) != 34 || total > 2_100_000 {
		t.Errorf("%d regions, %d bytes", len(provinces), total)
	}
}

// A province of a hundred million credentials, of which a share is revoked in the
// course of a year: what it signs on one day beside the index sets themselves.
func TestADayOfAProvinceIsItsIndicesAndLittleElse(t *testing.T) {
	for _, c := range []struct {
		name   string
		lists  int
		places uint32
		share  float64
	}{
		{"96 lists of 2^20, 1 %", 96, 1 << 20, 0.01}, {"96 lists of 2^20, 0.1 %", 96, 1 << 20, 0.001},
		{"6 lists of 2^24, 1 %", 6, 1 << 24, 0.01}, {"6 lists of 2^24, 0.1 %", 6, 1 << 24, 0.001},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := nation.New(t, "33")
			head := trustlist.RegionalHead{Head: nation.Head(1, 100, nation.Now), Region: "33"}
			head.Due = nation.Now + 86400
			r := rand.New(rand.NewPCG(uint64(c.lists), uint64(c.share*1000)))
			var lists []*trustlist.StatusList
			changes, indexBytes := map[uint32]formatstatus.Change{}, 0
			perList := float64(c.places) * c.share
			for i := range c.lists {
				number := uint32(31<<8 + i)
				before := drawIndices(r, int(perList/2), c.places)
				lists = append(lists, &trustlist.StatusList{RegionalHead: head, List: number, Revoked: nation.Set(t, before...)})
				today := formatstatus.Difference(drawIndices(r, poisson(r, perList/365), c.places), before)
				if len(today) == 0 {
					continue
				}
				changes[number] = nation.Revoke(today...)
				indexBytes += len(nation.Set(t, today...).Encoded)
			}
			delta, _ := nation.Day(t, head, lists, changes)
			size := len(n.Document(delta, n.Regions["33"].Signers[1]))
			most := indexBytes + 300 + 4*len(changes)
			t.Logf("%d lists change: %d bytes signed, %d of them index sets: %d bytes and 4 a list beside them",
				len(changes), size, indexBytes, size-indexBytes-4*len(changes))
			if size > most {
				t.Errorf("%d bytes, more than %d", size, most)
			}
		})
	}
}

// poisson draws how many of many unlikely things happen, mean of them in the mean.
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for at := r.ExpFloat64(); at < mean; at += r.ExpFloat64() {
		n++
	}
	return n
}
