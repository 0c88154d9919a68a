package publisher_test

import (
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// days returns the bundles of a nation on following days: on each of them
// region 33 has a newer key set and snapshot.
func days(t testing.TB, n int) [][]byte {
	t.Helper()
	country := nation.New(t, "33", "41")
	country.Regions["33"].Overlay = &trustlist.Overlay{
		RegionalHead: trustlist.RegionalHead{Head: nation.Head(1, 1, nation.Now-86400), Region: "33"},
		Editions:     []trustlist.OverlayEdition{{EffectiveFrom: nation.Now - 86400}},
	}
	bundles := make([][]byte, n)
	for i := range bundles {
		bundles[i] = keep(t, country)
		nextDay(country, "33")
	}
	return bundles
}

// keep packs a bundle whose national documents and region 41 keep their bytes
// from then on.
func keep(t testing.TB, country *nation.Nation) []byte {
	t.Helper()
	parts := country.Parts()
	country.Replacements["root/0"], country.Replacements["list"], country.Replacements["policy"] = parts.Roots[0], parts.List, parts.Policy
	for i := range parts.Regions {
		if r := &parts.Regions[i]; r.Code == "41" {
			country.Replacements["41/keyset"], country.Replacements["41/snapshot"] = r.KeySet, r.Snapshot
		}
	}
	bundle, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// nextDay gives a region a newer key set, overlay and snapshot.
func nextDay(country *nation.Nation, code string) {
	r := country.Regions[code]
	r.KeySet.Version.Counter++
	r.KeySet.Issued += 60
	r.Snapshot.Version.Counter++
	r.Snapshot.Issued += 60
	r.Snapshot.KeySet = trustlist.PartRef{} // set when it is signed
	if r.Overlay != nil {
		r.Overlay.Version.Counter++
		r.Overlay.Issued += 60
	}
}
