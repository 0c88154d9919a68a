package delta_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/delta"
)

// classOf returns the class that the vectors give an error.
func classOf(err error) string {
	var base *delta.OtherBaseError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &base):
		return "other_base"
	case errors.Is(err, delta.ErrNotADelta):
		return "not_a_delta"
	case errors.Is(err, delta.ErrLaterVersion):
		return "later"
	case errors.Is(err, delta.ErrTooLarge):
		return "too_large"
	case errors.Is(err, delta.ErrWrongResult):
		return "wrong_result"
	}
	return "other: " + err.Error()
}

func deltaVectors(t testing.TB) []vectors.Delta {
	t.Helper()
	all, err := vectors.LoadDeltas()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDeltasOfTheSpecificationAreAppliedOrRefused(t *testing.T) {
	applied := 0
	for _, v := range deltaVectors(t) {
		got, err := delta.Apply(v.Old, v.Delta)
		if class := classOf(err); class != v.Expect {
			t.Errorf("%s: %s (%v), want %s: %s", v.Name, class, err, v.Expect, v.Comment)
			continue
		}
		if err != nil && got != nil {
			t.Errorf("%s: a result beside an error", v.Name)
		}
		if err == nil {
			applied++
			if !bytes.Equal(got, v.New) {
				t.Errorf("%s: %x, want %x", v.Name, got, v.New)
			}
		}
	}
	if applied < 7 {
		t.Errorf("%d right ones: too few to prove anything", applied)
	}
}

// A device tells the bundle that it has from the one that the delta wants.
func TestTheErrorNamesTheBundleThatIsWanted(t *testing.T) {
	old, new := []byte("the old bundle"), []byte("the new bundle")
	d := mustMake(t, old, new)
	_, err := delta.Apply([]byte("another"), d)
	var base *delta.OtherBaseError
	if !errors.As(err, &base) {
		t.Fatal(err)
	}
	parsed, err := delta.Parse(d)
	if err != nil {
		t.Fatal(err)
	}
	if base.Want != parsed.From() || base.Want.Size != int64(len(old)) || base.Have.Size != int64(len("another")) {
		t.Errorf("%+v", base)
	}
}
