package issuer_test

import (
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

// Newer trust material decides which of the keys at hand sign, and whether any does.
func TestAnIssuerUnderNewerTrustSignsWithWhatThatStillHas(t *testing.T) {
	first := newIssuer(t, usual(t), greenSigner, adverseSigner)
	all := greenUsage | adverseUsage
	compromised := published(greenSigner, greenUsage)
	compromised.State, compromised.Since = trustlist.Compromised, issuedAt-60
	elsewhere := published(adverseSigner, all)
	for _, test := range []struct {
		name string
		keys []trustlist.Key
		left int
		by   sig.Signer // of a green credential; nil: refused
	}{
		{"as before", []trustlist.Key{published(greenSigner, greenUsage), elsewhere}, 2, greenSigner},
		{"the first is compromised", []trustlist.Key{compromised, elsewhere}, 1, adverseSigner},
		{"one of them is left", []trustlist.Key{published(greenSigner, greenUsage)}, 1, greenSigner},
		{"none is left", []trustlist.Key{compromised}, 0, nil},
	} {
		region, _ := province(t, all, test.keys...).Region("33")
		next, err := first.Under(region, 0, nil)
		if err != nil || next.Keys() != test.left {
			t.Errorf("%s: %v, error %v", test.name, next, err)
			continue
		}
		draft, err := next.Draft(person(), now)
		switch {
		case test.by == nil:
			if got := refusal(t, err); got != issuer.RefusedNoKey {
				t.Errorf("%s: refused %q", test.name, got)
			}
		case err != nil || draft.KeyID() != test.by.PublicKey().KeyID():
			t.Errorf("%s: signed by another, error %v", test.name, err)
		}
		// What is left out is not lost: the set may have it again.
		region, _ = usual(t).Region("33")
		if back, err := next.Under(region, 0, nil); err != nil || back.Keys() != 2 {
			t.Errorf("%s, and back: error %v", test.name, err)
		}
	}
	if first.Keys() != 2 {
		t.Error("the issuer itself was changed")
	}
}

func TestAnIssuerUnderTrustWithoutItsRegionOrProgrammeSignsNothing(t *testing.T) {
	first := newIssuer(t, usual(t), greenSigner)
	none, err := first.Under(nil, 0, nil)
	if err != nil || none.Region() != "33" || none.Keys() != 0 {
		t.Errorf("a list without the region: %v", err)
	}
	region, _ := usual(t).Region("33")
	ended, err := first.Under(region, issuedAt, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ended.Draft(person(), now); refusal(t, err) != issuer.RefusedProgrammeEnded {
		t.Errorf("after the end: %v", err)
	}
	away, _ := load(t, &trusttest.Material{Issued: issuedAt - 3600, Regions: []trusttest.Region{{Code: "33", Usage: greenUsage, Unavailable: true}}}).Region("33")
	if next, err := first.Under(away, 0, nil); err != nil || next.Keys() != 0 {
		t.Errorf("a region without a key set: %v", err)
	}
	other, _ := load(t, &trusttest.Material{Issued: issuedAt - 3600, Regions: []trusttest.Region{{Code: "41", Usage: greenUsage, Unavailable: true}}}).Region("41")
	if _, err := first.Under(other, 0, nil); err == nil {
		t.Error("another region is taken")
	}
}
