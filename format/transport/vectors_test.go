package transport_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

// vector is a line of testdata/codes.jsonl, which was written by another
// program than the one under test.
type vector struct {
	Name  string `json:"name"`
	Code  string `json:"code"`
	Data  string `json:"data"`  // hexadecimal
	Error string `json:"error"` // the reason's name, where there are no data
}

func codes(tb testing.TB) []vector {
	tb.Helper()
	const file = "testdata/codes.jsonl"
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var all []vector
	for line := range bytes.Lines(content) {
		var v vector
		if err := json.Unmarshal(line, &v); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		all = append(all, v)
	}
	if len(all) == 0 {
		tb.Fatalf("%s has no vectors", file)
	}
	return all
}

func reasonOf(err error) string {
	var damage *transport.DamagedError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, transport.ErrNotACode):
		return "not_a_code"
	case errors.Is(err, transport.ErrLaterVersion):
		return "later_version"
	case errors.As(err, &damage):
		return "damaged_text"
	}
	return err.Error()
}

func TestVectors(t *testing.T) {
	for _, v := range codes(t) {
		data, err := transport.Decode(v.Code)
		if got := hex.EncodeToString(data); got != v.Data || reasonOf(err) != v.Error {
			t.Errorf("%s: %s, %v, want %s %s", v.Name, got, err, v.Data, v.Error)
		}
	}
}

// TestVectorsOfTheSpecification compares the reasons that a transport can give, and
// the bytes where the vector has them.
func TestVectorsOfTheSpecification(t *testing.T) {
	reasons := map[string]spec.Reason{
		"not_a_code": spec.ReasonNotACode, "later_version": spec.ReasonLaterVersion, "damaged_text": spec.ReasonDamagedText,
	}
	for _, v := range specification(t) {
		data, err := transport.Decode(v.Text)
		switch {
		case v.Trust == nil: // a verifier that trusts nothing does not read
		case err != nil && reasons[reasonOf(err)] != v.Expect:
			t.Errorf("%s: %v, want %v", v.Name, err, v.Expect)
		case err == nil && slices.Contains(slices.Collect(maps.Values(reasons)), v.Expect):
			t.Errorf("%s: accepted, want %v", v.Name, v.Expect)
		case err == nil && v.CBOR != nil && !bytes.Equal(data, v.CBOR):
			t.Errorf("%s: %x, want %x", v.Name, data, v.CBOR)
		}
	}
}

func specification(tb testing.TB) []vectors.Vector {
	tb.Helper()
	all, err := vectors.Load()
	if err != nil {
		tb.Fatal(err)
	}
	if len(all) == 0 {
		tb.Fatal("the specification has no vectors")
	}
	return all
}

func FuzzText(f *testing.F) {
	for _, v := range codes(f) {
		f.Add(v.Code)
	}
	for _, v := range specification(f) {
		f.Add(v.Text)
	}
	f.Fuzz(func(t *testing.T, code string) {
		data, err := transport.Decode(code)
		if err != nil {
			checkRefusal(t, code, data, err)
			return
		}
		checkCanonical(t, code, data)
	})
}

// FuzzDigits spends its time behind the prefix of the digits form, which the
// mutations of FuzzText seldom leave whole.
func FuzzDigits(f *testing.F) {
	seeds := 0
	for _, v := range codes(f) {
		if digits, found := strings.CutPrefix(v.Code, transport.DigitsPrefix); found {
			f.Add(digits)
			seeds++
		}
	}
	if seeds == 0 {
		f.Fatal("no vector is in the digits form")
	}
	f.Fuzz(func(t *testing.T, digits string) {
		code := transport.DigitsPrefix + digits
		data, err := transport.Decode(code)
		if err != nil {
			checkRefusal(t, code, data, err)
			return
		}
		checkCanonical(t, code, data)
	})
}

// FuzzData is the round trip from the bytes.
func FuzzData(f *testing.F) {
	for _, v := range codes(f) {
		if data, err := hex.DecodeString(v.Data); err == nil && len(data) > 0 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 2861 {
			return
		}
		got, err := transport.Decode(transport.Encode(data))
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("text of %x: %x, %v", data, got, err)
		}
		got, err = transport.Decode(transport.EncodeDigits(data))
		if len(data) < transport.MinDigitsData {
			if !errors.Is(err, transport.ErrNotACode) {
				t.Fatalf("digits of %d bytes: %v", len(data), err)
			}
			return
		}
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("digits of %x: %x, %v", data, got, err)
		}
	})
}

func checkRefusal(t *testing.T, code string, data []byte, err error) {
	t.Helper()
	var damage *transport.DamagedError
	if data != nil {
		t.Fatalf("Decode(%q) returned data beside %v", code, err)
	}
	if errors.As(err, &damage) && (damage.Offset < 0 || damage.Offset > len(code)) {
		t.Fatalf("Decode(%q): %v lies outside", code, err)
	}
	switch reasonOf(err) {
	case "not_a_code", "later_version", "damaged_text":
	default:
		t.Fatalf("Decode(%q): %v is of no known kind", code, err)
	}
}

// checkCanonical is the law that makes codes comparable by their bytes: what was
// accepted is, blanks around it aside, the one encoding of its data.
func checkCanonical(t *testing.T, code string, data []byte) {
	t.Helper()
	encode := transport.Encode
	trimmed := strings.Trim(code, " \t\r\n\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff")
	if strings.HasPrefix(trimmed, transport.DigitsPrefix) {
		encode = transport.EncodeDigits
	}
	if encode(data) != trimmed {
		t.Fatalf("%q decodes to %x, whose encoding is %q", code, data, encode(data))
	}
}
