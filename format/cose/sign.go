package cose

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

const (
	// MaxSignatures is the most signatures that a COSE_Sign may carry.
	MaxSignatures = 16
	// maxForeignSignature bounds signatures of algorithms that are unknown
	// here; ML-DSA-87 has 4,627 bytes.
	maxForeignSignature = 8192
	maxTypeLength       = 64
)

// Sign is a COSE_Sign: a typed payload with the signatures that it carries,
// none of which anybody has verified yet. It is immutable.
type Sign struct {
	typ        string
	protected  []byte
	payload    []byte
	signatures []Signature
}

// Signature is one signature of a COSE_Sign as it stands in the message.
type Signature struct {
	Algorithm sig.Algorithm     // may be unknown: such a signature is skipped
	KeyID     [sha256.Size]byte // whole thumbprint of the signer's key
	Value     []byte            // r || s for the known algorithms
}

type signMessage struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected struct{}
	Payload     []byte
	Signatures  []signEntry
}

type signEntry struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected struct{}
	Signature   []byte
}

type signatureHeader struct {
	Algorithm int64             `cbor:"1,keyasint"`
	KeyID     [sha256.Size]byte `cbor:"4,keyasint"`
}

type signHeader struct {
	Type string `cbor:"16,keyasint"`
}

// NewSign returns an unsigned message of the given media type over payload,
// which is copied.
func NewSign(typ string, payload []byte) (*Sign, error) {
	if err := checkType(typ); err != nil {
		return nil, err
	}
	if err := cborx.Check(payload); err != nil {
		return nil, fmt.Errorf("cose: payload: %w", err)
	}
	protected := cborx.AppendText(cborx.AppendUint(cborx.AppendMap(nil, 1), headerType), typ)
	return &Sign{typ: typ, protected: protected, payload: bytes.Clone(payload)}, nil
}

// ParseSign reads a tagged COSE_Sign with 1 to [MaxSignatures] signatures. The
// payload is checked to be deterministic CBOR. Errors are
// *[cborx.EncodingError] and *[EnvelopeError].
func ParseSign(data []byte) (*Sign, error) {
	content, err := cutTag(data, tagSign)
	if err != nil {
		return nil, err
	}
	m, err := decode[signMessage](content, "COSE_Sign")
	if err != nil {
		return nil, err
	}
	if len(m.Signatures) == 0 || len(m.Signatures) > MaxSignatures {
		return nil, &EnvelopeError{Problem: fmt.Sprintf("%d signatures, not 1 to %d", len(m.Signatures), MaxSignatures)}
	}
	h, err := decodeHeader[signHeader](m.Protected, "body header")
	if err != nil {
		return nil, err
	}
	if err := checkType(h.Type); err != nil {
		return nil, err
	}
	if err := cborx.Check(m.Payload); err != nil {
		return nil, fmt.Errorf("cose: payload: %w", err)
	}
	s := &Sign{typ: h.Type, protected: m.Protected, payload: m.Payload}
	for i, entry := range m.Signatures {
		signature, err := parseSignature(entry)
		if err != nil {
			return nil, fmt.Errorf("cose: signature %d: %w", i+1, err)
		}
		s.signatures = append(s.signatures, signature)
	}
	return s, nil
}

func parseSignature(entry signEntry) (Signature, error) {
	h, err := decodeHeader[signatureHeader](entry.Protected, "signature header")
	if err != nil {
		return Signature{}, err
	}
	signature := Signature{sig.Algorithm(h.Algorithm), h.KeyID, entry.Signature}
	if err := signature.check(); err != nil {
		return Signature{}, err
	}
	return signature, nil
}

// check holds the length of a signature to what its algorithm gives, or to what
// any algorithm may give.
func (s Signature) check() error {
	if s.Algorithm.Known() && len(s.Value) != sig.SignatureSize {
		return &EnvelopeError{Problem: fmt.Sprintf("%s signature has %d bytes, not %d", s.Algorithm, len(s.Value), sig.SignatureSize)}
	}
	if len(s.Value) == 0 || len(s.Value) > maxForeignSignature {
		return &EnvelopeError{Problem: fmt.Sprintf("signature has %d bytes, not 1 to %d", len(s.Value), maxForeignSignature)}
	}
	return nil
}

func checkType(typ string) error {
	if typ == "" || len(typ) > maxTypeLength {
		return &EnvelopeError{Problem: fmt.Sprintf("media type of %d bytes, not 1 to %d", len(typ), maxTypeLength)}
	}
	if !utf8.ValidString(typ) {
		return &EnvelopeError{Problem: "media type is not UTF-8"}
	}
	return nil
}

// Type returns the media type, which names the kind of document. A signature
// covers it.
func (s *Sign) Type() string { return s.typ }

// UnverifiedPayload returns the payload, deterministic CBOR, whether or not
// anybody signed it. It must not be changed.
func (s *Sign) UnverifiedPayload() []byte { return s.payload }

// Signatures returns the signatures in the order of the message, as a copy.
func (s *Sign) Signatures() []Signature {
	signatures := slices.Clone(s.signatures)
	for i := range signatures {
		signatures[i].Value = bytes.Clone(signatures[i].Value)
	}
	return signatures
}

