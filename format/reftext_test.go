package format_test

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format"
)

var references = []struct {
	text, issuer string
	ref          format.Ref
}{
	{"33-7936-734003", "33", format.Ref{List: 7936, Index: 734003}},
	{"00-0-0", "00", format.Ref{}},
	{"99-1048575-4294967295", "99", format.Ref{List: 1<<20 - 1, Index: 1<<32 - 1}},
}

func TestAReferenceHasOneText(t *testing.T) {
	for _, r := range references {
		if text := format.ReferenceText(r.issuer, r.ref); text != r.text {
			t.Errorf("%s %v: %q, want %q", r.issuer, r.ref, text, r.text)
		}
		issuer, ref, err := format.ParseReference(r.text)
		if issuer != r.issuer || ref != r.ref || err != nil {
			t.Errorf("%q: %q, %v, %v", r.text, issuer, ref, err)
		}
	}
}

func TestAnyOtherTextIsNoReference(t *testing.T) {
	for _, text := range []string{
		"", "33", "33-7936", "33-7936-", "-7936-1", "33--1", "33-7936-1-2", "3-7936-1", "330-7936-1", "33-07936-1",
		"33-7936-01", "33-+7936-1", "33-7936--1", "33-7936-1 ", " 33-7936-1", "33-7936-1\n", "33 7936 1", "33-1048576-1",
		"33-7936-4294967296", "33-7_936-1", "33-0x10-1", "33-7936-1.0", "３３-7936-1", "33－7936－1", "浙江-7936-1", "33-*-*", "33-7936-*",
	} {
		if issuer, ref, err := format.ParseReference(text); !errors.Is(err, format.ErrNotAReference) || issuer != "" || ref != (format.Ref{}) {
			t.Errorf("%q: %q, %v, %v", text, issuer, ref, err)
		}
	}
}

// FuzzParseReference: what is read is written the same.
func FuzzParseReference(f *testing.F) {
	for _, r := range references {
		f.Add(r.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		issuer, ref, err := format.ParseReference(text)
		if err == nil && format.ReferenceText(issuer, ref) != text {
			t.Errorf("%q is %s", text, format.ReferenceText(issuer, ref))
		}
	})
}
