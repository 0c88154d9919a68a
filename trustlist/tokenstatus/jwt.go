package tokenstatus

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/format/sig"
)

const (
	typeJWT = "statuslist+jwt"
	// maxHeader bounds the header of a JWT, in base64url.
	maxHeader = 64 << 10
)

// algorithms are the names of algorithms in JOSE, as in spec/jwks.md.
var algorithms = map[sig.Algorithm]string{sig.ES256: "ES256", sig.SM2: "SGD_SM3_SM2"}

// joseHeader and joseClaims have their members in the order of their names.
type joseHeader struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"` // base64url of the whole thumbprint
	Type      string `json:"typ"`
}

type joseClaims struct {
	Expires    int64          `json:"exp,omitempty"`
	Issued     int64          `json:"iat"`
	StatusList statusListJSON `json:"status_list"`
	Subject    string         `json:"sub"`
	TimeLive   int64          `json:"ttl,omitempty"`
}

func (c *claims) signJWT(signer sig.Signer) ([]byte, error) {
	key := signer.PublicKey()
	kid := key.Thumbprint()
	header, err := encodeJSON(joseHeader{algorithms[key.Algorithm()], encode64(kid[:]), typeJWT})
	if err != nil {
		return nil, err
	}
	payload, err := encodeJSON(joseClaims{c.expires, c.issued, c.list.forJSON(), c.subject, c.timeLive})
	if err != nil {
		return nil, err
	}
	token := base64.RawURLEncoding.AppendEncode(nil, header)
	token = base64.RawURLEncoding.AppendEncode(append(token, '.'), payload)
	signature, err := signer.Sign(token)
	if err != nil {
		return nil, fmt.Errorf("tokenstatus: sign with %s: %w", key, err)
	}
	return base64.RawURLEncoding.AppendEncode(append(token, '.'), signature), nil
}

// encodeJSON is json.Marshal without the escapes for HTML, which no URI needs.
func encodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("tokenstatus: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// openJWT verifies a JWT (a JWS in compact serialization, RFC 7515 section 7.1)
// and returns its claims set, which nobody has looked at.
func openJWT(text string, key *sig.PublicKey) ([]byte, error) {
	input, signed, found := cutLast(text)
	head, body, found2 := strings.Cut(input, ".")
	if !found || !found2 || strings.Contains(body, ".") || len(head) > maxHeader {
		return nil, fmt.Errorf("%w: no three parts", ErrNotAToken)
	}
	if err := checkHeader(head, key.Algorithm()); err != nil {
		return nil, err
	}
	signature, err := decode64(signed)
	if err != nil {
		return nil, fmt.Errorf("%w: signature: %w", ErrNotAToken, err)
	}
	if err := key.Verify([]byte(input), signature); err != nil {
		return nil, err
	}
	payload, err := decode64(body)
	if err != nil {
		return nil, fmt.Errorf("%w: payload: %w", ErrNotAToken, err)
	}
	return payload, nil
}

// cutLast cuts text at its last full stop.
func cutLast(text string) (before, after string, found bool) {
	i := strings.LastIndexByte(text, '.')
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

func checkHeader(text string, algorithm sig.Algorithm) error {
	data, err := decode64(text)
	if err != nil {
		return fmt.Errorf("%w: header: %w", ErrNotAToken, err)
	}
	o, err := readObject(data)
	if err != nil {
		return fmt.Errorf("%w: header: %w", ErrNotAToken, err)
	}
	// b64 (RFC 7797) would change what is signed, and has to be critical too.
	if o.has("crit") || o.has("b64") {
		return ErrCritical
	}
	if typ, err := o.text("typ"); err != nil || typ != typeJWT {
		return fmt.Errorf("%w: %q", ErrType, typ)
	}
	if name, err := o.text("alg"); err != nil || name != algorithms[algorithm] {
		return fmt.Errorf("%w: %q", ErrAlgorithm, name)
	}
	return nil
}

func readJWT(payload []byte) (*claims, error) {
	o, err := readObject(payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClaims, err)
	}
	if o.has("aud") {
		return nil, fmt.Errorf("%w: it is for another audience", ErrClaims)
	}
	c := new(claims)
	if c.subject, err = o.text("sub"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClaims, err)
	}
	for _, number := range []struct {
		name     string
		value    *int64
		required bool
	}{{"iat", &c.issued, true}, {"exp", &c.expires, false}, {"nbf", &c.notBefore, false}, {"ttl", &c.timeLive, false}} {
		if !o.has(number.name) && !number.required {
			continue
		}
		if *number.value, err = o.integer(number.name); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrClaims, err)
		}
		if *number.value <= 0 {
			return nil, fmt.Errorf("%w: %s: %w", ErrClaims, number.name, errNotPositive)
		}
	}
	if c.list, err = DecodeStatusListJSON(o["status_list"]); err != nil {
		return nil, err
	}
	if err := c.checkHead(); err != nil {
		return nil, err
	}
	return c, nil
}
