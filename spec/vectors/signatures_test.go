package vectors_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec/vectors"
)

// defaultIdentity is the identity in ZA that the specification has (SIG-3).
const defaultIdentity = "1234567812345678"

func ExampleLoadSM2() {
	all, err := vectors.LoadSM2()
	if err != nil {
		fmt.Println(err)
		return
	}
	asked, wrong := 0, 0
	for _, c := range all {
		if string(c.UserID) != defaultIdentity {
			continue
		}
		key, err := sig.NewPublicKey(sig.SM2, c.Point)
		accepted := err == nil && key.Verify(c.Message, c.Signature) == nil
		if asked++; accepted != c.Valid {
			wrong++
		}
	}
	fmt.Println(asked > 350, wrong)
	// Output: true 0
}

func TestTheSetsOfSignaturesAgree(t *testing.T) {
	for _, set := range []struct {
		algorithm sig.Algorithm
		load      func() ([]vectors.SignatureTest, error)
		least     int
	}{{sig.SM2, vectors.LoadSM2, 400}, {sig.ES256, vectors.LoadES256, 200}} {
		all, err := set.load()
		if err != nil {
			t.Fatal(err)
		}
		valid := 0
		for i, c := range all {
			if c.ID != i+1 || len(c.Point) != 65 || (set.algorithm == sig.ES256) != (c.UserID == nil) {
				t.Errorf("%s, case %d: id %d, %d bytes of key, identity %x", set.algorithm, i+1, c.ID, len(c.Point), c.UserID)
			}
			ours := set.algorithm == sig.ES256 || string(c.UserID) == defaultIdentity
			if !ours && !c.Valid {
				continue
			}
			key, err := sig.NewPublicKey(set.algorithm, c.Point)
			accepted := err == nil && key.Verify(c.Message, c.Signature) == nil
			if accepted != (c.Valid && ours) {
				t.Errorf("%s, case %d %s: accepted %v", set.algorithm, c.ID, c.Comment, accepted)
			}
			if c.Valid {
				valid++
			}
		}
		if len(all) < set.least || valid < 50 {
			t.Errorf("%s: %d cases, %d of them valid", set.algorithm, len(all), valid)
		}
	}
}

// What is special about SM2 and stands in issue after issue of its libraries.
func TestTheSM2SetHasWhatBreaksImplementations(t *testing.T) {
	all, err := vectors.LoadSM2()
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{
		"PointDuplication", "PointAtInfinity", "SmallMultiple", "RangeCheck", "SumIsOrder", "HashBeyondOrder",
		"SignatureEncoding", "WrongIdentity", "OtherIdentity", "EmptyIdentity", "WrongScheme", "Arithmetic", "BitFlip",
	} {
		if !slices.ContainsFunc(all, func(c vectors.SignatureTest) bool { return slices.Contains(c.Flags, flag) }) {
			t.Errorf("no case is about %s", flag)
		}
	}
}
