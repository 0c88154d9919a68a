package publish_test

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

func TestABundleThatADeviceWouldNotTakeWholeIsNotPacked(t *testing.T) {
	tests := map[string]struct {
		change func(*nation.Nation)
		want   error
	}{
		"list by too few": {func(n *nation.Nation) {
			n.Replacements["list"] = n.Document(n.List, n.RootSigners[0])
		}, trustlist.ErrThreshold},
		"key set by one": {func(n *nation.Nation) {
			n.Replacements["33/keyset"] = n.Document(n.Regions["33"].KeySet, n.Regions["33"].Authority[0])
		}, publish.ErrNotClean},
		"snapshot by the wrong key": {func(n *nation.Nation) {
			n.Parts()
			n.Replacements["33/snapshot"] = n.Document(n.Regions["33"].Snapshot, n.Regions["33"].Signers[0])
		}, publish.ErrNotClean},
		"region that is not listed": {func(n *nation.Nation) { n.List.Regions = n.List.Regions[1:] }, publish.ErrNotClean},
		"root that is none":         {func(n *nation.Nation) { n.Replacements["root/0"] = []byte{1} }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := nation.New(t, "33", "41")
			test.change(n)
			if bundle, err := publish.PackBundle(n.Parts()); bundle != nil || err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

// Who claims another's key keeps nobody's documents out of the bundle.
func TestASigningKeyOfTwoRegionsIsPacked(t *testing.T) {
	n := nation.New(t, "33", "41")
	n.Regions["41"].KeySet.Keys[0].Public = n.Regions["33"].KeySet.Keys[0].Public
	bundle, err := publish.PackBundle(n.Parts())
	if err != nil {
		t.Fatal(err)
	}
	_, report, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: nation.Now})
	if err != nil || !report.Clean() || len(report.Warnings) != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestARegionThatHasPublishedNothingYetMayBeListed(t *testing.T) {
	n := nation.New(t, "33", "41")
	delete(n.Regions, "41")
	if _, err := publish.PackBundle(n.Parts()); err != nil {
		t.Fatal(err)
	}
}

func TestABundleOfTheNewestDocumentsIsPackedWithoutAClock(t *testing.T) {
	n := nation.New(t, "33")
	n.Regions["33"].KeySet.Issued = nation.Now + 30*86400 // long after the list
	n.Regions["33"].Snapshot.Issued, n.Regions["33"].Snapshot.Due = nation.Now+31*86400, nation.Now+32*86400
	if _, err := publish.PackBundle(n.Parts()); err != nil {
		t.Fatal(err)
	}
}

func TestAProvinceRotatesItsKeysAlone(t *testing.T) {
	n := nation.New(t, "33")
	previous := n.Load()
	r := n.Regions["33"]
	set, err := publish.NewKeySet(r.KeySet, &n.List.Regions[0], nation.Now)
	if err != nil {
		t.Fatal(err)
	}
	old := r.Signers[0].PublicKey().KeyID()
	if err := publish.Retire(set, old, nation.Now); err != nil {
		t.Fatal(err)
	}
	fresh := sigtest.New(sig.SM2, "fresh").PublicKey()
	set.Keys = append(set.Keys, trustlist.Key{Public: fresh, SignFrom: trustlist.Day(960), SignUntil: trustlist.Day(1100), Usage: trustlist.UsageStatus})
	message, err := publish.Sign(draft(t, set), r.Authority[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	signers, err := publish.CheckRegional(message, &n.List.Regions[0])
	if err != nil || publish.Complete(signers) != nil {
		t.Fatal(signers, err)
	}
	snapshot, err := publish.NewSnapshot(r.Snapshot, publish.RegionState{KeySet: message}, nation.Now, nation.Now+86400)
	if err != nil {
		t.Fatal(err)
	}
	parts := n.Parts()
	parts.Regions[0].KeySet = n.Marshal(message)
	parts.Regions[0].Snapshot = n.Document(snapshot, r.Signers[1])
	bundle, err := publish.PackBundle(parts)
	if err != nil {
		t.Fatal(err)
	}
	trust, report, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: nation.Now, Previous: previous})
	if err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	region, _ := trust.Region("33")
	if key, ok := region.Key(old); !ok || key.State != trustlist.Retired || r.KeySet.Keys[0].State != trustlist.Active {
		t.Error("the old key is not retired, or the old key set has changed")
	}
	if _, ok := region.Key(fresh.KeyID()); !ok || region.Snapshot().Version != trustlist.NewVersion(1, 2) {
		t.Error("the new key or the snapshot is missing")
	}
}

func TestAKeyIsNotMadeBetter(t *testing.T) {
	n := nation.New(t, "33")
	set := n.Regions["33"].KeySet
	kid := set.Keys[0].Public.KeyID()
	if err := publish.Compromise(set, kid, nation.Now); err != nil {
		t.Fatal(err)
	}
	if err := publish.Retire(set, kid, nation.Now); !errors.Is(err, trustlist.ErrKeyState) {
		t.Error(err)
	}
	other := set.Keys[1].Public.KeyID()
	if err := publish.Retire(set, other, nation.Now); err != nil {
		t.Fatal(err)
	}
	if err := publish.Retire(set, other, nation.Now+1); !errors.Is(err, trustlist.ErrKeyState) {
		t.Error(err)
	}
	if err := publish.Retire(set, [4]byte{}, nation.Now); err == nil {
		t.Error("a key that is not there")
	}
}

func TestTheListIsCheckedUnderItsRoot(t *testing.T) {
	n := nation.New(t, "33")
	groups, err := publish.CheckNational(n.Sign(n.List, n.RootSigners[:4]...), n.Roots[0])
	if err != nil || publish.Complete(groups...) != nil || len(groups) != 2 || len(groups[0].Signers) != 2 {
		t.Error(groups, err)
	}
	if groups, err = publish.CheckNational(n.Sign(n.Policy, n.RootSigners[0]), n.Roots[0]); err != nil || !errors.Is(publish.Complete(groups...), trustlist.ErrThreshold) {
		t.Error(groups, err)
	}
	if _, err := publish.CheckNational(n.Sign(n.Roots[0], n.RootSigners...), n.Roots[0]); !errors.Is(err, trustlist.ErrWrongKind) {
		t.Error(err)
	}
}

func FuzzParseDraft(f *testing.F) {
	n := nation.New(f, "33")
	for _, d := range []trustlist.Document{n.Roots[0], n.List, n.Policy, n.Regions["33"].KeySet} {
		m, err := publish.NewDraft(d)
		if err != nil {
			f.Fatal(err)
		}
		data, err := publish.EncodeDraft(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(n.Document(d, n.RootSigners[0]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := publish.ParseDraft(data); err != nil && m != nil {
			t.Fatal("a draft beside an error")
		}
	})
}

func FuzzParseDetached(f *testing.F) {
	n := nation.New(f)
	m, err := publish.NewDraft(n.Roots[0])
	if err != nil {
		f.Fatal(err)
	}
	for _, signer := range n.RootSigners {
		detached, err := publish.SignDetached(m, signer)
		if err != nil {
			f.Fatal(err)
		}
		data, err := detached.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := publish.ParseDetached(data)
		if err != nil {
			return
		}
		again, err := d.Encode()
		if err != nil || string(again) != string(data) {
			t.Fatalf("%x comes back as %x (%v)", data, again, err)
		}
	})
}
