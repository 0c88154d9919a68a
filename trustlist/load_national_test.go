package trustlist_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

func load(n *nation.Nation, previous *trustlist.Trust) (*trustlist.Trust, *trustlist.Report, error) {
	n.T.Helper()
	return trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: now, Previous: previous})
}

// spoiled is a message whose last signature has one bit more or less.
func spoiled(t testing.TB, m *cose.Sign) *cose.Sign {
	t.Helper()
	signatures := m.Signatures()
	last := signatures[len(signatures)-1]
	last.Value = slices.Clone(last.Value)
	last.Value[40] ^= 1
	m, err := m.With(last)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rewritten is d with its payload changed as bytes, signed by the root.
func rewritten(n *nation.Nation, d trustlist.Document, change func([]byte) []byte, signers ...sig.Signer) []byte {
	n.T.Helper()
	m := n.Sign(d)
	m, err := cose.NewSign(m.Type(), change(slices.Clone(m.UnverifiedPayload())))
	if err != nil {
		n.T.Fatal(err)
	}
	for _, signer := range signers {
		if m, err = m.WithSignature(signer); err != nil {
			n.T.Fatal(err)
		}
	}
	return n.Marshal(m)
}

// withField adds a field that nobody knows yet to a document's map.
func withField(payload []byte) []byte {
	payload[0]++
	return cborx.AppendUint(cborx.AppendUint(payload, 200), 1)
}

// [TRUST-105]
func TestAFaultOfANationalDocumentRefusesTheBundle(t *testing.T) {
	tests := map[string]struct {
		change func(*nation.Nation)
		kind   trustlist.Kind
		want   error
	}{
		"root by one SM2 key too few": {func(n *nation.Nation) {
			n.Replacements["root/0"] = n.Document(n.Roots[0], n.RootSigners[0], n.RootSigners[1], n.RootSigners[3], n.RootSigners[5])
		}, trustlist.KindRoot, trustlist.ErrThreshold},
		"root by the ES256 group alone": {func(n *nation.Nation) {
			n.Replacements["root/0"] = n.Document(n.Roots[0], n.RootSigners[1], n.RootSigners[3], n.RootSigners[5])
		}, trustlist.KindRoot, trustlist.ErrThreshold},
		"list by one key too few": {func(n *nation.Nation) {
			n.Replacements["list"] = n.Document(n.List, n.RootSigners[0], n.RootSigners[1], n.RootSigners[2])
		}, trustlist.KindList, trustlist.ErrThreshold},
		"list by two good signatures and a bad one": {func(n *nation.Nation) {
			n.Replacements["list"] = n.Marshal(spoiled(n.T, n.Sign(n.List, n.RootSigners[:4]...)))
		}, trustlist.KindList, trustlist.ErrThreshold},
		"list by keys of a region": {func(n *nation.Nation) {
			n.Replacements["list"] = n.Document(n.List, n.Regions["33"].Authority...)
		}, trustlist.KindList, trustlist.ErrThreshold},
		"list in the place of the policy": {func(n *nation.Nation) {
			n.Replacements["policy"] = n.Document(n.List, n.RootSigners...)
		}, trustlist.KindPolicy, trustlist.ErrWrongKind},
		"policy in the place of the list": {func(n *nation.Nation) {
			n.Replacements["list"] = n.Document(n.Policy, n.RootSigners...)
		}, trustlist.KindList, trustlist.ErrWrongKind},
		"list of another epoch":   {func(n *nation.Nation) { n.List.Version.Epoch = 2 }, trustlist.KindList, trustlist.ErrEpoch},
		"list of an older epoch":  {func(n *nation.Nation) { n.Roots[0].ListEpoch = 2 }, trustlist.KindList, trustlist.ErrEpoch},
		"policy of another epoch": {func(n *nation.Nation) { n.Policy.Version.Epoch = 2 }, trustlist.KindPolicy, trustlist.ErrEpoch},
		"policy by the root where it names others": {func(n *nation.Nation) {
			n.Roots[0].PolicyGroups = []trustlist.Group{{Name: "policy", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 2,
				Keys: [][]byte{sigtest.New(sig.SM2, "p0").PublicKey().Compressed(), sigtest.New(sig.SM2, "p1").PublicKey().Compressed()}}}
		}, trustlist.KindPolicy, trustlist.ErrThreshold},
		"key of the root in a region": {func(n *nation.Nation) {
			n.List.Regions[0].Keys[0] = trustlist.NewKeyRef(n.RootSigners[0].PublicKey())
		}, trustlist.KindList, trustlist.ErrSharedKey},
		"list with a field of tomorrow": {func(n *nation.Nation) {
			n.Replacements["list"] = rewritten(n, n.List, withField, n.RootSigners...)
		}, trustlist.KindList, trustlist.ErrLaterVersion},
		"unsigned list with a field of tomorrow": {func(n *nation.Nation) {
			n.Replacements["list"] = rewritten(n, n.List, withField, n.RootSigners[0])
		}, trustlist.KindList, trustlist.ErrThreshold},
		"empty policy": {func(n *nation.Nation) { n.Replacements["policy"] = []byte{0} }, trustlist.KindPolicy, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := nation.New(t, "33")
			test.change(n)
			trust, report, err := load(n, nil)
			if trust != nil || report != nil {
				t.Fatal("something is returned beside an error")
			}
			var document *trustlist.DocumentError
			if !errors.As(err, &document) || document.Kind != test.kind {
				t.Fatalf("%v, want a fault of the %s", err, test.kind)
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
		})
	}
}

func TestSignersThatNobodyKnowsAreSkipped(t *testing.T) {
	n := nation.New(t, "33")
	m := n.Sign(n.List, append([]sig.Signer{sigtest.New(sig.SM2, "nobody"), sigtest.New(sig.ES256, "nobody")}, n.RootSigners...)...)
	m, err := m.With(cose.Signature{Algorithm: foreignAlgorithm, KeyID: [32]byte{1}, Value: make([]byte, 3309)})
	if err != nil {
		t.Fatal(err)
	}
	n.Replacements["list"] = n.Marshal(m)
	n.Load()
}

// [TRUST-33]
func TestAnAddedGroupOfUnknownAlgorithmIsSkippedAndOfAKnownOneIsNot(t *testing.T) {
	n := nation.New(t, "33")
	n.Roots[0].Groups = append(n.Roots[0].Groups, trustlist.Group{
		Name: "later", Need: trustlist.Added, Algorithm: foreignAlgorithm, Threshold: 1, Keys: [][]byte{{1}},
	})
	n.Load()
	third := sigtest.New(sig.SM2, "third group")
	n.Roots[0].Groups[2] = trustlist.Group{
		Name: "third", Need: trustlist.Added, Algorithm: sig.SM2, Threshold: 1, Keys: [][]byte{third.PublicKey().Compressed()},
	}
	var group *trustlist.ThresholdError
	if _, _, err := load(n, nil); !errors.As(err, &group) || group.Group != "third" {
		t.Fatalf("%v, want the group third", err)
	}
	n.RootSigners = append(n.RootSigners, third)
	n.Roots[0] = &trustlist.Root{Head: n.Roots[0].Head, Groups: n.Roots[0].Groups, ListEpoch: 1, PolicyEpoch: 1}
	n.Load()
}

func TestPolicyKeysThatTheRootNamesSignThePolicy(t *testing.T) {
	n := nation.New(t, "33")
	signers := []sig.Signer{sigtest.New(sig.SM2, "p0"), sigtest.New(sig.SM2, "p1")}
	n.Roots[0].PolicyGroups = []trustlist.Group{{Name: "policy", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 2,
		Keys: [][]byte{signers[0].PublicKey().Compressed(), signers[1].PublicKey().Compressed()}}}
	n.Replacements["policy"] = n.Document(n.Policy, signers...)
	if got := n.Load().PolicyVersion(); got != n.Policy.Version {
		t.Fatalf("policy %s", got)
	}
}

// chainOf is a nation whose root has been rotated to entirely new keys and then
// renewed.
func chainOf(t testing.TB) *nation.Nation {
	n := nation.New(t, "33")
	old := n.RootSigners
	var fresh []sig.Signer
	for _, name := range []string{"new 0", "new 1"} {
		fresh = append(fresh, sigtest.New(sig.SM2, name), sigtest.New(sig.ES256, name))
	}
	n.Roots = append(n.Roots, n.NewRoot(2, fresh), n.NewRoot(3, fresh))
	n.Replacements["root/0"] = n.Document(n.Roots[0], old...)
	n.Replacements["root/1"] = n.Document(n.Roots[1], append(old[:4:4], fresh...)...)
	n.RootSigners = fresh
	return n
}

func TestADeviceBehindCatchesUpThroughTheChain(t *testing.T) {
	n := chainOf(t)
	if got := n.Load().RootVersion(); got != trustlist.NewVersion(1, 3) {
		t.Fatalf("root %s", got)
	}
	middle := trustlist.AnchorHash(n.Sign(n.Roots[1]).Hash())
	if _, _, err := trustlist.Load(n.Bundle(), middle, trustlist.LoadOptions{Clock: now}); err != nil {
		t.Fatalf("from the second root: %v", err)
	}
}

func TestAChainThatIsBrokenIsRefused(t *testing.T) {
	old := nation.New(t).RootSigners
	tests := map[string]struct {
		change func(*nation.Nation)
		want   error
	}{
		"second root not signed under the first": {func(n *nation.Nation) {
			n.Replacements["root/1"] = n.Document(n.Roots[1], n.RootSigners...)
		}, trustlist.ErrThreshold},
		"second root not signed under itself": {func(n *nation.Nation) {
			n.Replacements["root/1"] = n.Document(n.Roots[1], old...)
		}, trustlist.ErrThreshold},
		"gap": {func(n *nation.Nation) {
			n.Roots = []*trustlist.Root{n.Roots[0], n.Roots[2]}
			n.Replacements["root/1"] = n.Document(n.Roots[1], append(old[:4:4], n.RootSigners...)...)
		}, trustlist.ErrChain},
		"same version again": {func(n *nation.Nation) {
			n.Roots[2].Version = n.Roots[1].Version
		}, trustlist.ErrChain},
		"fast forward": {func(n *nation.Nation) {
			n.Roots[2].Version.Counter = 1<<32 - 1
		}, trustlist.ErrChain},
		"another epoch": {func(n *nation.Nation) {
			n.Roots[2].Version.Epoch = 2
		}, trustlist.ErrChain},
		"epoch of the list taken back": {func(n *nation.Nation) {
			n.Roots[0].ListEpoch = 2
			n.Replacements["root/0"] = n.Document(n.Roots[0], old...)
		}, trustlist.ErrRollback},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := chainOf(t)
			test.change(n)
			if _, _, err := load(n, nil); !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
		})
	}
}

