package format

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
)

// Every payload that an issuer writes is read without the general decoder, and what
// is read of a payload, whole or damaged, is what the general decoder reads.
func TestTheShortReaderReadsWhatTheGeneralDecoderDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(26, 8949))
	damaged, read := 0, 0
	for range 1000 {
		c := RandomCredential(t, r)
		p := payload{c.Issuer, c.Expires, c.IssuedAt, claims{c.Holder, c.Ref, c.Status, c.Tests, c.Vaccinations, c.Exemptions, c.Origin}}
		whole := p.AppendCBOR(nil)
		if got, ok := readPayload(whole); !ok || !reflect.DeepEqual(*got, p) {
			t.Fatalf("%x: %+v %v, want %+v", whole, got, ok, p)
		}
		for range 50 {
			data := append([]byte(nil), whole...)
			for range 1 + r.IntN(2) {
				data[r.IntN(len(data))] = byte(r.Uint32())
			}
			if cborx.Check(data) != nil {
				continue
			}
			damaged++
			got, ok := readPayload(data)
			want, err := cborx.DecodeChecked[payload](data)
			if ok != (err == nil) || ok && !reflect.DeepEqual(got, want) {
				t.Fatalf("%x: %+v %v, the general decoder %+v %v", data, got, ok, want, err)
			}
			if ok {
				read++
			}
		}
	}
	if damaged < 1000 || read < 1000 || read == damaged {
		t.Errorf("%d of %d damaged payloads are read: the test shows nothing", read, damaged)
	}
}

// A number that does not fit, a list that is too long or empty, and a claim of
// another shape are for the general decoder to tell.
func TestTheShortReaderTakesNothingThatItWouldNotWrite(t *testing.T) {
	claim := func(key uint64, value func([]byte) []byte) []byte {
		dst := cborx.AppendText(cborx.AppendUint(cborx.AppendMap(nil, 4), 1), "33")
		dst = cborx.AppendInt(cborx.AppendUint(dst, 4), 1660694400)
		dst = cborx.AppendInt(cborx.AppendUint(dst, 6), 1660089600)
		dst = cborx.AppendMap(cborx.AppendInt(dst, keyClaims), 3)
		dst = appendHolder(cborx.AppendUint(dst, 1), &Holder{Name: "廖*然", Class: 1, LastTwo: "8X"})
		dst = appendUints(cborx.AppendUint(dst, 2), 7943, 1)
		return value(cborx.AppendUint(dst, key))
	}
	uints := func(values ...uint64) func([]byte) []byte {
		return func(dst []byte) []byte { return appendUints(dst, values...) }
	}
	if _, ok := readPayload(claim(3, uints(0, 0, 4))); !ok {
		t.Fatal("a payload that is right is not read")
	}
	for name, data := range map[string][]byte{
		"a state above 16 bits": claim(3, uints(65536, 0, 4)),
		"a status of four":      claim(3, uints(0, 0, 4, 4)),
		"a status of two":       claim(3, uints(0, 4)),
		"a kind below 0":        claim(6, func(dst []byte) []byte { return cborx.AppendInt(cborx.AppendArray(dst, 1), -1) }),
		"no exemption":          claim(6, uints()),
		"too many exemptions":   claim(6, uints(1, 2, 3, 4, 5)),
		"a key of three bytes": claim(7, func(dst []byte) []byte {
			return cborx.AppendBytes(cborx.AppendText(cborx.AppendArray(dst, 2), "41"), []byte{1, 2, 3})
		}),
		"a key of five bytes": claim(7, func(dst []byte) []byte {
			return cborx.AppendBytes(cborx.AppendText(cborx.AppendArray(dst, 2), "41"), []byte{1, 2, 3, 4, 5})
		}),
		"an unknown claim":        claim(8, uints(1)),
		"an extension":            claim(64, func(dst []byte) []byte { return cborx.AppendUint(dst, 1) }),
		"more after the last one": append(claim(3, uints(0, 0, 4)), 0),
	} {
		if p, ok := readPayload(data); ok {
			t.Errorf("%s: read as %+v", name, p)
		}
	}
}
