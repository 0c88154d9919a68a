package main

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

// faultySigner changes what a right one signs.
type faultySigner struct{ sig.Signer }

func (s faultySigner) Sign(message []byte) ([]byte, error) {
	signature, err := s.Signer.Sign(message)
	if err == nil {
		signature[40] ^= 1
	}
	return signature, err
}

// [TSL-22]
func TestASignatureThatDoesNotVerifyIsNotExported(t *testing.T) {
	list := tokenstatus.List{
		Region: "33", Number: 7936, Places: 64, Sets: status.Sets{Revoked: []uint32{5}}, Issued: 1660176000, Due: 1660262400,
	}
	token, err := list.Token()
	if err != nil {
		t.Fatal(err)
	}
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		signer := sigtest.New(algorithm, "status 33")
		for _, format := range []tokenstatus.Format{tokenstatus.CWT, tokenstatus.JWT} {
			if data, err := token.Sign(format, twiceChecked{faultySigner{signer}}); !errors.Is(err, sig.ErrSignature) || data != nil {
				t.Errorf("%s, %s: %v", algorithm, format, err)
			}
			if _, err := token.Sign(format, twiceChecked{signer}); err != nil {
				t.Errorf("%s, %s: %v", algorithm, format, err)
			}
		}
	}
}