func TestAChainThatIsTooLongIsRefusedBeforeItIsVerified(t *testing.T) {
	n := nation.New(t)
	parts := n.Parts()
	parts.Roots = slices.Repeat(parts.Roots, trustlist.MaxChain+1)
	if _, err := parts.Encode(); err == nil {
		t.Fatal("33 roots are packed")
	}
	parts.Roots = parts.Roots[:trustlist.MaxChain]
	if _, err := parts.Encode(); err != nil {
		t.Fatal(err)
	}
}

// [TRUST-104]
func TestWithoutTheAnchoredRootNothingLoads(t *testing.T) {
	n := nation.New(t, "33")
	for name, anchor := range map[string]trustlist.Anchor{
		"another root": trustlist.AnchorHash([32]byte{1}),
		"no anchor":    {},
	} {
		if _, _, err := trustlist.Load(n.Bundle(), anchor, trustlist.LoadOptions{Clock: now}); !errors.Is(err, trustlist.ErrNotAnchored) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAnchorIsARootThatItsOwnKeysSigned(t *testing.T) {
	n := nation.New(t, "33")
	parts := n.Parts()
	anchor, err := trustlist.ParseAnchor(parts.Roots[0])
	if err != nil || anchor != n.Anchor() {
		t.Fatalf("%v, %v", anchor, err)
	}
	if _, err := trustlist.ParseAnchor(parts.List); !errors.Is(err, trustlist.ErrWrongKind) {
		t.Errorf("list as an anchor: %v", err)
	}
	if _, err := trustlist.ParseAnchor(n.Document(n.Roots[0], n.RootSigners[:2]...)); !errors.Is(err, trustlist.ErrThreshold) {
		t.Errorf("root by too few: %v", err)
	}
	if _, err := trustlist.ParseAnchorHash("00ff"); err == nil {
		t.Error("short hash is an anchor")
	}
}

func TestWhatIsKnownIsNeverTakenBack(t *testing.T) {
	tests := map[string]struct {
		change func(*nation.Nation)
		want   error
	}{
		"older list":         {func(n *nation.Nation) { n.List.Version.Counter = 1 }, trustlist.ErrRollback},
		"older policy":       {func(n *nation.Nation) { n.Policy.Version.Counter = 1 }, trustlist.ErrRollback},
		"older root":         {func(n *nation.Nation) { n.Roots = n.Roots[:1] }, trustlist.ErrRollback},
		"same list, other":   {func(n *nation.Nation) { n.List.Issued++ }, trustlist.ErrFork},
		"same policy, other": {func(n *nation.Nation) { n.Policy.Issued++ }, trustlist.ErrFork},
		"same root, other":   {func(n *nation.Nation) { n.Roots[1].Issued++ }, trustlist.ErrFork},
	}
	build := func(t *testing.T) *nation.Nation {
		n := nation.New(t, "33")
		n.Roots = append(n.Roots, n.NewRoot(2, n.RootSigners))
		n.List.Version.Counter, n.Policy.Version.Counter = 2, 2
		return n
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			previous := build(t).Load()
			n := build(t)
			test.change(n)
			if trust, _, err := load(n, previous); trust != nil || !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
		})
	}
	t.Run("all the same", func(t *testing.T) {
		n := build(t)
		if _, report, err := load(n, n.Load()); err != nil || !report.Clean() {
			t.Fatal(report, err)
		}
	})
}

