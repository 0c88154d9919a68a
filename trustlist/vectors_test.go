package trustlist_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
)

// classOf returns the class that the vectors give an error.
func classOf(err error) string {
	for _, class := range []struct {
		name string
		of   error
	}{
		{"not_a_bundle", trustlist.ErrNotABundle}, {"later", trustlist.ErrLaterVersion}, {"kind", trustlist.ErrWrongKind},
		{"shared", trustlist.ErrSharedKey}, {"threshold", trustlist.ErrThreshold}, {"epoch", trustlist.ErrEpoch},
		{"rollback", trustlist.ErrRollback}, {"fork", trustlist.ErrFork}, {"chain", trustlist.ErrChain},
		{"missing", trustlist.ErrMissing}, {"outdated", trustlist.ErrOutdated}, {"region", trustlist.ErrWrongRegion},
		{"held_aside", trustlist.ErrHeldAside}, {"not_anchored", trustlist.ErrNotAnchored}, {"key_state", trustlist.ErrKeyState},
		{"no_signer", trustlist.ErrNoSigner}, {"list_ahead", trustlist.ErrListAhead}, {"too_large", trustlist.ErrTooLarge},
	} {
		if errors.Is(err, class.of) {
			return class.name
		}
	}
	var (
		encoding *cborx.EncodingError
		envelope *cose.EnvelopeError
		schema   *cborx.SchemaError
		content  *trustlist.ContentError
	)
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &envelope):
		return "envelope"
	case errors.As(err, &encoding):
		return "encoding"
	case errors.As(err, &content), errors.As(err, &schema):
		return "content"
	}
	return "other: " + err.Error()
}

func documentVectors(t testing.TB) []vectors.Document {
	t.Helper()
	all, err := vectors.LoadDocuments()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func bundleVectors(t testing.TB) []vectors.Bundle {
	t.Helper()
	all, err := vectors.LoadBundles()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDocumentsOfTheVectors(t *testing.T) {
	for _, v := range documentVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			u, err := trustlist.Open(v.Document)
			var d trustlist.Document
			if err == nil {
				d, err = u.UnverifiedContent()
			}
			if got := classOf(err); got != v.Expect {
				t.Fatalf("%s (%v), want %s: %s", got, err, v.Expect, v.Comment)
			}
			if err != nil {
				return
			}
			if hash := u.Hash(); u.Kind().String() != v.Kind || !bytes.Equal(hash[:], v.Hash) {
				t.Errorf("%s with hash %x, want %s with %x", u.Kind(), hash, v.Kind, v.Hash)
			}
			if again := payloadOf(t, d); !bytes.Equal(again, u.Message().UnverifiedPayload()) {
				t.Errorf("comes back as %x", again)
			}
		})
	}
}

func TestBundlesOfTheVectors(t *testing.T) {
	for _, v := range bundleVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			anchor := trustlist.AnchorHash([32]byte(v.Anchor))
			options := trustlist.LoadOptions{Clock: v.Clock.Unix()}
			if v.Previous != nil {
				previous, _, err := trustlist.Load(v.Previous, anchor, options)
				if err != nil {
					t.Fatal(err)
				}
				options.Previous = previous
			}
			trust, report, err := trustlist.Load(v.Bundle, anchor, options)
			if got := classOf(err); got != v.Expect {
				t.Fatalf("%s (%v), want %s: %s", got, err, v.Expect, v.Comment)
			}
			if err == nil {
				checkTrust(t, trust, v)
				checkShared(t, report, v)
			}
		})
	}
}

// checkShared holds the warnings to those of the vector.
func checkShared(t *testing.T, report *trustlist.Report, v vectors.Bundle) {
	t.Helper()
	told := map[string][]string{}
	for _, warning := range report.Warnings {
		var shared *trustlist.SharedKeyError
		if errors.As(warning, &shared) {
			told[warning.Region] = shared.With
		}
	}
	for _, region := range v.Regions {
		if !slices.Equal(told[region.Region], region.Shared) {
			t.Errorf("region %s shares keys with %v, want %v", region.Region, told[region.Region], region.Shared)
		}
	}
}

