package format_test

import (
	"testing"
	"unicode/utf8"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec/vectors"
)

func derived(tb testing.TB) *vectors.Derived {
	tb.Helper()
	d, err := vectors.LoadDerived()
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func FuzzMaskName(f *testing.F) {
	for _, c := range derived(f).Names {
		f.Add(c.Name)
	}
	for _, c := range names {
		f.Add(c.name)
	}
	f.Fuzz(checkMasked)
}

func FuzzNewDocument(f *testing.F) {
	for _, c := range derived(f).Numbers {
		f.Add(uint8(c.Class), c.Number)
	}
	for _, c := range documents {
		f.Add(c.class, c.number)
	}
	f.Fuzz(func(t *testing.T, class uint8, number string) {
		d, err := format.NewDocument(class, number)
		if err != nil {
			if d != (format.Document{}) {
				t.Fatalf("%d %q: %q beside %v", class, number, d.Number(), err)
			}
			return
		}
		characters := utf8.RuneCountInString(d.Number())
		if d.Class() != class || characters < 1 || characters > 32 || class == format.ClassCitizen && len(d.Number()) != 18 {
			t.Fatalf("%d %q: %d %q", class, number, d.Class(), d.Number())
		}
		if again, err := format.NewDocument(class, d.Number()); again != d || err != nil {
			t.Fatalf("%q is normalised to %q, and that to %q, %v", number, d.Number(), again.Number(), err)
		}
		c := full(t)
		if c.Holder, err = format.NewHolder(c.Issuer, c.Ref, "王小明", d); err != nil {
			t.Fatalf("%q: %v", number, err)
		}
		if err := c.Validate(); err != nil || !c.Matches(d) {
			t.Fatalf("%q: %v", number, err)
		}
	})
}

// FuzzNewHolder: what NewHolder makes of any name and number can be encoded and
// read.
func FuzzNewHolder(f *testing.F) {
	for i, c := range derived(f).Names {
		numbers := derived(f).Numbers
		f.Add(c.Name, uint8(numbers[i%len(numbers)].Class), numbers[i%len(numbers)].Number)
	}
	f.Fuzz(func(t *testing.T, name string, class uint8, number string) {
		d, err := format.NewDocument(class, number)
		if err != nil {
			return
		}
		c := full(t)
		holder, err := format.NewHolder(c.Issuer, c.Ref, name, d)
		if err != nil {
			return
		}
		c.Holder = holder
		if _, err := format.EncodePayload(c); err != nil {
			t.Fatalf("%q, %q: %v", name, number, err)
		}
	})
}