func TestAnEpochOvercomesTheHighestCounter(t *testing.T) {
	n := nation.New(t, "33")
	n.List.Version.Counter, n.Policy.Version.Counter = 1<<32-1, 1<<32-1
	previous := n.Load()
	n.Roots = append(n.Roots, n.NewRoot(2, n.RootSigners))
	n.Roots[1].ListEpoch, n.Roots[1].PolicyEpoch = 2, 2
	n.List.Version, n.Policy.Version = trustlist.NewVersion(2, 1), trustlist.NewVersion(2, 1)
	trust, report, err := load(n, previous)
	if err != nil || !report.Clean() || trust.ListVersion() != n.List.Version {
		t.Fatal(report, err)
	}
}

func TestAnOmittedPolicyStays(t *testing.T) {
	n := nation.New(t, "33")
	previous := n.Load()
	n.Policy = nil
	trust, _, err := load(n, previous)
	if err != nil || trust.Policy() == nil || trust.PolicyVersion() != previous.PolicyVersion() {
		t.Fatalf("%v", err)
	}
	rotated := chainOf(t)
	rotated.Policy = nil
	if _, _, err := load(rotated, previous); !errors.Is(err, trustlist.ErrMissing) || !errors.Is(err, trustlist.ErrThreshold) {
		t.Fatalf("policy of keys that the root no longer names: %v", err)
	}
}

