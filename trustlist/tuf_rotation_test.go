package trustlist_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// keysOf is one version of a document in the rotations of TUF's suite: the numbers
// of the keys that may sign, how many have to, and which have. A root here needs
// two keys at least (TRUST-32), so that each number stands for a key of SM2 in one
// group and one of ES256 in another.
type keysOf struct {
	keys      []int
	threshold uint8
	signers   []int
}

// pairs are the signers of some numbers.
func pairs(role string, numbers []int) (signers []sig.Signer) {
	for _, i := range numbers {
		signers = append(signers, sigtest.New(sig.SM2, fmt.Sprintf("%s %d", role, i)), sigtest.New(sig.ES256, fmt.Sprintf("%s %d", role, i)))
	}
	return signers
}

// rotation is a case of test_root_rotation: the last of its versions is good or
// not.
type rotation struct {
	name     string
	versions []keysOf
	good     bool
}

var five, other5 = []int{0, 1, 2, 3, 4}, []int{5, 6, 7, 8, 9}

// The cases of test_updater_key_rotations.py: test_root_rotation.
var rootRotations = []rotation{
	{"1-of-1-key-rotation", []keysOf{{[]int{1}, 1, []int{1}}, {[]int{2}, 1, []int{2, 1}}, {[]int{2}, 1, []int{2}}}, true},
	{"1-of-1-key-rotation-unused-signatures", []keysOf{{[]int{1}, 1, []int{3, 1, 4}}, {[]int{2}, 1, []int{3, 2, 1, 4}}, {[]int{2}, 1, []int{3, 2, 4}}}, true},
	{"3-of-5-sign-with-different-keycombos", []keysOf{{five, 3, []int{0, 2, 4}}, {five, 3, []int{0, 4, 1}}, {five, 3, []int{0, 1, 3}}, {five, 3, []int{0, 1, 3}}}, true},
	{"3-of-5-one-key-rotated", []keysOf{{five, 3, []int{0, 2, 4}}, {[]int{0, 1, 3, 4, 5}, 3, []int{0, 4, 1}}}, true},
	{"3-of-5-one-key-rotated-with-intermediate-step", []keysOf{{five, 3, []int{0, 2, 4}}, {[]int{0, 1, 3, 4, 5}, 3, []int{0, 2, 4, 5}}, {[]int{0, 1, 3, 4, 5}, 3, []int{0, 4, 5}}}, true},
	{"3-of-5-all-keys-rotated-with-intermediate-step", []keysOf{{five, 3, []int{0, 2, 4}}, {other5, 3, []int{0, 2, 4, 5, 6, 7}}, {other5, 3, []int{5, 6, 7}}}, true},
	{"1-of-3-threshold-increase-to-2-of-3", []keysOf{{[]int{1, 2, 3}, 1, []int{1}}, {[]int{1, 2, 3}, 2, []int{1, 2}}}, true},
	{"2-of-3-threshold-decrease-to-1-of-3", []keysOf{{[]int{1, 2, 3}, 2, []int{1, 2}}, {[]int{1, 2, 3}, 1, []int{1, 2}}, {[]int{1, 2, 3}, 1, []int{1}}}, true},
	{"1-of-2-threshold-increase-to-2-of-2", []keysOf{{[]int{1}, 1, []int{1}}, {[]int{1, 2}, 2, []int{1, 2}}}, true},
	{"1-of-1-key-rotation-fail-not-signed-with-old-key", []keysOf{{[]int{1}, 1, []int{1}}, {[]int{2}, 1, []int{2, 3, 4}}}, false},
	{"1-of-1-key-rotation-fail-not-signed-with-new-key", []keysOf{{[]int{1}, 1, []int{1}}, {[]int{2}, 1, []int{1, 3, 4}}}, false},
	{"3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys", []keysOf{{five, 3, []int{0, 2, 4}}, {[]int{0, 1, 3, 4, 5}, 3, []int{0, 2, 4}}}, false},
	{"3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys", []keysOf{{five, 3, []int{0, 2, 4}}, {[]int{0, 1, 3, 4, 5}, 3, []int{0, 4, 5}}}, false},
	{"1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached", []keysOf{{[]int{1, 2, 3}, 1, []int{1}}, {[]int{1, 2, 3}, 2, []int{2}}}, false},
	{"2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-eached", []keysOf{{[]int{1, 2, 3}, 2, []int{1, 2}}, {[]int{1, 2, 3}, 1, []int{1}}}, false},
}

