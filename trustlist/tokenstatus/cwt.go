package tokenstatus

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

// Header parameters (RFC 9052 section 3.1, RFC 9596) and claims (RFC 8392 section
// 4, draft section 5.2) of a CWT.
const (
	tagSign1 = 18

	headerAlgorithm = 1
	headerKeyID     = 4
	headerType      = 16

	claimSubject    = 2
	claimExpires    = 4
	claimIssued     = 6
	claimStatusList = 65533
	claimTimeLive   = 65534
)

// signCWT returns the token with the given claims set.
func signCWT(payload []byte, signer sig.Signer) ([]byte, error) {
	key := signer.PublicKey()
	kid := key.Thumbprint()
	protected := cborx.AppendInt(cborx.AppendUint(cborx.AppendMap(nil, 3), headerAlgorithm), int64(key.Algorithm()))
	protected = cborx.AppendBytes(cborx.AppendUint(protected, headerKeyID), kid[:])
	protected = cborx.AppendText(cborx.AppendUint(protected, headerType), CWT.MediaType())
	signature, err := signer.Sign(sigStructure(protected, payload))
	if err != nil {
		return nil, fmt.Errorf("tokenstatus: sign with %s: %w", key, err)
	}
	out := cborx.AppendArray(cborx.AppendTag(nil, tagSign1), 4)
	out = cborx.AppendMap(cborx.AppendBytes(out, protected), 0)
	return cborx.AppendBytes(cborx.AppendBytes(out, payload), signature), nil
}

// cbor returns the claims in deterministic CBOR.
func (c *claims) cbor() []byte {
	members := 3
	for _, optional := range []int64{c.expires, c.timeLive} {
		if optional != 0 {
			members++
		}
	}
	out := cborx.AppendText(cborx.AppendUint(cborx.AppendMap(nil, members), claimSubject), c.subject)
	if c.expires != 0 {
		out = cborx.AppendInt(cborx.AppendUint(out, claimExpires), c.expires)
	}
	out = cborx.AppendInt(cborx.AppendUint(out, claimIssued), c.issued)
	out = c.list.AppendCBOR(cborx.AppendUint(out, claimStatusList))
	if c.timeLive != 0 {
		out = cborx.AppendInt(cborx.AppendUint(out, claimTimeLive), c.timeLive)
	}
	return out
}

// sigStructure is what the signature of a COSE_Sign1 is over (RFC 9052 section
// 4.4).
func sigStructure(protected, payload []byte) []byte {
	out := cborx.AppendText(cborx.AppendArray(nil, 4), "Signature1")
	out = cborx.AppendBytes(cborx.AppendBytes(out, protected), nil)
	return cborx.AppendBytes(out, payload)
}

// sign1 is a COSE_Sign1 as it stands in a token.
type sign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   byteString
	Unprotected cbor.RawMessage
	Payload     byteString
	Signature   byteString
}

// header are the parameters that have a meaning here; others are passed over.
type header struct {
	Algorithm cbor.RawMessage `cbor:"1,keyasint"`
	Critical  cbor.RawMessage `cbor:"2,keyasint"`
	Type      cbor.RawMessage `cbor:"16,keyasint"`
}

// openCWT verifies a CWT and returns its claims set, which nobody has looked at.
func openCWT(data []byte, key *sig.PublicKey) ([]byte, error) {
	var tagged cbor.RawTag
	if err := unmarshal(data, &tagged); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAToken, err)
	}
	if tagged.Number != tagSign1 {
		return nil, fmt.Errorf("%w: tag %d", ErrNotAToken, tagged.Number)
	}
	var m sign1
	if err := unmarshal(tagged.Content, &m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAToken, err)
	}
	if err := m.checkHeaders(key.Algorithm()); err != nil {
		return nil, err
	}
	if err := key.Verify(sigStructure(m.Protected, m.Payload), m.Signature); err != nil {
		return nil, err
	}
	return m.Payload, nil
}

func (m *sign1) checkHeaders(algorithm sig.Algorithm) error {
	var protected, unprotected header
	if err := unmarshalMap(m.Protected, &protected); err != nil {
		return fmt.Errorf("%w: protected header: %w", ErrNotAToken, err)
	}
	if err := unmarshalMap(m.Unprotected, &unprotected); err != nil {
		return fmt.Errorf("%w: unprotected header: %w", ErrNotAToken, err)
	}
	if protected.Critical != nil || unprotected.Critical != nil {
		return ErrCritical
	}
	var typ string
	if err := unmarshalStrict(protected.Type, &typ); err != nil || typ != CWT.MediaType() || unprotected.Type != nil {
		return fmt.Errorf("%w: %q", ErrType, typ)
	}
	var number int64
	if err := unmarshalStrict(protected.Algorithm, &number); err != nil || sig.Algorithm(number) != algorithm || unprotected.Algorithm != nil {
		return fmt.Errorf("%w: %d", ErrAlgorithm, number)
	}
	return nil
}

// cwtClaims are the claims that have a meaning here; others are passed over.
type cwtClaims struct {
	Subject    cbor.RawMessage `cbor:"2,keyasint"`
	Audience   cbor.RawMessage `cbor:"3,keyasint"`
	Expires    cbor.RawMessage `cbor:"4,keyasint"`
	NotBefore  cbor.RawMessage `cbor:"5,keyasint"`
	Issued     cbor.RawMessage `cbor:"6,keyasint"`
	StatusList cbor.RawMessage `cbor:"65533,keyasint"`
	TimeLive   cbor.RawMessage `cbor:"65534,keyasint"`
}

func readCWT(payload []byte) (*claims, error) {
	var w cwtClaims
	if err := unmarshalMap(payload, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClaims, err)
	}
	if w.Audience != nil {
		return nil, fmt.Errorf("%w: it is for another audience", ErrClaims)
	}
	c := new(claims)
	if err := unmarshalStrict(w.Subject, &c.subject); err != nil {
		return nil, fmt.Errorf("%w: sub: %w", ErrClaims, err)
	}
	for _, number := range []struct {
		name     string
		raw      cbor.RawMessage
		value    *int64
		required bool
	}{
		{"iat", w.Issued, &c.issued, true}, {"exp", w.Expires, &c.expires, false},
		{"nbf", w.NotBefore, &c.notBefore, false}, {"ttl", w.TimeLive, &c.timeLive, false},
	} {
		if number.raw == nil && !number.required {
			continue
		}
		if err := readPositive(number.raw, number.value); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrClaims, number.name, err)
		}
	}
	var err error
	if c.list, err = DecodeStatusListCBOR(w.StatusList); err != nil {
		return nil, err
	}
	if err := c.checkHead(); err != nil {
		return nil, err
	}
	return c, nil
}

// readPositive reads an integer above 0: null, which stands for 0 to the decoder,
// is none.
func readPositive(raw cbor.RawMessage, value *int64) error {
	if err := unmarshalStrict(raw, value); err != nil {
		return err
	}
	if *value <= 0 {
		return errNotPositive
	}
	return nil
}
