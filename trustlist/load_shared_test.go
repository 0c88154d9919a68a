package trustlist_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// copycat lets region 41 claim a signing key of region 33.
func copycat(t *testing.T) *nation.Nation {
	n := nation.New(t, "33", "41", "46")
	copied := n.Regions["33"].KeySet.Keys[0]
	n.Regions["41"].KeySet.Keys = append(n.Regions["41"].KeySet.Keys, copied)
	return n
}

func available(t *testing.T, trust *trustlist.Trust, code string) bool {
	t.Helper()
	region, ok := trust.Region(code)
	if !ok {
		t.Fatalf("region %s is not listed", code)
	}
	return region.Available() == nil
}

// warnings returns the warnings of shared keys as text, each of which names the
// region and its key set.
func warnings(t *testing.T, report *trustlist.Report) []string {
	t.Helper()
	var all []string
	for _, warning := range report.Warnings {
		var document *trustlist.DocumentError
		var shared *trustlist.SharedKeyError
		if !errors.Is(warning, trustlist.ErrSharedKey) || !errors.As(warning, &document) || document.Kind != trustlist.KindKeySet || !errors.As(warning, &shared) {
			t.Fatalf("%v", warning)
		}
		all = append(all, fmt.Sprintf("%s with %v: %d", warning.Region, shared.With, shared.Keys))
	}
	return all
}

// Whoever claims another's key, and however early it says that it had it: both
// key sets are in force, both regions are told, whatever the device knew.
// [TRUST-114]
func TestAKeyInTwoRegionsCostsNeitherAnything(t *testing.T) {
	before33, before41 := nation.New(t, "33", "41", "46").Load(), copycat(t)
	before41.Regions["33"].KeySet.Keys = before41.Regions["33"].KeySet.Keys[1:] // 41 was the first that named it
	for name, issued := range map[string][2]int64{"33 first": {now - 10, now - 5}, "41 first": {now - 5, now - 10}, "at one time": {now - 5, now - 5}} {
		for known, previous := range map[string]*trustlist.Trust{"nothing": nil, "33 has it": before33, "41 has it": before41.Load()} {
			t.Run(name+", known is "+known, func(t *testing.T) {
				n := copycat(t)
				for i, code := range []string{"33", "41"} {
					set := n.Regions[code].KeySet
					set.Issued, set.Version.Counter = issued[i], 2
					n.Regions[code].Snapshot.Version.Counter = 2
				}
				trust, report, err := load(n, previous)
				if err != nil || !report.Clean() {
					t.Fatal(report, err)
				}
				for _, code := range []string{"33", "41"} {
					region, _ := trust.Region(code)
					if _, has := region.Key(n.Regions["33"].Signers[0].PublicKey().KeyID()); region.Available() != nil || !has {
						t.Errorf("region %s: %v, has the key: %t", code, region.Available(), has)
					}
				}
				if got := warnings(t, report); !slices.Equal(got, []string{"33 with [41]: 1", "41 with [33]: 1"}) {
					t.Errorf("told: %v", got)
				}
			})
		}
	}
}

// A region that claims all keys of all others is told of them all, the others of
// it, and always in the same words.
// [TRUST-114]
func TestEveryRegionOfASharedKeyIsTold(t *testing.T) {
	n := nation.New(t, "33", "41", "46")
	r := n.Regions["46"]
	for _, code := range []string{"41", "33"} {
		r.KeySet.Keys = append(r.KeySet.Keys, n.Regions[code].KeySet.Keys...)
	}
	bundle, anchor := n.Bundle(), n.Anchor()
	for range 10 {
		_, report, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: now})
		if err != nil {
			t.Fatal(err)
		}
		if got := warnings(t, report); !slices.Equal(got, []string{"33 with [46]: 2", "41 with [46]: 2", "46 with [33 41]: 4"}) {
			t.Fatalf("told: %v", got)
		}
	}
}

// signing returns the key of a signer as one for credentials.
func signing(n *nation.Nation, signer sig.Signer) trustlist.Key {
	key := n.Regions["33"].KeySet.Keys[0]
	key.Public = signer.PublicKey()
	return key
}

// A key of the root or of any authority is nobody's signing key: the region that
// names it stands without its new key set, and nobody else is touched.
// [TRUST-13]
func TestAKeyOfAnAuthorityAsASigningKeyCostsTheClaimantAlone(t *testing.T) {
	for name, key := range map[string]func(*nation.Nation) trustlist.Key{
		"of the root":             func(n *nation.Nation) trustlist.Key { return signing(n, n.RootSigners[0]) },
		"of another's authority":  func(n *nation.Nation) trustlist.Key { return signing(n, n.Regions["33"].Authority[2]) },
		"of the region's own one": func(n *nation.Nation) trustlist.Key { return signing(n, n.Regions["41"].Authority[2]) },
	} {
		n := nation.New(t, "33", "41")
		n.Regions["41"].KeySet.Keys = append(n.Regions["41"].KeySet.Keys, key(n))
		trust, report, err := load(n, nil)
		if err != nil || !errors.Is(faultsOf(report, "41"), trustlist.ErrSharedKey) || len(report.Warnings) != 0 {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
		if available(t, trust, "41") || !available(t, trust, "33") || faultsOf(report, "33") != nil {
			t.Errorf("%s: 33 %t, 41 %t", name, available(t, trust, "33"), available(t, trust, "41"))
		}
	}
}
