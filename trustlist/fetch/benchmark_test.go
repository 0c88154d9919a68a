package fetch

import (
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// country returns a nation of all provincial divisions with ten thousand signing
// keys.
func country(b *testing.B) *nation.Nation {
	n := nation.New(b)
	for _, province := range spec.Provinces() {
		r := n.AddRegion(province.Number)
		for i := range 10_000 / len(spec.Provinces()) {
			r.KeySet.Keys = append(r.KeySet.Keys, trustlist.Key{
				Public:   sigtest.New(sig.SM2, fmt.Sprint(province.Number, i)).PublicKey(),
				SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(992), Usage: trustlist.UsageTest,
			})
		}
	}
	return n
}

// An import loads three times: what there is, the new bundle on top of it, and
// what will be found after a restart. Writing and syncing the file comes to less
// than a fourth.
func BenchmarkImportAgainstLoad(b *testing.B) {
	n := country(b)
	s := newStore(b, n)
	bundles := [][]byte{n.Bundle()}
	next(n)
	bundles = append(bundles, n.Bundle())
	apply(b, s, bundles[0])
	first := file(b, s)
	ratiotest.Compare(b, func() {
		write(b, s, first)
		apply(b, s, bundles[1])
	}, func() {
		if _, _, err := trustlist.Load(bundles[1], n.Anchor(), trustlist.LoadOptions{Clock: now}); err != nil {
			b.Fatal(err)
		}
	}, 4)
}
