package tokenstatus

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
)

// PayloadsOf returns the claims set of a token as a CWT has it.
func PayloadsOf(t testing.TB, token *Token) [][]byte {
	t.Helper()
	c, err := token.claims()
	if err != nil {
		t.Fatal(err)
	}
	return [][]byte{c.cbor()}
}

// Skeleton is everything of an export but the array, the signature and the kid,
// as text. With a key it looks at the kid too.
func Skeleton(t testing.TB, data []byte, key *sig.PublicKey) string {
	t.Helper()
	if data[0] >= 0x80 {
		return skeletonCWT(t, data, key)
	}
	parts := strings.Split(string(data), ".")
	var texts []string
	for _, part := range parts[:2] {
		text, err := decode64(part)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	var header joseHeader
	if err := json.Unmarshal([]byte(texts[0]), &header); err != nil {
		t.Fatal(err)
	}
	c, err := readJWT([]byte(texts[1]))
	if err != nil {
		t.Fatal(err)
	}
	lst := c.list.forJSON().Compressed
	kid, err := decode64(header.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	checkKID(t, kid, key)
	return strings.Replace(texts[0], header.KeyID, "kid", 1) + "." + strings.Replace(texts[1], lst, "lst", 1)
}

func skeletonCWT(t testing.TB, data []byte, key *sig.PublicKey) string {
	t.Helper()
	var m sign1
	if err := unmarshal(data[1:], &m); err != nil {
		t.Fatal(err)
	}
	var kid struct {
		KID []byte `cbor:"4,keyasint"`
	}
	if err := unmarshal(m.Protected, &kid); err != nil {
		t.Fatal(err)
	}
	c, err := readCWT(m.Payload)
	if err != nil {
		t.Fatal(err)
	}
	checkKID(t, kid.KID, key)
	protected := strings.Replace(string(m.Protected), string(kid.KID), "kid", 1)
	c.list.Compressed = []byte("lst")
	return fmt.Sprintf("%x %x %x %x %d", data[:2], protected, m.Unprotected, c.cbor(), len(m.Signature))
}

func checkKID(t testing.TB, kid []byte, key *sig.PublicKey) {
	t.Helper()
	if key == nil {
		return
	}
	if thumbprint := key.Thumbprint(); string(kid) != string(thumbprint[:]) {
		t.Errorf("kid %x is not the thumbprint", kid)
	}
}

// PayloadOf returns the claims set of a token that nobody has verified, nil if
// there is none, and whether it is that of a JWT.
func PayloadOf(data []byte) (payload []byte, jwt bool) {
	if len(data) > 1 && data[0] >= 0x80 {
		var m sign1
		if err := unmarshal(data[1:], &m); err != nil {
			return nil, false
		}
		return m.Payload, false
	}
	parts := strings.Split(string(data), ".")
	if len(parts) != 3 {
		return nil, true
	}
	payload, err := decode64(parts[1])
	if err != nil {
		return nil, true
	}
	return payload, true
}

// SignPayload returns a token with any payload.
func SignPayload(payload []byte, jwt bool, signer sig.Signer) ([]byte, error) {
	if jwt {
		input := encode64([]byte(`{"alg":"ES256","typ":"statuslist+jwt"}`)) + "." + encode64(payload)
		signature, err := signer.Sign([]byte(input))
		return []byte(input + "." + encode64(signature)), err
	}
	return signCWT(payload, signer)
}
