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

func TestASnapshotNamesEverythingThatARegionHas(t *testing.T) {
	n := nation.New(t, "33")
	r := n.Regions["33"]
	head := trustlist.RegionalHead{Head: nation.Head(1, 3, nation.Now-3600), Region: "33"}
	r.Overlay = &trustlist.Overlay{RegionalHead: head, Editions: []trustlist.OverlayEdition{{EffectiveFrom: nation.Now}}}
	head.Due = nation.Now + 86400
	r.Lists = []*trustlist.StatusList{{RegionalHead: head, List: 31 << 8, Revoked: nation.Set(t, 1)}}
	state := publish.RegionState{KeySet: n.Sign(r.KeySet), Overlay: n.Sign(r.Overlay), Lists: r.Lists}
	var err error
	if r.Snapshot, err = publish.NewSnapshot(nil, state, nation.Now, nation.Now+86400); err != nil {
		t.Fatal(err)
	}
	if r.Snapshot.Version != trustlist.NewVersion(1, 1) || r.Snapshot.Overlay.Version != r.Overlay.Version || r.Snapshot.KeySet.Hash != state.KeySet.Hash() {
		t.Fatalf("%+v", r.Snapshot)
	}
	region, _ := n.Load().Region("33")
	if region.Overlay() == nil || region.StatusBehind() || len(region.StatusLists()) != 1 {
		t.Error("the snapshot does not name what is there")
	}
	if _, err := publish.NewSnapshot(nil, publish.RegionState{KeySet: state.Overlay}, nation.Now, nation.Now+1); !errors.Is(err, trustlist.ErrWrongKind) {
		t.Errorf("overlay as a key set: %v", err)
	}
	if _, err := publish.NewSnapshot(nil, publish.RegionState{KeySet: state.KeySet, Overlay: state.KeySet}, nation.Now, nation.Now+1); !errors.Is(err, trustlist.ErrWrongKind) {
		t.Errorf("key set as an overlay: %v", err)
	}
}

func TestAPolicyFollowsOnTheOneBefore(t *testing.T) {
	n := nation.New(t)
	next, err := publish.NewPolicy(n.Policy, &trustlist.Policy{Editions: n.Policy.Editions}, n.Roots[0], nation.Now)
	if err != nil || next.Version != trustlist.NewVersion(1, 2) || next.Issued != nation.Now {
		t.Error(next, err)
	}
	first, err := publish.NewPolicy(nil, n.Policy, n.Roots[0], nation.Now)
	if err != nil || first.Version != trustlist.NewVersion(1, 1) {
		t.Error(first, err)
	}
	root := *n.Roots[0]
	root.PolicyEpoch = 0
	if _, err = publish.NewPolicy(n.Policy, n.Policy, &root, nation.Now); !errors.Is(err, trustlist.ErrEpoch) {
		t.Error(err)
	}
}

func TestAGroupOfAnUnknownAlgorithmIsSkippedInACeremony(t *testing.T) {
	n := nation.New(t)
	root := n.Roots[0]
	root.Groups = append(root.Groups, trustlist.Group{Name: "later", Need: trustlist.Added, Algorithm: -49, Threshold: 1, Keys: [][]byte{{1}}})
	groups, err := publish.CheckRoot(n.Sign(root, n.RootSigners...), nil)
	if err != nil || publish.Complete(groups...) != nil {
		t.Fatal(groups, err)
	}
	skipped := 0
	for i := range groups {
		if groups[i].Skipped {
			skipped++
		}
	}
	if skipped != 1 {
		t.Errorf("%d groups are skipped", skipped)
	}
	if _, err := publish.CheckRoot(n.Sign(n.List), nil); !errors.Is(err, trustlist.ErrWrongKind) {
		t.Errorf("list as a root: %v", err)
	}
	entry := trustlist.Entry{Threshold: 1, Keys: []trustlist.KeyRef{{Algorithm: -49, Point: []byte{1}}, trustlist.NewKeyRef(sigtest.New(sig.SM2, "x").PublicKey())}}
	signers, err := publish.CheckRegional(n.Sign(n.List), &entry)
	if err != nil || signers.Met() {
		t.Error(signers, err)
	}
}