// [TRUST-107]
func TestTheFloorIsTheNewestNationalIssueAndNeverFalls(t *testing.T) {
	for name, change := range map[string]func(*nation.Nation) *int64{
		"root":   func(n *nation.Nation) *int64 { return &n.Roots[0].Issued },
		"list":   func(n *nation.Nation) *int64 { return &n.List.Issued },
		"policy": func(n *nation.Nation) *int64 { return &n.Policy.Issued },
	} {
		n := nation.New(t, "33")
		*change(n) = now - 3600
		if got := n.Load().Floor(); got != now-3600 {
			t.Errorf("%s: floor %d", name, got)
		}
	}
	n := nation.New(t, "33")
	n.List.Issued = now - 3600
	previous := n.Load()
	n.List.Version.Counter, n.List.Issued = 2, now-7200
	trust, _, err := load(n, previous)
	if err != nil || trust.Floor() != now-3600 {
		t.Fatalf("floor %d after %d: %v", trust.Floor(), previous.Floor(), err)
	}
	n = nation.New(t, "33")
	n.Regions["33"].Snapshot.Issued, n.Regions["33"].KeySet.Issued = now, now
	if got := n.Load().Floor(); got != n.List.Issued {
		t.Errorf("a regional document moves the floor to %d", got)
	}
}

func TestProgrammeEndIsTheLists(t *testing.T) {
	n := nation.New(t, "33")
	if _, ok := n.Load().ProgrammeEnd(); ok {
		t.Error("an end that nobody set")
	}
	n.List.ProgrammeEnd = now + 1
	if end, ok := n.Load().ProgrammeEnd(); !ok || end != now+1 {
		t.Error(end, ok)
	}
}
