package jwks_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/jwks"
)

// [JWKS-33]
func TestAnExportSaysWhatTheTrustDoes(t *testing.T) {
	n := smallNation(t)
	trust := n.Load()
	set, _, err := jwks.Verify(export(t, n), n.Roots[0], jwks.Known{})
	if err != nil {
		t.Fatal(err)
	}
	if info := trust.List(); set.List != info {
		t.Errorf("list %+v, want %+v", set.List, info)
	}
	if end, _ := trust.ProgrammeEnd(); set.ProgrammeEnd != end {
		t.Errorf("end %d, want %d", set.ProgrammeEnd, end)
	}
	if len(set.Regions) != 2 || len(set.Foreign) != 0 {
		t.Fatalf("%d regions, %d unknown keys", len(set.Regions), len(set.Foreign))
	}
	for _, want := range trust.Regions() {
		got, there := set.Region(want.Code)
		if !there {
			t.Fatalf("no region %s", want.Code)
		}
		info, _ := want.KeySet()
		info.Due = 0
		if got.KeySet != info || got.Usage != want.Usage {
			t.Errorf("region %s: %+v", want.Code, got)
		}
		for _, at := range []int64{nation.Now - 7200, nation.Now} {
			if got.UsageAt(at) != want.UsageAt(at) {
				t.Errorf("region %s at %d: usage %s, want %s", want.Code, at, got.UsageAt(at), want.UsageAt(at))
			}
		}
		if len(got.Keys) != len(want.Keys()) {
			t.Errorf("region %s: %d keys", want.Code, len(got.Keys))
		}
		for _, key := range want.Keys() {
			if same, there := got.Key(key.Public.KeyID()); !there || !reflect.DeepEqual(*same, key) {
				t.Errorf("region %s: key %+v, want %+v", want.Code, same, key)
			}
		}
	}
	if _, there := set.Region("41"); there {
		t.Error("a region that is not in the list")
	}
}

// [JWKS-3]
func TestSignersDraftTheSameBytes(t *testing.T) {
	n := smallNation(t)
	bundle := n.Bundle() // ECDSA signatures differ each time; the drafts do not
	var drafts [][]byte
	for _, data := range [][]byte{bundle, n.Bundle()} {
		trust, _, err := trustlist.Load(data, n.Anchor(), trustlist.LoadOptions{Clock: nation.Now})
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, draft(t, trust).Marshal())
	}
	if !bytes.Equal(drafts[0], drafts[1]) {
		t.Error("two signers would sign different bytes")
	}
}

// [JWKS-13]
func TestTheOrderOfSigningLeavesNoTrace(t *testing.T) {
	n := smallNation(t)
	e := draft(t, n.Load())
	one, other := e, e
	for i := range 4 {
		d, err := e.Sign(n.RootSigners[i])
		if err != nil {
			t.Fatal(err)
		}
		if one, err = one.Combine(d, d); err != nil {
			t.Fatal(err)
		}
		if other, err = other.Combine(d); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Marshal(), other.Marshal()) || one.Signatures() != 4 {
		t.Error("combined in another order, or twice, the bytes differ")
	}
	parsed, err := jwks.Parse(one.Marshal())
	if err != nil || !bytes.Equal(parsed.Marshal(), one.Marshal()) || parsed.Hash() != e.Hash() {
		t.Error("parsed and written it differs", err)
	}
}

