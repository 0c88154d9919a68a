package trustlist_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

func newSign(mediaType string, payload []byte) (*cose.Sign, error) {
	return cose.NewSign(mediaType, payload)
}

// smallNation has two root keys, so that every one of them has to sign, and one
// region with one key.
func smallNation(t testing.TB) *nation.Nation {
	n := nation.New(t)
	n.RootSigners = n.RootSigners[:2]
	root := n.NewRoot(1, n.RootSigners)
	for i := range root.Groups {
		root.Groups[i].Threshold = 1
	}
	n.Roots = []*trustlist.Root{root}
	return n
}

func TestEveryBitOfARootCounts(t *testing.T) {
	n := smallNation(t)
	root := n.Document(n.Roots[0], n.RootSigners...)
	if _, err := trustlist.ParseAnchor(root); err != nil {
		t.Fatal(err)
	}
	mangled := slices.Clone(root)
	for i := range root {
		for _, change := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
			mangled[i] = root[i] ^ change
			if _, err := trustlist.ParseAnchor(mangled); err == nil {
				t.Fatalf("byte %d from %02x to %02x is not noticed", i, root[i], mangled[i])
			}
		}
		mangled[i] = root[i]
		if _, err := trustlist.ParseAnchor(root[:i]); err == nil {
			t.Fatalf("the first %d bytes are a root", i)
		}
	}
	if _, err := trustlist.ParseAnchor(append(mangled, 0)); err == nil {
		t.Fatal("a byte more is not noticed")
	}
}

// Bytes of the bundle that decide nothing are the signatures beyond the
// threshold and what is in no document; a change of any other is refused or
// costs the region that it lies in.
func TestAChangedByteOfABundleNeverGivesAnotherTrust(t *testing.T) {
	n := nation.New(t, "33", "46")
	bundle, anchor := n.Bundle(), n.Anchor()
	want := n.Load()
	source := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		mangled := slices.Clone(bundle)
		i := source.IntN(len(mangled))
		mangled[i] ^= 1 << source.IntN(8)
		trust, _, err := trustlist.Load(mangled, anchor, trustlist.LoadOptions{Clock: now})
		if err != nil {
			continue
		}
		if trust.ListHash() != want.ListHash() || trust.RootVersion() != want.RootVersion() {
			t.Fatalf("byte %d: another list", i)
		}
		for _, region := range trust.Regions() {
			good, _ := want.Region(region.Code)
			if region.Available() == nil && region.KeySetVersion != good.KeySetVersion || len(region.Keys()) > len(good.Keys()) {
				t.Fatalf("byte %d: region %s has other keys", i, region.Code)
			}
		}
	}
}

// [TRUST-106]
func TestLoadingKeepsNothingOfItsInput(t *testing.T) {
	n := nation.New(t, "33")
	bundle := n.Bundle()
	trust, _, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	before, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	clear(bundle)
	after, err := trust.Bundle()
	if err != nil || !bytes.Equal(before, after) {
		t.Fatal("the trust changes with the bytes that it was loaded from")
	}
	if _, report, err := trustlist.Load(after, n.Anchor(), trustlist.LoadOptions{Clock: now}); err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	region, _ := trust.Region("33")
	region.Keys()[0].State = trustlist.Compromised
	trust.Regions()[0] = nil
	if region.Keys()[0].State != trustlist.Active || trust.Regions()[0] == nil {
		t.Error("what is handed out is not a copy")
	}
}

// notLower reports a version or the floor going down.
func notLower(t testing.TB, before, after *trustlist.Trust) {
	t.Helper()
	if before == nil {
		return
	}
	if after.RootVersion().Compare(before.RootVersion()) < 0 || after.ListVersion().Compare(before.ListVersion()) < 0 ||
		after.PolicyVersion().Compare(before.PolicyVersion()) < 0 || after.Floor() < before.Floor() {
		t.Fatalf("root %s, list %s, policy %s, floor %d go down", after.RootVersion(), after.ListVersion(), after.PolicyVersion(), after.Floor())
	}
	for _, region := range after.Regions() {
		old, ok := before.Region(region.Code)
		if ok && region.Available() == nil && region.KeySetVersion.Compare(old.KeySetVersion) < 0 {
			t.Fatalf("region %s: key set %s after %s", region.Code, region.KeySetVersion, old.KeySetVersion)
		}
	}
}

// genuineBundle is a nation as it could be on some day, with each document at
// one of a few versions; forged ones have a document signed by others.
func genuineBundle(t testing.TB, source *rand.Rand) []byte {
	n := nation.New(t, "33", "46")
	n.List.Version.Counter = 1 + source.Uint32N(4)
	n.List.Issued += int64(n.List.Version.Counter)
	n.Policy.Version.Counter = 1 + source.Uint32N(4)
	n.Policy.Issued += int64(n.Policy.Version.Counter)
	for code, r := range n.Regions {
		r.KeySet.Version.Counter = 1 + source.Uint32N(4)
		r.Snapshot.Version.Counter = r.KeySet.Version.Counter
		if source.IntN(5) == 0 {
			delete(n.Regions, code)
		}
	}
	thief := []sig.Signer{n.RootSigners[0], n.RootSigners[1], n.RootSigners[2]}
	switch source.IntN(6) {
	case 0:
		n.Replacements["list"] = n.Document(n.List, thief...)
	case 1:
		n.Replacements["policy"] = n.Document(n.Policy, thief...)
	case 2:
		if r, ok := n.Regions["33"]; ok {
			n.Replacements["33/keyset"] = n.Document(r.KeySet, r.Authority[0])
		}
	}
	return n.Bundle()
}

func TestNoSequenceOfBundlesTakesAnythingBack(t *testing.T) {
	source := rand.New(rand.NewPCG(7, 7))
	anchor := nation.New(t).Anchor()
	for range 20 {
		var trust *trustlist.Trust
		highest := map[string]trustlist.Version{}
		for range 12 {
			next, _, err := trustlist.Load(genuineBundle(t, source), anchor, trustlist.LoadOptions{Clock: now, Previous: trust})
			if err != nil {
				if !errors.Is(err, trustlist.ErrRollback) && !errors.Is(err, trustlist.ErrThreshold) {
					t.Fatal(err)
				}
				continue
			}
			notLower(t, trust, next)
			trust = next
			for _, region := range trust.Regions() {
				if region.Available() == nil && region.KeySetVersion.Compare(highest[region.Code]) < 0 {
					t.Fatalf("region %s: key set %s after %s", region.Code, region.KeySetVersion, highest[region.Code])
				}
				if region.KeySetVersion.Compare(highest[region.Code]) > 0 {
					highest[region.Code] = region.KeySetVersion
				}
			}
		}
	}
}