func checkTrust(t *testing.T, trust *trustlist.Trust, v vectors.Bundle) {
	t.Helper()
	policy := ""
	if trust.Policy() != nil {
		policy = trust.PolicyVersion().String()
	}
	if trust.RootVersion().String() != v.Root || trust.ListVersion().String() != v.List || policy != v.Policy || trust.Floor() != v.Floor.Unix() {
		t.Errorf("root %s, list %s, policy %q, floor %d", trust.RootVersion(), trust.ListVersion(), policy, trust.Floor())
	}
	if len(trust.Regions()) != len(v.Regions) {
		t.Fatalf("%d regions, want %d", len(trust.Regions()), len(v.Regions))
	}
	for i, region := range trust.Regions() {
		want := v.Regions[i]
		if got := classOf(region.Available()); region.Code != want.Region || got != want.Expect {
			t.Errorf("region %s: %s (%v), want %s: %s", region.Code, got, region.Available(), want.Region, want.Expect)
			continue
		}
		if want.Expect != "ok" {
			continue
		}
		if region.KeySetVersion.String() != want.KeySet || len(region.Keys()) != len(want.Keys) {
			t.Fatalf("region %s: key set %s with %d keys, want %s with %d", region.Code, region.KeySetVersion, len(region.Keys()), want.KeySet, len(want.Keys))
		}
		for j, key := range region.Keys() {
			if kid := key.Public.KeyID(); !bytes.Equal(kid[:], want.Keys[j]) {
				t.Errorf("region %s: key %x, want %x", region.Code, kid, want.Keys[j])
			}
		}
		if got, want := inForce(region), beside(want); got != want {
			t.Errorf("region %s: in force %s, want %s", region.Code, got, want)
		}
		checkKnown(t, region, want.Known)
	}
}

// checkKnown asks a region for every member of its lists, and for what is between
// them.
func checkKnown(t *testing.T, region *trustlist.Region, want map[uint32][3][]uint32) {
	t.Helper()
	covered := region.StatusCoverage()
	if len(covered) != len(want) {
		t.Errorf("region %s: %d lists are covered, want %d", region.Code, len(covered), len(want))
	}
	for _, list := range covered {
		sets := want[list.List]
		if got := [3]int{list.Revoked, list.Superseded, list.Suspended}; got != [3]int{len(sets[0]), len(sets[1]), len(sets[2])} {
			t.Errorf("region %s: list %d has %v members, want those of %v", region.Code, list.List, got, sets)
		}
		for i, members := range sets {
			for _, index := range members {
				if got := region.Status(list.List, index); !got.Covered || got.State != formatstatus.Revoked+formatstatus.State(i) || got.Behind != region.StatusBehind() {
					t.Errorf("region %s: %d of list %d is %+v", region.Code, index, list.List, got)
				}
			}
		}
	}
}

// beside is what a vector says to be in force beside the key set, as text.
func beside(r vectors.BundleRegion) string {
	return fmt.Sprintf("snapshot %s, overlay %s, lists %v, delta %s, behind %t, withdrawn %v", r.Snapshot, r.Overlay, r.Lists, r.Delta, r.Behind, r.Withdrawn)
}

// inForce is beside for what was loaded.
func inForce(region *trustlist.Region) string {
	r := vectors.BundleRegion{Behind: region.StatusBehind(), Lists: map[uint32]string{}, Withdrawn: map[uint16]time.Time{}}
	if snapshot := region.Snapshot(); snapshot != nil {
		r.Snapshot = snapshot.Version.String()
	}
	if overlay := region.Overlay(); overlay != nil {
		r.Overlay = overlay.Version.String()
	}
	for _, number := range region.StatusLists() {
		list, _ := region.StatusList(number)
		r.Lists[number] = list.Version.String()
	}
	if deltas := region.StatusDeltas(); len(deltas) != 0 {
		r.Delta = deltas[len(deltas)-1].Version.String()
	}
	for _, laboratory := range region.Laboratories() {
		if laboratory.Withdrawn != 0 {
			r.Withdrawn[laboratory.Number] = time.Unix(laboratory.Withdrawn, 0).UTC()
		}
	}
	return beside(r)
}
