package fetch

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
)

// TestAStoreOfAnEarlierProgramIsReadAndGoesOn: what is in force is what it was, no
// region's lists are left out, and what is written into it is read again.
func TestAStoreOfAnEarlierProgramIsReadAndGoesOn(t *testing.T) {
	data, err := os.ReadFile("testdata/first.store")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "trust.store")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := OpenStore(path, StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{now, now + 60} {
		state := current(t, s)
		lists, known := state.Trust.Region("41")
		if state.Trust.ListVersion() != trustlist.NewVersion(1, 2) || state.Trust.Policy() == nil || !known || len(lists.StatusLists()) != 1 || !state.Status.All() || state.RestSize == 0 {
			t.Fatalf("list %v, region 41 known %v, rest of %d bytes", state.Trust.ListVersion(), known, state.RestSize)
		}
		if err := s.Remember(at + 60); err != nil {
			t.Fatal(err)
		}
	}
	if rewritten := file(t, s); string(rewritten) == string(data) {
		t.Error("nothing was written into it")
	}
	other := trustlist.AnchorHash([32]byte{1})
	if _, err := OpenStore(path, StoreOptions{Anchor: other}); !errors.Is(err, ErrOtherAnchor) {
		t.Errorf("another root: %v", err)
	}
}
