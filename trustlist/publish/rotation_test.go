package publish_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// groupOf is a group of the SM2 keys from one number to another.
func groupOf(name string, threshold, from, to int) publish.Group {
	g := publish.Group{Name: name, Need: trustlist.Required, Threshold: threshold}
	for i := from; i < to; i++ {
		g.Keys = append(g.Keys, sigtest.New(sig.SM2, fmt.Sprint("root ", i)).PublicKey())
	}
	return g
}

// TRUST-34: the signers of the old root and of the new one stand in one document
// of 16 signatures.
func TestARootThatNoDocumentHoldsTheSignersOfIsNotDrafted(t *testing.T) {
	for _, test := range []struct {
		name       string
		old, fresh []publish.Group
		needed     int
	}{
		{"eight old and eight new", []publish.Group{groupOf("a", 8, 0, 10)}, []publish.Group{groupOf("a", 8, 10, 20)}, 16},
		{"nine old and eight new", []publish.Group{groupOf("a", 9, 0, 10)}, []publish.Group{groupOf("a", 8, 10, 20)}, 17},
		{"the same sixteen", []publish.Group{groupOf("a", 16, 0, 16)}, []publish.Group{groupOf("a", 16, 0, 16)}, 16},
		{"one of sixteen replaced", []publish.Group{groupOf("a", 16, 0, 16)}, []publish.Group{groupOf("a", 16, 1, 17)}, 17},
		{"one of ten replaced, nine sign", []publish.Group{groupOf("a", 9, 0, 10)}, []publish.Group{groupOf("a", 9, 1, 11)}, 9},
		{"two groups regrouped", // 0 to 7 sign for a and c, 8 to 15 for b and d
			[]publish.Group{groupOf("a", 8, 0, 8), groupOf("b", 8, 8, 16)},
			[]publish.Group{groupOf("c", 8, 0, 9), groupOf("d", 8, 9, 17)}, 17},
		{"a key that is moved over", // 4 and 5 count for d alone once 0 to 3 count for c
			[]publish.Group{groupOf("a", 6, 0, 6)},
			[]publish.Group{groupOf("c", 4, 0, 4), groupOf("d", 12, 4, 16)}, 16},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, err := publish.NewRoot(nil, publish.RootPlan{Issued: nation.Now, Groups: test.old})
			if err != nil {
				t.Fatal(err)
			}
			_, err = publish.NewRoot(first, publish.RootPlan{Issued: nation.Now, Groups: test.fresh})
			var rotation *publish.RotationError
			switch {
			case test.needed <= 16 && err != nil:
				t.Errorf("%v, want a root that %d signatures follow", err, test.needed)
			case test.needed > 16 && (!errors.As(err, &rotation) || rotation.Signatures != test.needed || rotation.Most != 16):
				t.Errorf("%v, want a rotation of %d signatures", err, test.needed)
			}
		})
	}
}

// TRUST-13: a key that signs policies signs nothing else.
func TestAKeyInAGroupOfTheRootAndOfThePolicyIsNotDrafted(t *testing.T) {
	_, err := publish.NewRoot(nil, publish.RootPlan{
		Issued: nation.Now, Groups: []publish.Group{groupOf("root", 2, 0, 3)}, PolicyGroups: []publish.Group{groupOf("policy", 2, 2, 5)},
	})
	var places *publish.KeyPlaceError
	if !errors.As(err, &places) || !places.SameKey || places.First.Name != "root" || places.Second.Name != "policy" {
		t.Errorf("%v, want the key in both groups", err)
	}
}
