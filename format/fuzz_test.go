package format

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/spec/vectors"
)

// seedCredentials are the bytes of the vectors of the specification, right and
// wrong.
func seedCredentials(tb testing.TB) [][]byte {
	tb.Helper()
	all, err := vectors.Load()
	if err != nil {
		tb.Fatal(err)
	}
	var list [][]byte
	good := 0
	for _, v := range all {
		if len(v.CBOR) == 0 {
			continue
		}
		list = append(list, v.CBOR)
		if v.Good() {
			good++
		}
	}
	if good == 0 || good == len(list) {
		tb.Fatalf("%d of %d seeds are good", good, len(list))
	}
	return list
}

// hasExtension reports whether the claims of a payload have a key of extensions.
func hasExtension(t *testing.T, payload []byte) bool {
	t.Helper()
	var outer struct {
		Claims map[uint64]cbor.RawMessage `cbor:"-65537,keyasint"`
	}
	if err := cbor.Unmarshal(payload, &outer); err != nil {
		t.Fatal(err)
	}
	for key := range outer.Claims {
		if key >= firstExtension {
			return true
		}
	}
	return false
}

// FuzzParse: a credential that is read has valid claims and is the one encoding
// of them; one that is refused is refused by the first layer that finds a fault.
func FuzzParse(f *testing.F) {
	for _, data := range seedCredentials(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := Parse(data)
		if err != nil {
			checkRefusal(t, data, u, err)
			return
		}
		c := u.UnverifiedCredential()
		if err := c.Validate(); err != nil {
			t.Fatalf("%x: %v", data, err)
		}
		content := u.message.UnverifiedPayload()
		if again := unsignedPayload(c); !bytes.Equal(again, content) && !hasExtension(t, content) {
			t.Fatalf("%x: read as %x", content, again)
		}
		if again, err := Parse(signed(t, unsignedPayload(c))); err != nil || !bytes.Equal(unsignedPayload(again.credential), unsignedPayload(c)) {
			t.Fatalf("%+v does not come back: %v", c, err)
		}
	})
}

func checkRefusal(t *testing.T, data []byte, u *Unverified, err error) {
	t.Helper()
	var parse *ParseError
	if !errors.As(err, &parse) || u != nil {
		t.Fatalf("%x: %v beside %v", data, u, err)
	}
	want := FaultClaims
	message, envelopeError := cose.ParseSign1(data)
	var encoding *cborx.EncodingError
	switch {
	case len(data) > MaxSize, errors.As(envelopeError, &encoding):
		want = FaultEncoding
	case envelopeError != nil:
		want = FaultEnvelope
	case cborx.Check(message.UnverifiedPayload()) != nil:
		want = FaultEncoding
	case !message.Algorithm().Known():
		want = FaultAlgorithm
	}
	if parse.Class != want {
		t.Fatalf("%x: class %d, want %d: %v", data, parse.Class, want, err)
	}
}

// FuzzPayload reaches the claims without a signature and an envelope in the way.
func FuzzPayload(f *testing.F) {
	seeds := 0
	for _, data := range seedCredentials(f) {
		if message, err := cose.ParseSign1(data); err == nil {
			f.Add(message.UnverifiedPayload())
			seeds++
		}
	}
	if seeds == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		data := signed(t, content)
		u, err := Parse(data)
		if err != nil {
			checkRefusal(t, data, u, err)
			return
		}
		if again := unsignedPayload(u.credential); !bytes.Equal(again, content) && !hasExtension(t, content) {
			t.Fatalf("%x: read as %x", content, again)
		}
	})
}