// Hash identifies what was signed: SHA-256 over the deterministic CBOR of
// [body protected, payload]. Signatures are not part of it, so that a document
// keeps its hash while signatures are collected.
func (s *Sign) Hash() [sha256.Size]byte {
	b := make([]byte, 0, len(s.protected)+len(s.payload)+16)
	b = cborx.AppendBytes(cborx.AppendArray(b, 2), s.protected)
	return sha256.Sum256(cborx.AppendBytes(b, s.payload))
}

// Signers returns those of keys that signed the message, each once, in the
// order of keys. A signature by a key that is not among keys, or of an unknown
// algorithm, is skipped. A named key whose signature does not verify is simply
// not returned: whoever hands the message on can spoil a signature, and must
// not be able to spoil the others with it.
func (s *Sign) Signers(keys []*sig.PublicKey) []*sig.PublicKey {
	var signers []*sig.PublicKey
	for i, key := range keys {
		// A key that is given twice is tried once: else sixteen bad signatures
		// that all name one key would cost sixteen times sixteen checks.
		if key == nil || slices.ContainsFunc(keys[:i], key.Equal) {
			continue
		}
		if s.signedBy(key) {
			signers = append(signers, key)
		}
	}
	return signers
}

func (s *Sign) signedBy(key *sig.PublicKey) bool {
	return slices.ContainsFunc(s.signatures, func(signature Signature) bool {
		return signature.KeyID == key.Thumbprint() && signature.Algorithm == key.Algorithm() &&
			key.Verify(s.structure(headerFor(key)), signature.Value) == nil
	})
}

// ToBeSigned returns the Sig_structure that key has to sign: what an HSM, or a
// second implementation that checks a signature, is given.
func (s *Sign) ToBeSigned(key *sig.PublicKey) []byte { return s.structure(headerFor(key)) }

// WithSignature returns the message with signer's signature added, or put in
// the place of an earlier one by the same key. Signatures are kept sorted by
// key, so that the order of signing leaves no trace in the bytes.
func (s *Sign) WithSignature(signer sig.Signer) (*Sign, error) {
	key := signer.PublicKey()
	value, err := signer.Sign(s.ToBeSigned(key))
	if err != nil {
		return nil, fmt.Errorf("cose: sign: %w", err)
	}
	return s.With(Signature{key.Algorithm(), key.Thumbprint(), value})
}

// With returns the message with a signature made elsewhere. It is not verified.
func (s *Sign) With(signature Signature) (*Sign, error) {
	if err := signature.check(); err != nil {
		return nil, err
	}
	signature.Value = bytes.Clone(signature.Value)
	signatures := make([]Signature, 0, len(s.signatures)+1)
	for _, other := range s.signatures {
		if other.KeyID != signature.KeyID {
			signatures = append(signatures, other)
		}
	}
	signatures = append(signatures, signature)
	if len(signatures) > MaxSignatures {
		return nil, &EnvelopeError{Problem: fmt.Sprintf("more than %d signatures", MaxSignatures)}
	}
	slices.SortFunc(signatures, func(a, b Signature) int { return bytes.Compare(a.KeyID[:], b.KeyID[:]) })
	return &Sign{s.typ, s.protected, s.payload, signatures}, nil
}

// Marshal returns the tagged message. A message without signatures is refused.
func (s *Sign) Marshal() ([]byte, error) {
	if len(s.signatures) == 0 {
		return nil, &EnvelopeError{Problem: "no signature yet"}
	}
	b := cborx.AppendArray(cborx.AppendTag(nil, tagSign), 4)
	b = cborx.AppendMap(cborx.AppendBytes(b, s.protected), 0)
	b = cborx.AppendBytes(b, s.payload)
	b = cborx.AppendArray(b, len(s.signatures))
	for _, signature := range s.signatures {
		b = cborx.AppendBytes(cborx.AppendArray(b, 3), appendHeader(nil, signature.Algorithm, signature.KeyID[:]))
		b = cborx.AppendBytes(cborx.AppendMap(b, 0), signature.Value)
	}
	return b, nil
}

func headerFor(key *sig.PublicKey) []byte {
	thumbprint := key.Thumbprint()
	return appendHeader(nil, key.Algorithm(), thumbprint[:])
}

// appendHeader appends the protected header of a signature. alg sorts before kid.
func appendHeader(dst []byte, algorithm sig.Algorithm, keyID []byte) []byte {
	dst = cborx.AppendInt(cborx.AppendUint(cborx.AppendMap(dst, 2), headerAlg), int64(algorithm))
	return cborx.AppendBytes(cborx.AppendUint(dst, headerKid), keyID)
}

// structure is Sig_structure for a signature of a COSE_Sign (RFC 9052 section
// 4.4).
func (s *Sign) structure(signProtected []byte) []byte {
	b := make([]byte, 0, len(s.protected)+len(signProtected)+len(s.payload)+32)
	b = cborx.AppendText(cborx.AppendArray(b, 5), "Signature")
	b = cborx.AppendBytes(b, s.protected)
	b = cborx.AppendBytes(b, signProtected)
	b = cborx.AppendBytes(b, nil)
	return cborx.AppendBytes(b, s.payload)
}
