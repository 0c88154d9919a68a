package cose

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

const (
	tagSign1 = 18
	tagSign  = 98

	headerAlg  = 1  // RFC 9052 section 3.1
	headerKid  = 4  // RFC 9052 section 3.1
	headerType = 16 // RFC 9596
)

// Sign1 is a parsed COSE_Sign1 whose signature nobody has verified yet.
type Sign1 struct {
	algorithm sig.Algorithm
	keyID     [sig.KeyIDSize]byte
	protected []byte
	payload   []byte
	signature []byte
}

// ParseSign1 reads a tagged COSE_Sign1 with exactly alg and a 4-byte kid in its
// protected header, an empty unprotected map, an attached payload and a 64-byte
// signature. Errors are *[cborx.EncodingError] for bytes that are not
// deterministic CBOR and *[EnvelopeError] for any other message.
//
// The result holds copies, so that data may be reused.
func ParseSign1(data []byte) (*Sign1, error) {
	content, err := cutTag(data, tagSign1)
	if err != nil {
		return nil, err
	}
	m, err := readSign1(bytes.Clone(content))
	if err != nil {
		return nil, err
	}
	if err := m.readHeader(); err != nil {
		return nil, err
	}
	if len(m.signature) != sig.SignatureSize {
		return nil, &EnvelopeError{Problem: fmt.Sprintf("signature has %d bytes, not %d", len(m.signature), sig.SignatureSize)}
	}
	return m, nil
}

// readSign1 takes apart the content of the tag, which has passed [cborx.Check],
// and keeps its parts. As everywhere, what was read is written again and compared.
func readSign1(content []byte) (*Sign1, error) {
	r := cborx.NewReader(content)
	elements, protected, unprotected, payload, signature := r.Array(), r.Bytes(), r.Map(), r.Bytes(), r.Bytes()
	m := &Sign1{protected: protected, payload: payload, signature: signature}
	var buffer [512]byte
	switch {
	case elements == 4 && unprotected != 0:
		return nil, &EnvelopeError{Problem: "unprotected header is not empty"}
	case elements != 4 || !r.Done() || !bytes.Equal(m.appendContent(buffer[:0]), content):
		return nil, &EnvelopeError{Problem: "not an array of protected header, empty map, payload and signature"}
	}
	return m, nil
}

// readHeader reads the protected header.
func (m *Sign1) readHeader() error {
	if err := cborx.Check(m.protected); err != nil {
		return fmt.Errorf("cose: protected header: %w", err)
	}
	r := cborx.NewReader(m.protected)
	pairs, first, algorithm, second, keyID := r.Map(), r.Int(), r.Int(), r.Int(), r.Bytes()
	var buffer [32]byte
	switch {
	case pairs != 2 || first != headerAlg || second != headerKid || !r.Done():
		return &EnvelopeError{Problem: "protected header is not alg and kid alone"}
	case len(keyID) != sig.KeyIDSize:
		return &EnvelopeError{Problem: fmt.Sprintf("kid has %d bytes, not %d", len(keyID), sig.KeyIDSize)}
	case !bytes.Equal(appendHeader(buffer[:0], sig.Algorithm(algorithm), keyID), m.protected):
		return &EnvelopeError{Problem: "protected header has another form"}
	}
	m.algorithm = sig.Algorithm(algorithm)
	m.keyID = [sig.KeyIDSize]byte(keyID)
	return nil
}

// appendContent appends the message without its tag.
func (m *Sign1) appendContent(dst []byte) []byte {
	dst = cborx.AppendBytes(cborx.AppendArray(dst, 4), m.protected)
	dst = cborx.AppendBytes(cborx.AppendMap(dst, 0), m.payload)
	return cborx.AppendBytes(dst, m.signature)
}

// Algorithm returns the algorithm that the message claims, which may be unknown.
func (m *Sign1) Algorithm() sig.Algorithm { return m.algorithm }

// KeyID returns the key identifier that the message claims.
func (m *Sign1) KeyID() [sig.KeyIDSize]byte { return m.keyID }

// UnverifiedPayload returns the payload before any verification. It must not be
// changed.
func (m *Sign1) UnverifiedPayload() []byte { return m.payload }

