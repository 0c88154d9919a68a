package format

import (
	"fmt"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
)

// EncodePayload returns the payload bytes of c: the same credential always gives
// the same bytes. The lists of c may be in any order; c is not changed. The
// error is a *[ClaimError] for a credential that nobody would read, among them
// one whose name is not masked.
func EncodePayload(c *Credential) ([]byte, error) {
	return appendPayload(make([]byte, 0, 160), c)
}

func appendPayload(dst []byte, c *Credential) ([]byte, error) {
	s := c.sorted()
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("format: %w", err)
	}
	if masked, err := MaskName(s.Holder.Name); err != nil || masked != s.Holder.Name {
		return nil, fmt.Errorf("format: %w", claimError("holder name", "not masked"))
	}
	p := payload{
		Issuer:   s.Issuer,
		Expires:  s.Expires,
		IssuedAt: s.IssuedAt,
		Claims: claims{
			Holder:       s.Holder,
			Ref:          s.Ref,
			Status:       s.Status,
			Tests:        s.Tests,
			Vaccinations: s.Vaccinations,
			Exemptions:   s.Exemptions,
			Origin:       s.Origin,
		},
	}
	return p.AppendCBOR(dst), nil
}

// Encode returns the credential signed by signer, as a tagged COSE_Sign1. Errors
// are those of [EncodePayload] and of the signer.
func Encode(c *Credential, signer sig.Signer) ([]byte, error) {
	var buffer [256]byte
	payload, err := appendPayload(buffer[:0], c)
	if err != nil {
		return nil, err
	}
	return cose.AppendSign1(make([]byte, 0, len(payload)+96), payload, signer)
}