// [JWKS-20]
func TestFewerThanTheThresholdAreRefused(t *testing.T) {
	n := smallNation(t)
	e := draft(t, n.Load())
	for name, signers := range map[string][]sig.Signer{
		"nobody":                    nil,
		"one of SM2":                n.RootSigners[1:4],
		"no ES256":                  {n.RootSigners[0], n.RootSigners[2], n.RootSigners[4]},
		"a region's authority":      n.Regions["33"].Authority,
		"a region's authority also": append(slices.Clone(n.Regions["33"].Authority), n.RootSigners[:3]...),
	} {
		_, _, err := jwks.Verify(signed(t, e, signers...).Marshal(), n.Roots[0], jwks.Known{})
		var threshold *trustlist.ThresholdError
		if !errors.As(err, &threshold) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A root that nobody filled in is met by nobody.
	for _, data := range [][]byte{e.Marshal(), export(t, n)} {
		if _, _, err := jwks.Verify(data, &trustlist.Root{ListEpoch: 1}, jwks.Known{}); !errors.Is(err, trustlist.ErrThreshold) {
			t.Errorf("a root without groups: %v", err)
		}
	}
	// Signatures beside those that count do no harm.
	all := append(slices.Clone(n.RootSigners), n.Regions["33"].Authority...)
	if _, _, err := jwks.Verify(signed(t, e, all...).Marshal(), n.Roots[0], jwks.Known{}); err != nil {
		t.Error(err)
	}
}

// [JWKS-22]
func TestAnAddedGroupOfAnUnknownAlgorithmIsSkipped(t *testing.T) {
	n := smallNation(t)
	data := export(t, n)
	root := *n.Roots[0]
	root.Groups = append(slices.Clone(root.Groups), trustlist.Group{
		Name: "ML-DSA", Need: trustlist.Added, Algorithm: -49, Threshold: 1, Keys: [][]byte{make([]byte, 1952)},
	})
	if _, _, err := jwks.Verify(data, &root, jwks.Known{}); err != nil {
		t.Error(err)
	}
	root.Groups[2].Need = trustlist.Required
	if _, _, err := jwks.Verify(data, &root, jwks.Known{}); !errors.Is(err, trustlist.ErrThreshold) {
		t.Error(err)
	}
}

// [JWKS-40] [JWKS-41]
func TestNothingOlderThanWhatIsKnownIsTaken(t *testing.T) {
	n := smallNation(t)
	data := export(t, n)
	set, known, err := jwks.Verify(data, n.Roots[0], jwks.Known{})
	if err != nil {
		t.Fatal(err)
	}
	if _, again, err := jwks.Verify(data, n.Roots[0], known); err != nil || !reflect.DeepEqual(again, known) {
		t.Errorf("the same again: %v", err)
	}
	region, _ := set.Region("33")
	for name, c := range map[string]struct {
		change func(*jwks.Known)
		want   error
	}{
		"newer list":            {func(k *jwks.Known) { k.List.Version.Counter++ }, trustlist.ErrRollback},
		"another list":          {func(k *jwks.Known) { k.List.Hash[0]++ }, trustlist.ErrFork},
		"only the version":      {func(k *jwks.Known) { k.List.Hash = [32]byte{} }, nil},
		"newer key set":         {func(k *jwks.Known) { k.KeySets["33"] = partRef(2, 0, region.KeySet.Hash) }, trustlist.ErrRollback},
		"another key set":       {func(k *jwks.Known) { k.KeySets["33"] = partRef(1, 1, [32]byte{1}) }, trustlist.ErrFork},
		"of a region not there": {func(k *jwks.Known) { k.KeySets["11"] = partRef(9, 9, [32]byte{1}) }, nil},
	} {
		changed := jwks.Known{List: known.List, KeySets: maps.Clone(known.KeySets)}
		c.change(&changed)
		before := jwks.Known{List: changed.List, KeySets: maps.Clone(changed.KeySets)}
		_, next, err := jwks.Verify(data, n.Roots[0], changed)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(changed, before) {
			t.Errorf("%s: what the caller gave has changed", name)
		}
		if c.want == nil && next.KeySets["11"] != changed.KeySets["11"] {
			t.Errorf("%s: what was known is forgotten", name)
		}
	}
}

func partRef(epoch, counter uint32, hash [32]byte) trustlist.PartRef {
	return trustlist.PartRef{Version: trustlist.NewVersion(epoch, counter), Hash: hash}
}

// [JWKS-23]
func TestAListOfAnotherEpochThanTheRootSetsIsRefused(t *testing.T) {
	n := smallNation(t)
	data := export(t, n)
	root := *n.Roots[0]
	root.ListEpoch = 2
	if _, _, err := jwks.Verify(data, &root, jwks.Known{}); !errors.Is(err, trustlist.ErrEpoch) {
		t.Error(err)
	}
}

// [JWKS-34]
func TestARegionWithoutAKeySetHasNoKeys(t *testing.T) {
	n := smallNation(t)
	n.Regions["33"].KeySet, n.Regions["33"].Snapshot = nil, nil
	trust, _, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: nation.Now})
	if err != nil {
		t.Fatal(err)
	}
	data := signed(t, draft(t, trust), n.RootSigners[:4]...).Marshal()
	known := jwks.Known{KeySets: map[string]trustlist.PartRef{"33": partRef(1, 5, [32]byte{1})}}
	set, next, err := jwks.Verify(data, n.Roots[0], known)
	if err != nil {
		t.Fatal(err)
	}
	region, there := set.Region("33")
	if !there || !region.KeySet.Version.IsZero() || len(region.Keys) != 0 {
		t.Errorf("%+v", region)
	}
	if next.KeySets["33"] != known.KeySets["33"] {
		t.Error("its version is forgotten, and the next export could take it back")
	}
}

// [JWKS-4]
func TestAnExportThatIsTooLargeIsRefusedUnread(t *testing.T) {
	data := bytes.Repeat([]byte("["), jwks.MaxSize+1)
	if _, err := jwks.Parse(data); !errors.Is(err, trustlist.ErrTooLarge) {
		t.Error(err)
	}
	if _, err := jwks.Parse(data[1:]); !errors.Is(err, jwks.ErrJSON) {
		t.Error(err)
	}
}

// [JWKS-13]
func TestASeventeenthSignatureIsNotCombined(t *testing.T) {
	e := draft(t, nation.New(t).Load())
	for i := range 17 {
		d, err := e.Sign(newSigner(sig.ES256, fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		next, err := e.Combine(d)
		if (err != nil) != (i == 16) || i == 16 && !errors.Is(err, jwks.ErrNotAnExport) {
			t.Errorf("signature %d: %v", i+1, err)
		}
		if err == nil {
			e = next
		}
	}
	if _, err := jwks.Parse(e.Marshal()); err != nil {
		t.Error(err)
	}
}