// ToBeSigned returns the Sig_structure that the signature is over.
func (m *Sign1) ToBeSigned() []byte {
	const heads = 24 // array, context, and the heads of three byte strings
	return appendSign1Structure(make([]byte, 0, heads+len(m.protected)+len(m.payload)), m.protected, m.payload)
}

// Signature returns r || s, [sig.SignatureSize] bytes. It must not be changed.
func (m *Sign1) Signature() []byte { return m.signature }

// Verify reports whether the message is signed by key, as a message of the
// key's own algorithm. It returns nil, [ErrAlgorithmMismatch] or
// [sig.ErrSignature].
func (m *Sign1) Verify(key *sig.PublicKey) error {
	if key == nil {
		return sig.ErrSignature
	}
	if m.algorithm != key.Algorithm() {
		return fmt.Errorf("%w: message says %s, key is %s", ErrAlgorithmMismatch, m.algorithm, key.Algorithm())
	}
	return key.Verify(m.ToBeSigned(), m.signature)
}

// AppendSign1 appends the tagged COSE_Sign1 over payload, signed by signer, to
// dst and returns the extended slice. On error it returns nil. What is signed is
// put together in the spare capacity of dst, if that is as large as the message;
// payload must not lie there.
func AppendSign1(dst, payload []byte, signer sig.Signer) ([]byte, error) {
	key := signer.PublicKey()
	keyID := key.KeyID()
	var headerBuffer [16]byte
	protected := appendHeader(headerBuffer[:0], key.Algorithm(), keyID[:])
	signature, err := signer.Sign(appendSign1Structure(dst[len(dst):], protected, payload))
	if err != nil {
		return nil, fmt.Errorf("cose: sign: %w", err)
	}
	if len(signature) != sig.SignatureSize {
		return nil, fmt.Errorf("cose: signer returned %d bytes, not %d", len(signature), sig.SignatureSize)
	}
	m := Sign1{protected: protected, payload: payload, signature: signature}
	return m.appendContent(cborx.AppendTag(dst, tagSign1)), nil
}

// appendSign1Structure appends Sig_structure (RFC 9052 section 4.4) with an empty
// external_aad.
func appendSign1Structure(b, protected, payload []byte) []byte {
	b = cborx.AppendText(cborx.AppendArray(b, 4), "Signature1")
	b = cborx.AppendBytes(b, protected)
	b = cborx.AppendBytes(b, nil)
	return cborx.AppendBytes(b, payload)
}

// cutTag takes the one tag off a COSE message and checks the encoding of what
// it encloses.
func cutTag(data []byte, want uint64) ([]byte, error) {
	number, content, tagged, err := cborx.CutTag(data)
	if err != nil {
		return nil, fmt.Errorf("cose: %w", err)
	}
	if !tagged {
		content = data
	}
	if err := cborx.Check(content); err != nil {
		var fault *cborx.EncodingError
		if errors.As(err, &fault) { // counted from the start of the message, not behind its tag
			err = &cborx.EncodingError{Offset: fault.Offset + len(data) - len(content), Fault: fault.Fault}
		}
		return nil, fmt.Errorf("cose: %w", err)
	}
	switch {
	case !tagged:
		return nil, &EnvelopeError{Problem: fmt.Sprintf("no tag, tag %d is required", want)}
	case number != want:
		return nil, &EnvelopeError{Problem: fmt.Sprintf("tag %d, not %d", number, want)}
	}
	return content, nil
}

// decode decodes content, which has passed [cborx.Check], and reports another
// structure as an envelope error.
func decode[T any](content []byte, what string) (*T, error) {
	v, err := cborx.DecodeChecked[T](content)
	if err != nil {
		return nil, &EnvelopeError{Problem: what, Err: err}
	}
	return v, nil
}

// decodeHeader decodes a protected header, whose bytes nobody has looked at yet.
// No bytes at all, which COSE has for an empty map, are no data item.
func decodeHeader[T any](data []byte, what string) (*T, error) {
	if err := cborx.Check(data); err != nil {
		return nil, fmt.Errorf("cose: %s: %w", what, err)
	}
	return decode[T](data, what)
}
