package tokenstatus_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

// FuzzRead feeds whole tokens: whoever does not have the key gets nothing in.
func FuzzRead(f *testing.F) {
	v := tokens(f)
	for i := range v {
		f.Add(v[i].Token())
	}
	first := &v[0]
	for i := range v {
		if v[i].Written && v[i].Format == "cwt" {
			first = &v[i]
			break
		}
	}
	r := readerOf(f, first)
	f.Fuzz(func(t *testing.T, data []byte) {
		kept := bytes.Clone(data)
		token, err := r.Read(data, first.Time)
		if (token == nil) == (err == nil) {
			t.Fatalf("%+v beside %v", token, err)
		}
		if !bytes.Equal(data, kept) {
			t.Fatal("the input was changed")
		}
	})
}

// FuzzClaims feeds claims sets that a right signature covers: what is read can be
// written, and is then read as the same.
func FuzzClaims(f *testing.F) {
	signer := sigtest.New(sig.ES256, "status 33")
	for _, v := range tokens(f) {
		payload, jwt := tokenstatus.PayloadOf(v.Token())
		if payload != nil {
			f.Add(payload, jwt)
		}
	}
	options := tokenstatus.Options{Key: signer.PublicKey(), MaxPlaces: 1 << 16}
	r := reader(f, options)
	f.Fuzz(func(t *testing.T, payload []byte, jwt bool) {
		data, err := tokenstatus.SignPayload(payload, jwt, signer)
		if err != nil {
			t.Fatal(err)
		}
		token, err := r.Read(data, issued)
		if err != nil {
			if token != nil {
				t.Fatal("a token beside an error")
			}
			return
		}
		if err := token.Sets.Validate(); err != nil {
			t.Fatal(err)
		}
		again, err := token.Sign(tokenstatus.CWT, signer)
		if err != nil {
			return // of another issuer: a sub that is no URI, an exp before iat
		}
		if back, err := r.Read(again, issued); err != nil || !reflect.DeepEqual(back, token) {
			t.Fatalf("%+v comes back as %+v, %v", token, back, err)
		}
	})
}

// FuzzStatusList feeds status lists alone, in both encodings.
func FuzzStatusList(f *testing.F) {
	all, err := vectors.LoadPublicStatusLists()
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range all {
		f.Add([]byte(v.CBOR))
		l, err := tokenstatus.DecodeStatusListCBOR(v.CBOR)
		if err != nil {
			f.Fatal(err)
		}
		text, err := l.EncodeJSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, bits := range []string{"\x00", "\x03", "\x20", "\x18\x02", "\xf6", "\xc2\x41\x02"} {
		f.Add([]byte("\xa2\x64bits" + bits + "\x63lst\x4a\x78\xda\xdb\xb9\x18\x00\x02\x17\x01\x5d"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, decode := range []func([]byte) (*tokenstatus.StatusList, error){tokenstatus.DecodeStatusListCBOR, tokenstatus.DecodeStatusListJSON} {
			l, err := decode(data)
			if (l == nil) == (err == nil) {
				t.Fatalf("%+v beside %v", l, err)
			}
			if err != nil {
				continue
			}
			next := uint64(0)
			places, err := l.Walk(1<<16, func(index uint32, s tokenstatus.Type) error {
				if uint64(index) < next || s == tokenstatus.Valid || int(s) >= 1<<l.Bits {
					t.Fatalf("index %d with the status %d of %d bits", index, s, l.Bits)
				}
				next = uint64(index) + 1
				return nil
			})
			if err == nil && (places > 1<<16 || next > places) {
				t.Fatalf("index %d of %d places", next-1, places)
			}
			if again, err := tokenstatus.DecodeStatusListCBOR(l.AppendCBOR(nil)); err != nil || !reflect.DeepEqual(again, l) {
				t.Fatalf("%+v comes back as %+v, %v", l, again, err)
			}
		}
	})
}
