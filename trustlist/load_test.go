package trustlist_test

import (
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

func TestABundleLoadsAndItsKeysAreFound(t *testing.T) {
	n := nation.New(t, "33", "46")
	trust := n.Load()
	region, ok := trust.Region("33")
	if !ok || region.Available() != nil {
		t.Fatalf("region 33: %v, %v", ok, region.Available())
	}
	signer := n.Regions["33"].Signers[0]
	key, ok := region.Key(signer.PublicKey().KeyID())
	if !ok || !key.Public.Equal(signer.PublicKey()) {
		t.Fatal("signing key is not found")
	}
	if _, ok := trust.Region("41"); ok {
		t.Error("region 41 is not listed and found")
	}
	if trust.Floor() != n.List.Issued {
		t.Errorf("floor %d, want %d", trust.Floor(), n.List.Issued)
	}
	again, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(n.Bundle()) && len(again) != len(n.Bundle()) {
		t.Error("a whole bundle comes back as another")
	}
	if _, report, err := trustlist.Load(again, n.Anchor(), trustlist.LoadOptions{Previous: trust}); err != nil || !report.Clean() {
		t.Errorf("stored bundle: %v, %v", report, err)
	}
}
