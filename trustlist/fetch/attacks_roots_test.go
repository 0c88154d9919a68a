package fetch

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// rotated is a nation whose root has been given wholly new keys twice: the chain
// has five roots, the second and fourth of which change the keys.
func rotated(t testing.TB) *nation.Nation {
	t.Helper()
	n := day(t, 1)
	keys := func(generation string) (signers []sig.Signer) {
		for i := range 2 {
			signers = append(signers, sigtest.New(sig.SM2, fmt.Sprintf("%s %d", generation, i)), sigtest.New(sig.ES256, fmt.Sprintf("%s %d", generation, i)))
		}
		return signers
	}
	first, second, third := n.RootSigners, keys("second"), keys("third")
	for i, signers := range [][]sig.Signer{second, second, third, third} {
		n.Roots = append(n.Roots, n.NewRoot(uint32(i+2), signers))
	}
	for i, signers := range [][]sig.Signer{first, slices.Concat(first, second), second, slices.Concat(second, third), third} {
		n.Replacements[fmt.Sprintf("root/%d", i)] = n.Document(n.Roots[i], signers...)
	}
	n.RootSigners = third
	n.List.Version.Counter = 5
	return n
}

// A device follows the chain over any number of roots that it has missed, and over
// none that is not there: one left out, twice, out of order, from the side, or
// without the signatures of those before it.
// [TRUST-34] [TRUST-35] [TRUST-104]
func TestAChainWithAGapIsRefused(t *testing.T) {
	good := rotated(t)
	whole := good.Parts()
	for name, test := range map[string]struct {
		chain []int // of the good chain
		root  func(n *nation.Nation) []byte
		want  error
	}{
		"second left out":           {chain: []int{0, 2, 3, 4}, want: trustlist.ErrThreshold},
		"third left out":            {chain: []int{0, 1, 3, 4}, want: trustlist.ErrChain},
		"fourth left out":           {chain: []int{0, 1, 2, 4}, want: trustlist.ErrThreshold},
		"all between left out":      {chain: []int{0, 4}, want: trustlist.ErrThreshold},
		"second twice":              {chain: []int{0, 1, 1, 2, 3, 4}, want: trustlist.ErrChain},
		"turned around":             {chain: []int{0, 2, 1, 3, 4}, want: trustlist.ErrThreshold},
		"without the first":         {chain: []int{1, 2, 3, 4}, want: trustlist.ErrNotAnchored},
		"none":                      {chain: nil, want: trustlist.ErrNotABundle},
		"ends before the keys do":   {chain: []int{0, 1, 2}, want: trustlist.ErrThreshold},
		"a sixth by the old keys":   {chain: []int{0, 1, 2, 3, 4}, root: another(6, "root"), want: trustlist.ErrThreshold},
		"a seventh in its place":    {chain: []int{0, 1, 2, 3, 4}, root: another(7, "third"), want: trustlist.ErrChain},
		"the last version there is": {chain: []int{0, 1, 2, 3, 4}, root: another(1<<32-1, "third"), want: trustlist.ErrChain},
	} {
		t.Run(name, func(t *testing.T) {
			good.T = t
			parts := whole
			parts.Roots = nil
			for _, i := range test.chain {
				parts.Roots = append(parts.Roots, whole.Roots[i])
			}
			if test.root != nil {
				parts.Roots = append(parts.Roots, test.root(good))
			}
			bundle, err := parts.Encode()
			if err != nil && test.chain == nil {
				return // nobody can write it
			}
			if err != nil {
				t.Fatal(err)
			}
			kind := trustlist.KindRoot
			if name == "ends before the keys do" {
				kind = trustlist.KindList
			}
			for _, d := range []*device{newDevice(t, good), newDevice(t, good, day(t, 1).Bundle())} {
				d.refuses(bundle, kind, test.want)
			}
		})
	}
	for _, known := range [][][]byte{nil, {day(t, 1).Bundle()}} {
		d := newDevice(t, good, known...)
		d.takes(good.Bundle())
		if got := d.trust().RootVersion().Counter; got != 5 {
			t.Errorf("the whole chain leads to root %d", got)
		}
		d.refuses(day(t, 2).Bundle(), trustlist.KindRoot, trustlist.ErrRollback)
	}
}

// another makes a root of a counter, signed by the keys of a generation.
func another(counter uint32, generation string) func(n *nation.Nation) []byte {
	return func(n *nation.Nation) []byte {
		var signers []sig.Signer
		for i := range 2 {
			signers = append(signers, sigtest.New(sig.SM2, fmt.Sprintf("%s %d", generation, i)), sigtest.New(sig.ES256, fmt.Sprintf("%s %d", generation, i)))
		}
		root := n.NewRoot(6, signers)
		root.Version.Counter = counter
		return n.Document(root, signers...)
	}
}