// test_updater_key_rotations.py: test_root_rotation. A client that knows the first
// root alone follows the chain; one whose last root is bad stays at the one before.
func TestRootRotationsOfTheConformanceSuiteOfTUF(t *testing.T) {
	for _, c := range rootRotations {
		t.Run(c.name, func(t *testing.T) {
			known, _, err := load(rotatedTo(t, c.versions[:1]), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !c.good {
				if known, _, err = load(rotatedTo(t, c.versions[:len(c.versions)-1]), known); err != nil {
					t.Fatal(err)
				}
			}
			n := rotatedTo(t, c.versions)
			next, _, err := load(n, rebooted(t, known, n.Anchor(), now))
			if c.good && (err != nil || int(next.RootVersion().Counter) != len(c.versions)) {
				t.Fatalf("not taken: %v", err)
			}
			if !c.good && (next != nil || !errors.Is(err, trustlist.ErrThreshold) || int(known.RootVersion().Counter) != len(c.versions)-1) {
				t.Fatalf("taken, or %v", err)
			}
		})
	}
}

// rotatedTo is a nation with a root for each version; its list and policy are
// signed by all keys of the last.
func rotatedTo(t *testing.T, versions []keysOf) *nation.Nation {
	n := nation.New(t)
	n.Roots = nil
	for i, v := range versions {
		n.RootSigners = pairs("rotated", v.keys)
		root := n.NewRoot(uint32(i+1), n.RootSigners)
		for j := range root.Groups {
			root.Groups[j].Threshold = v.threshold
		}
		n.Roots = append(n.Roots, root)
		n.Replacements[fmt.Sprintf("root/%d", i)] = n.Document(root, pairs("rotated", v.signers)...)
	}
	return n
}

// The cases of test_updater_key_rotations.py: test_non_root_rotations.
var otherRotations = []struct {
	name string
	keysOf
	good bool
}{
	{"1-of-1-key-rotation", keysOf{[]int{2}, 1, []int{2}}, true},
	{"1-of-1-key-rotation-unused-signatures", keysOf{[]int{1}, 1, []int{3, 1, 4}}, true},
	{"1-of-1-key-rotation-fail-not-signed-with-new-key", keysOf{[]int{2}, 1, []int{1, 3, 4}}, false},
	{"3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys", keysOf{[]int{0, 1, 3, 4, 5}, 3, []int{0, 2, 4}}, false},
	{"2-of-5-one-key-signature-mising-threshold-not-reached", keysOf{[]int{0, 1, 3, 4, 5}, 3, []int{0, 4}}, false},
	{"3-of-5-sign-first-combo", keysOf{five, 3, []int{0, 2, 4}}, true},
	{"3-of-5-sign-second-combo", keysOf{five, 3, []int{0, 4, 1}}, true},
	{"3-of-5-sign-third-combo", keysOf{five, 3, []int{0, 1, 3}}, true},
	{"3-of-5-sign-fourth-combo", keysOf{five, 3, []int{1, 2, 3}}, true},
	{"3-of-5-sign-fifth-combo", keysOf{five, 3, []int{2, 3, 4}}, true},
}

// test_updater_key_rotations.py: test_non_root_rotations, of the two roles whose
// keys another document names: those that the root names for the policy, and a
// region's authority.
func TestRotationsBelowTheRootOfTheConformanceSuiteOfTUF(t *testing.T) {
	for _, c := range otherRotations {
		t.Run(c.name+"/policy", func(t *testing.T) {
			n := nation.New(t, "33")
			known := n.Load()
			root := addRoot(n)
			for _, group := range n.NewRoot(1, pairs("policy", c.keys)).Groups {
				group.Name, group.Threshold = "policy "+group.Name, c.threshold
				root.PolicyGroups = append(root.PolicyGroups, group)
			}
			n.Policy.Version.Counter = 2
			n.Replacements["policy"] = n.Document(n.Policy, pairs("policy", c.signers)...)
			trust, _, err := load(n, known)
			if c.good && (err != nil || trust.PolicyVersion().Counter != 2) || !c.good && !errors.Is(err, trustlist.ErrThreshold) {
				t.Error(err)
			}
		})
		t.Run(c.name+"/key set", func(t *testing.T) {
			n := nation.New(t, "33")
			known := n.Load()
			n.List.Version.Counter, n.List.Regions[0].Threshold, n.List.Regions[0].Keys = 2, 2*c.threshold, nil
			for _, signer := range pairs("authority", c.keys) {
				n.List.Regions[0].Keys = append(n.List.Regions[0].Keys, trustlist.NewKeyRef(signer.PublicKey()))
			}
			r := second(n)
			n.Parts()
			n.Replacements["33/keyset"] = n.Document(r.KeySet, pairs("authority", c.signers)...)
			trust, report, err := load(n, known)
			if err != nil {
				t.Fatal(err)
			}
			if region, _ := trust.Region("33"); (region.Available() == nil) != c.good || errors.Is(faultsOf(report, "33"), trustlist.ErrThreshold) == c.good {
				t.Errorf("%v, %v", region.Available(), report)
			}
		})
	}
}

// test_max_root_rotations of earlier versions of the suite. A chain beyond the
// bound is refused whole.
func TestTheMostRootRotationsOfTheConformanceSuiteOfTUF(t *testing.T) {
	versions := make([]keysOf, trustlist.MaxChain+1)
	for i := range versions {
		versions[i] = keysOf{[]int{1}, 1, []int{1}}
	}
	n := rotatedTo(t, versions[1:])
	known, _, err := load(n, nil)
	if err != nil || known.RootVersion().Counter != trustlist.MaxChain {
		t.Fatal(err)
	}
	parts := rotatedTo(t, versions).Parts()
	bundle := cborx.AppendMap(cborx.AppendText(cborx.AppendArray(nil, 2), "tongxing/bundle/1"), 2)
	bundle = cborx.AppendArray(cborx.AppendUint(bundle, 1), len(parts.Roots))
	for _, root := range parts.Roots {
		bundle = cborx.AppendBytes(bundle, root)
	}
	bundle = cborx.AppendBytes(cborx.AppendUint(bundle, 2), parts.List)
	if trust, _, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now, Previous: known}); trust != nil || !errors.Is(err, trustlist.ErrNotABundle) {
		t.Errorf("one more: %v", err)
	}
}
