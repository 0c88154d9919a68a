package trustlist_test

import (
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// country returns a nation of all provincial divisions with the given number of
// signing keys, half of them SM2: status and test keys in shards, for three
// periods ahead, with snapshots, a root, the list and a policy with rules.
func country(t testing.TB, keys int) *nation.Nation {
	n := nation.New(t)
	provinces := spec.Provinces()
	made := 0
	for i, province := range provinces {
		r := n.AddRegion(province.Number)
		entry := &n.List.Regions[i]
		entry.Name = province.Label.ZH
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

func benchmarkLoad(b *testing.B, keys int) {
	n := country(b, keys)
	bundle, anchor := n.Bundle(), n.Anchor()
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

func BenchmarkLoad1000Keys(b *testing.B)  { benchmarkLoad(b, 1000) }
func BenchmarkLoad10000Keys(b *testing.B) { benchmarkLoad(b, 10000) }

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
