package publish

import (
	"fmt"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

const (
	draftMagic     = "tongxing/draft/1"
	signatureMagic = "tongxing/signature/1"
	maxFile        = 32 << 20
)

// NewDraft returns the unsigned message that carries d, in canonical order. It
// is [trustlist.NewMessage].
func NewDraft(d trustlist.Document) (*cose.Sign, error) { return trustlist.NewMessage(d) }

type draftFile struct {
	_       struct{} `cbor:",toarray"`
	Magic   string
	Type    string
	Payload []byte
}

// EncodeDraft returns the file that carries an unsigned message to its signers:
// the deterministic CBOR of ["tongxing/draft/1", media type, payload].
func EncodeDraft(m *cose.Sign) ([]byte, error) {
	return cborx.Marshal(draftFile{Magic: draftMagic, Type: m.Type(), Payload: m.UnverifiedPayload()})
}

// ParseDraft reads a draft, or a document that has signatures already, of any
// kind of package trustlist. Its content obeys the rules of its kind; nothing
// is verified.
func ParseDraft(data []byte) (*cose.Sign, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: %d bytes", ErrNotADraft, len(data))
	}
	m, err := parseDraft(data)
	if err != nil {
		return nil, err
	}
	u, err := trustlist.FromMessage(m)
	if err != nil {
		return nil, err
	}
	if _, err := u.UnverifiedContent(); err != nil {
		return nil, err
	}
	return m, nil
}

func parseDraft(data []byte) (*cose.Sign, error) {
	var f draftFile
	if err := cborx.Unmarshal(data, &f); err == nil && f.Magic == draftMagic {
		return cose.NewSign(f.Type, f.Payload)
	}
	m, err := cose.ParseSign(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotADraft, err)
	}
	return m, nil
}

// Sign returns m with the signature of every signer. Each is checked by both
// implementations before the message is returned.
func Sign(m *cose.Sign, signers ...sig.Signer) (*cose.Sign, error) {
	for _, signer := range signers {
		detached, err := SignDetached(m, signer)
		if err != nil {
			return nil, err
		}
		if m, err = m.With(detached.signature()); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Detached is one signature apart from its document, as a signer hands it back.
type Detached struct {
	Document [32]byte       // hash of the document
	Key      *sig.PublicKey // who signed
	Value    []byte         // r || s
}

// SignDetached returns signer's signature of m, checked by both
// implementations.
func SignDetached(m *cose.Sign, signer sig.Signer) (*Detached, error) {
	key, message := signer.PublicKey(), m.ToBeSigned(signer.PublicKey())
	value, err := signer.Sign(message)
	if err != nil {
		return nil, fmt.Errorf("publish: sign with %s: %w", key, err)
	}
	if err := CheckSignature(key, message, value); err != nil {
		return nil, err
	}
	return &Detached{m.Hash(), key, value}, nil
}

func (d *Detached) signature() cose.Signature {
	return cose.Signature{Algorithm: d.Key.Algorithm(), KeyID: d.Key.Thumbprint(), Value: d.Value}
}

type signatureFile struct {
	_         struct{} `cbor:",toarray"`
	Magic     string
	Document  [32]byte
	Algorithm sig.Algorithm
	Point     []byte
	Value     []byte
}

// Encode returns the file of a detached signature: the deterministic CBOR of
// ["tongxing/signature/1", hash of the document, algorithm, point, r || s].
func (d *Detached) Encode() ([]byte, error) {
	return cborx.Marshal(signatureFile{Magic: signatureMagic, Document: d.Document,
		Algorithm: d.Key.Algorithm(), Point: d.Key.Compressed(), Value: d.Value})
}

// ParseDetached reads the file of a detached signature. Whether the signature
// is good shows when it is combined with its document.
func ParseDetached(data []byte) (*Detached, error) {
	if len(data) > 1024 {
		return nil, fmt.Errorf("%w: %d bytes", ErrNotASignature, len(data))
	}
	var f signatureFile
	if err := cborx.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotASignature, err)
	}
	if f.Magic != signatureMagic || len(f.Value) != sig.SignatureSize {
		return nil, ErrNotASignature
	}
	key, err := sig.NewPublicKey(f.Algorithm, f.Point)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotASignature, err)
	}
	return &Detached{f.Document, key, f.Value}, nil
}

// Combine returns m with the detached signatures. Each has to be for this
// document, and is checked by both implementations; the same key twice counts
// once.
func Combine(m *cose.Sign, signatures ...*Detached) (*cose.Sign, error) {
	for _, d := range signatures {
		if d.Document != m.Hash() {
			return nil, fmt.Errorf("%w: by %s", ErrOtherDocument, d.Key)
		}
		if err := CheckSignature(d.Key, m.ToBeSigned(d.Key), d.Value); err != nil {
			return nil, fmt.Errorf("publish: signature by %s: %w", d.Key, err)
		}
		var err error
		if m, err = m.With(d.signature()); err != nil {
			return nil, err
		}
	}
	return m, nil
}
