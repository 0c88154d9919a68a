package delta_test

import (
	"bytes"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
)

// FuzzApply: what a delta of a stranger gives is the bundle that it names.
func FuzzApply(f *testing.F) {
	seeds := deltaVectors(f)
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, v := range seeds {
		f.Add([]byte(v.Old), []byte(v.Delta))
	}
	f.Fuzz(func(t *testing.T, old, data []byte) {
		d, err := delta.Parse(data)
		if err != nil {
			return
		}
		if d.To().Size > trustlist.MaxBundle || d.Instructions() > delta.MaxInstructions || int64(d.Inserted()) > d.To().Size {
			t.Fatalf("beyond the bounds: %+v", d.To())
		}
		got, err := d.Apply(old)
		if err != nil {
			if got != nil {
				t.Fatal("a result beside an error")
			}
			return
		}
		if int64(len(got)) != d.To().Size {
			t.Fatal("a result of another size")
		}
	})
}

// FuzzMake: a delta between any two files gives the second.
func FuzzMake(f *testing.F) {
	seeds := deltaVectors(f)
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, v := range seeds {
		if v.Expect == "ok" {
			f.Add([]byte(v.Old), []byte(v.New))
		}
	}
	f.Fuzz(func(t *testing.T, old, new []byte) {
		if len(old) == 0 || len(new) == 0 || bytes.Equal(old, new) {
			return
		}
		requireRoundTrip(t, old, new)
	})
}
