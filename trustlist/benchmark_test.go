package trustlist_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// country returns a nation of all provincial divisions, two authority keys each,
// with the given number of signing keys, half of them SM2: status and test keys
// in shards, for three periods ahead, with snapshots, a root, the list and a
// policy.
func country(t testing.TB, keys int) *nation.Nation {
	n := nation.New(t)
	provinces := spec.Provinces()
	made := 0
	for i, province := range provinces {
		r := n.AddRegion(province.Number)
		entry := &n.List.Regions[i]
		entry.Name, entry.Keys = province.Label.ZH, entry.Keys[:2]
		entry.Authority = province.Label.ZH + "卫生健康委员会"
		entry.Appeal = "0571-12345 https://wjw." + province.ISO + ".gov.cn/appeal"
		made += len(r.KeySet.Keys)
		for j := 0; made < keys*(i+1)/len(provinces); j++ {
			algorithm := sig.SM2
			if made%2 == 1 {
				algorithm = sig.ES256
			}
			period := uint16(900 + 92*(j%3))
			r.KeySet.Keys = append(r.KeySet.Keys, trustlist.Key{
				Public:   sigtest.New(algorithm, fmt.Sprintf("%s %d", province.Number, j)).PublicKey(),
				SignFrom: trustlist.Day(period), SignUntil: trustlist.Day(period + 92), Usage: []trustlist.Usage{3, 3, 4, 24}[j/3%4],
			})
			made++
		}
	}
	return n
}

// benchmarkLoad fails when the bundle has as many bytes as limit.
func benchmarkLoad(b *testing.B, keys, limit int) {
	n := country(b, keys)
	bundle, anchor := n.Bundle(), n.Anchor()
	if len(bundle) >= limit {
		b.Fatalf("%d keys: %d bytes, limit %d", keys, len(bundle), limit)
	}
	options := trustlist.LoadOptions{Clock: nation.Now}
	b.ReportAllocs()
	for b.Loop() {
		_, report, err := trustlist.Load(bundle, anchor, options)
		if err != nil || !report.Clean() {
			b.Fatal(report, err)
		}
	}
	b.ReportMetric(float64(len(bundle)), "bundle-bytes")
}

func BenchmarkLoad1000Keys(b *testing.B)  { benchmarkLoad(b, 1000, 80000) }
func BenchmarkLoad10000Keys(b *testing.B) { benchmarkLoad(b, 10000, 540000) }

// Loading ten thousand keys is reading ten thousand points: what else it does,
// all signatures and all encodings, costs less than that again.
func BenchmarkLoadAgainstPoints(b *testing.B) {
	n := country(b, 10000)
	bundle, anchor := n.Bundle(), n.Anchor()
	var refs []trustlist.KeyRef
	for _, r := range n.Regions {
		for i := range r.KeySet.Keys {
			refs = append(refs, trustlist.NewKeyRef(r.KeySet.Keys[i].Public))
		}
	}
	ratiotest.Compare(b, func() {
		if _, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: nation.Now}); err != nil {
			b.Fatal(err)
		}
	}, func() {
		for _, ref := range refs {
			if _, err := sig.NewPublicKey(ref.Algorithm, ref.Point); err != nil {
				b.Fatal(err)
			}
		}
	}, 2)
}

// A verifier looks up the region and the key of every code that it reads.
func BenchmarkKeyLookup(b *testing.B) {
	trust, kids := lookups(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if !lookUp(trust, kids[i%len(kids)]) {
			b.Fatal("a key is not found")
		}
	}
}

type lookup struct {
	region string
	kid    [sig.KeyIDSize]byte
}

func lookups(t testing.TB) (*trustlist.Trust, []lookup) {
	trust := country(t, 10000).Load()
	var all []lookup
	for _, region := range trust.Regions() {
		for _, key := range region.Keys() {
			all = append(all, lookup{region.Code, key.Public.KeyID()})
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return trust, all
}

func lookUp(trust *trustlist.Trust, l lookup) bool {
	region, ok := trust.Region(l.region)
	if !ok {
		return false
	}
	_, ok = region.Key(l.kid)
	return ok
}

func TestLookingAKeyUpAllocatesNothing(t *testing.T) {
	n := nation.New(t, "33")
	trust, kid := n.Load(), n.Regions["33"].Signers[0].PublicKey().KeyID()
	if allocated := testing.AllocsPerRun(100, func() {
		if !lookUp(trust, lookup{"33", kid}) {
			t.Fatal("the key is not found")
		}
	}); allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
}

// The list is what changes a venue's mind about a region: it goes over the worst
// of lines, or as a few QR codes.
func TestAListOfAllRegionsFitsInto8000Bytes(t *testing.T) {
	n := country(t, 100)
	if size := len(n.Document(n.List, n.RootSigners...)); len(n.List.Regions) != 34 || size >= 8000 {
		t.Errorf("%d regions, %d bytes", len(n.List.Regions), size)
	}
}

// A country with a thousand signing keys fits into what a venue loads over a
// poor line, or from a few dozen QR codes.
func TestACountryWithAThousandKeysFitsInto80000Bytes(t *testing.T) {
	n := country(t, 1000)
	keys := 0
	for _, region := range n.Load().Regions() {
		keys += len(region.Keys())
	}
	parts := n.Parts()
	if size := len(n.Bundle()); len(n.Regions) != 34 || keys != 1000 || size >= 80000 {
		t.Errorf("%d regions, %d keys, %d bytes", len(n.Regions), keys, size)
	}
	t.Logf("bundle %d bytes: root %d, list %d, policy %d", len(n.Bundle()), len(parts.Roots[0]), len(parts.List), len(parts.Policy))
}
