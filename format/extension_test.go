package format

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
)

// patched is the payload of c with some of its claims replaced, added, or (nil)
// taken away, in deterministic order.
func patched(t testing.TB, c *Credential, changes map[any]any) []byte {
	t.Helper()
	var outer payloadWithExtensions
	if err := cborx.Unmarshal(unsignedPayload(c), &outer); err != nil {
		t.Fatal(err)
	}
	var pairs map[any]cbor.RawMessage
	if err := cbor.Unmarshal(outer.Claims, &pairs); err != nil {
		t.Fatal(err)
	}
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range changes {
		if n, ok := key.(int); ok && n >= 0 {
			key = uint64(n) // as the decoder has it
		}
		if value == nil {
			delete(pairs, key)
			continue
		}
		if pairs[key], err = mode.Marshal(value); err != nil {
			t.Fatal(err)
		}
	}
	if outer.Claims, err = mode.Marshal(pairs); err != nil {
		t.Fatal(err)
	}
	data, err := mode.Marshal(outer)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// [CRED-34]
func TestExtensionsAreAcceptedAndDropped(t *testing.T) {
	for name, extensions := range map[string]map[any]any{
		"none":           {},
		"first key":      {64: 0},
		"last key":       {65535: 1},
		"largest number": {64: uint64(1<<64 - 1)},
		"one byte":       {64: []byte{0}},
		"16 bytes":       {64: make([]byte, 16)},
		"two":            {64: 7, 1000: []byte("name of the person")[:16]},
		"two high":       {65534: 7, 65535: 8},
		"two small keys": {64: 7, 65: 8},
		"wide and small": {255: 7, 256: 8},
	} {
		for _, c := range []*Credential{whole(), sparse()} {
			u, err := Parse(signed(t, patched(t, c, extensions)))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := u.UnverifiedCredential(); !reflect.DeepEqual(got, c) {
				t.Errorf("%s: %+v, want %+v", name, got, c)
			}
		}
	}
}

// sparse is a valid credential with no claim that may be left out but one.
func sparse() *Credential {
	c := whole()
	c.Status, c.Tests, c.Vaccinations, c.Origin = nil, nil, nil, nil
	return c
}

// [CRED-32] [CRED-33]
func TestOtherExtensionsAreRefused(t *testing.T) {
	for name, extensions := range map[string]map[any]any{
		"key 0":              {0: 1},
		"key 8":              {8: 1},
		"key 63":             {63: 1},
		"key 63 and one":     {63: 1, 64: 1},
		"key 8 and two":      {8: 1, 64: 1, 65: 1},
		"key 65536":          {65536: 1},
		"key above 63 bits":  {uint64(1 << 63): 1},
		"key -1":             {-1: 1},
		"key -1 and one":     {64: 1, -1: 1},
		"key -1 and two":     {64: 1, 65: 1, -1: 1},
		"two negative":       {64: 1, -1: 1, -2: 1},
		"key -64":            {-64: 1},
		"key -65537":         {-65537: 1},
		"text key":           {"64": 1},
		"text key and one":   {"a": 1, 64: 1},
		"three":              {64: 1, 65: 1, 66: 1},
		"negative number":    {64: -1},
		"text":               {64: "a"},
		"no bytes":           {64: []byte{}},
		"17 bytes":           {64: make([]byte, 17)},
		"list":               {64: []any{1, 2}},
		"empty list":         {64: []any{}},
		"map":                {64: map[any]any{}},
		"second is wrong":    {64: 1, 65: "a"},
		"instead of a claim": {1: nil, 64: 1},
		"instead of a ref":   {2: nil, 64: 1},
		"statement alone":    {3: nil, 4: nil, 5: nil, 6: nil, 64: 1},
		"beside a wrong one": {4: []any{}, 64: 1},
		"beside null state":  {3: []any{"green", 0, 0}, 64: 1},
	} {
		u, err := Parse(signed(t, patched(t, whole(), extensions)))
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Class != FaultClaims || u != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExtensionOutsideTheDataModelIsAFaultOfEncoding(t *testing.T) {
	for name, value := range map[string]any{
		"float": 1.5, "true": true, "tag": cbor.Tag{Number: 1, Content: 1},
	} {
		_, err := Parse(signed(t, patched(t, whole(), map[any]any{64: value})))
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Class != FaultEncoding {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// [CRED-20] The payload itself has no extensions.
func TestOtherKeysOfThePayloadAreRefused(t *testing.T) {
	base := unsignedPayload(whole())
	for name, data := range map[string][]byte{
		"three keys":     cborx.AppendText(cborx.AppendUint(cborx.AppendMap(nil, 1), 1), "33"),
		"empty":          {0xa0},
		"sub":            insert(base, 1+4, cborx.AppendUint(nil, 2), cborx.AppendText(nil, "a")),
		"extension":      insert(base, 1+4+6+6, cborx.AppendUint(nil, 64), []byte{0}),
		"later version":  append(insert(base, len(base), cborx.AppendInt(nil, -65538)), 0xa0),
		"list":           {0x80},
		"number":         {0x00},
		"text for bytes": cborx.AppendText(nil, "a"),
	} {
		if err := cborx.Check(data); err != nil {
			t.Fatalf("%s: the case has another fault: %v", name, err)
		}
		_, err := Parse(signed(t, data))
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Class != FaultClaims {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// insert puts parts into a map of four pairs at offset, as its fifth pair.
func insert(data []byte, offset int, parts ...[]byte) []byte {
	out := append([]byte{0xa5}, data[1:offset]...)
	return append(append(out, bytes.Join(parts, nil)...), data[offset:]...)
}

func TestOfTwoFaultyExtensionsTheSameIsAlwaysTold(t *testing.T) {
	data := signed(t, patched(t, whole(), map[any]any{-1: 1, 64: "text", 65: []int{}, 70000: 1}))
	_, first := Parse(data)
	for range 50 {
		if _, err := Parse(data); err == nil || err.Error() != first.Error() {
			t.Fatalf("%v, and before %v", err, first)
		}
	}
}
