package jwks

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

const (
	// MediaType is the media type of an export.
	MediaType = "application/" + typ
	// MaxSize is the most bytes that an export may have: about 35,000 keys.
	MaxSize = 16 << 20

	typ = "vnd.tongxing.jwks+json"
	// maxHeader and maxSignature bound the decoded parts of a signature, of
	// algorithms yet to come too.
	maxHeader    = 1 << 10
	maxSignature = 8 << 10
)

// Export is a JWS that carries a JWK Set, with 0 (a draft) to 16 signatures.
// Nothing of it is verified. It is immutable.
type Export struct {
	payload    []byte      // canonical JSON
	signatures []signature // ascending by kid
}

// signature is one of the JWS, by a key that may or may not be one of the root.
type signature struct {
	header header
	value  []byte
}

// header is a protected header. Its JSON is decided by its fields.
type header struct {
	algorithm string // "ES256"
	kid       string // base64url of the whole thumbprint
}

func headerOf(key *sig.PublicKey) header {
	return header{algorithmName(key.Algorithm()), keyID(key)}
}

func (h header) encode() string {
	return encode(appendJSON(nil, object(
		member{"alg", textValue(h.algorithm)}, member{"kid", textValue(h.kid)}, member{"typ", textValue(typ)})))
}

// Parse reads an export or the draft of one, of at most [MaxSize] bytes. The
// envelope obeys all rules; whether the signatures are anybody's is not looked
// at, and neither is the payload.
func Parse(data []byte) (*Export, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", trustlist.ErrTooLarge, len(data))
	}
	// Two members, an array, and three values a signature.
	v, err := readJSON(data, limits{depth: 4, values: 8 + 8*cose.MaxSignatures})
	if err != nil {
		return nil, err
	}
	r := open("", &v)
	payload, signatures := r.text("payload"), r.array("signatures")
	if err := r.done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAnExport, err)
	}
	if len(signatures) > cose.MaxSignatures {
		return nil, fmt.Errorf("%w: %d signatures", ErrNotAnExport, len(signatures))
	}
	e := &Export{signatures: make([]signature, len(signatures))}
	if e.payload, err = decode(payload); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	for i := range signatures {
		if e.signatures[i], err = readSignature(&signatures[i]); err != nil {
			return nil, fmt.Errorf("signatures[%d]: %w", i, err)
		}
	}
	if err := e.checkOrder(); err != nil {
		return nil, err
	}
	return e, nil
}

// checkOrder refuses two signatures that name one key, and any other order than
// that of the kids: one set of signatures has one encoding.
func (e *Export) checkOrder() error {
	for i := 1; i < len(e.signatures); i++ {
		switch last, this := e.signatures[i-1].header.kid, e.signatures[i].header.kid; {
		case last == this:
			return fmt.Errorf("%w: two signatures by %s", ErrKeyTwice, this)
		case last > this:
			return fmt.Errorf("%w: signatures out of order", ErrNotCanonical)
		}
	}
	return nil
}

func readSignature(v *value) (signature, error) {
	if _, there := v.get("header"); there {
		return signature{}, ErrUnprotected
	}
	r := open("", v)
	protected, text := r.text("protected"), r.text("signature")
	if err := r.done(); err != nil {
		return signature{}, fmt.Errorf("%w: %w", ErrNotAnExport, err)
	}
	h, err := readHeader(protected)
	if err != nil {
		return signature{}, err
	}
	raw, err := decode(text)
	if err != nil {
		return signature{}, err
	}
	_, known := algorithmOf(h.algorithm)
	if known && len(raw) != sig.SignatureSize || len(raw) == 0 || len(raw) > maxSignature {
		return signature{}, fmt.Errorf("%w: signature of %d bytes", ErrNotAnExport, len(raw))
	}
	return signature{h, raw}, nil
}

func readHeader(text string) (header, error) {
	data, err := decode(text)
	if err != nil {
		return header{}, err
	}
	if len(data) > maxHeader {
		return header{}, fmt.Errorf("%w: header of %d bytes", trustlist.ErrTooLarge, len(data))
	}
	v, err := readJSON(data, limits{depth: 4, values: 32})
	if err != nil {
		return header{}, err
	}
	for name, fault := range map[string]error{"crit": ErrCritical, "b64": ErrUnencoded} {
		if _, there := v.get(name); there {
			return header{}, fault
		}
	}
	r := open("", &v)
	h, kind := header{r.text("alg"), r.text("kid")}, r.text("typ")
	if err := r.done(); err != nil {
		return header{}, fmt.Errorf("%w: %w", ErrHeader, err)
	}
	return h, h.check(kind)
}

func (h header) check(kind string) error {
	if kind != typ {
		return fmt.Errorf("%w: %q", ErrType, kind)
	}
	if h.algorithm == "" || forbidden(h.algorithm) {
		return fmt.Errorf("%w: %q", ErrForbidden, h.algorithm)
	}
	thumbprint, err := decode(h.kid)
	if err != nil {
		return err
	}
	if len(thumbprint) != sha256.Size {
		return fmt.Errorf("%w: kid of %d bytes", ErrHeader, len(thumbprint))
	}
	return nil
}

// Marshal returns the file of the export: canonical JSON, so that equal payloads
// with equal signatures have equal bytes.
func (e *Export) Marshal() []byte {
	signatures := make([]value, len(e.signatures))
	for i, s := range e.signatures {
		signatures[i] = object(member{"protected", textValue(s.header.encode())}, member{"signature", textValue(encode(s.value))})
	}
	return appendJSON(nil, object(member{"payload", textValue(encode(e.payload))}, member{"signatures", arrayValue(signatures)}))
}

// Hash identifies what the export says, whoever signed it: SHA-256 over the
// payload.
func (e *Export) Hash() [sha256.Size]byte { return sha256.Sum256(e.payload) }

// Signatures returns how many signatures there are, anybody's.
func (e *Export) Signatures() int { return len(e.signatures) }

// UnverifiedSet returns what the export says, for people to read before they
// sign it. It obeys all rules; whether anybody signed it is not looked at.
func (e *Export) UnverifiedSet() (*Set, error) { return readSet(e.payload) }

// ToBeSigned returns the signing input for a key (RFC 7515 section 5.1): its
// protected header, a full stop, and the payload, both in base64url.
func (e *Export) ToBeSigned(key *sig.PublicKey) []byte { return e.input(headerOf(key)) }

func (e *Export) input(h header) []byte {
	return base64.RawURLEncoding.AppendEncode(append([]byte(h.encode()), '.'), e.payload)
}

// find returns where the signature of a key stands, or would.
func (e *Export) find(kid string) (int, bool) {
	return slices.BinarySearchFunc(e.signatures, kid, func(s signature, kid string) int {
		return cmp.Compare(s.header.kid, kid)
	})
}

// with returns e with one signature more, unless the key has signed already.
func (e *Export) with(s signature) *Export {
	i, found := e.find(s.header.kid)
	if found {
		return e
	}
	return &Export{e.payload, slices.Insert(slices.Clone(e.signatures), i, s)}
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// decode reads base64url without padding. Bytes have one form: the decoder of
// the standard library passes over line ends, which the comparison refuses.
func decode(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || encode(data) != text {
		return nil, ErrBase64
	}
	return data, nil
}
