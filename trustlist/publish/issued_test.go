package publish_test

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// A ceremony's clock that was set back is met before anybody signs: devices
// would take the document, and the floor would not move.
// [TRUST-141]
func TestNothingIsIssuedBeforeWhatItFollows(t *testing.T) {
	n := nation.New(t, "33")
	n.Parts() // the snapshot names the key set
	root, set := n.Roots[0], n.Regions["33"].KeySet
	entry := &n.List.Regions[0]
	message := n.Sign(set, n.Regions["33"].Authority...)
	snapshot := n.Regions["33"].Snapshot
	plan := publish.RootPlan{}
	for i := range 2 {
		keys := []*sig.PublicKey{n.RootSigners[i].PublicKey(), n.RootSigners[i+2].PublicKey()}
		plan.Groups = append(plan.Groups, publish.Group{Need: trustlist.Required, Threshold: 2, Keys: keys})
	}
	tests := map[string]struct {
		previous int64
		make     func(issued int64) error
	}{
		"root": {root.Issued, func(issued int64) error {
			plan.Issued = issued
			_, err := publish.NewRoot(root, plan)
			return err
		}},
		"list":    {n.List.Issued, func(issued int64) error { _, err := publish.NewList(n.List, root, issued); return err }},
		"policy":  {n.Policy.Issued, func(issued int64) error { _, err := publish.NewPolicy(n.Policy, n.Policy, root, issued); return err }},
		"key set": {set.Issued, func(issued int64) error { _, err := publish.NewKeySet(set, entry, issued); return err }},
		"snapshot": {snapshot.Issued, func(issued int64) error {
			_, err := publish.NewSnapshot(snapshot, publish.RegionState{KeySet: message}, issued, issued+86400)
			return err
		}},
	}
	for name, test := range tests {
		if err := test.make(test.previous - 1); !errors.Is(err, publish.ErrIssuedBefore) {
			t.Errorf("%s a second before: %v", name, err)
		}
		if err := test.make(test.previous); err != nil {
			t.Errorf("%s at one time: %v", name, err)
		}
	}
	// A new epoch follows on anything: it is how a date of 2099 is overcome.
	raised := *root
	raised.ListEpoch = 2
	list, err := publish.NewList(n.List, &raised, n.List.Issued-1)
	if err != nil || list.Version != trustlist.NewVersion(2, 1) {
		t.Errorf("%v, %v", list, err)
	}
}
