package jwks_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/jwks"
)

// forged is a JWS over a payload, by an ES256 key and with any protected header.
func forged(t *testing.T, signer sig.Signer, protected string, payload []byte) string {
	t.Helper()
	head, body := base64.RawURLEncoding.EncodeToString([]byte(protected)), base64.RawURLEncoding.EncodeToString(payload)
	value, err := signer.Sign([]byte(head + "." + body))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"payload":"%s","signatures":[{"protected":"%s","signature":"%s"}]}`, body, head, base64.RawURLEncoding.EncodeToString(value))
}

// What jwx passes is why it is not the first reader. A case that it comes to
// refuse fails here, and goes. [JWKS-11] [JWKS-20]
func TestWhatJWXLetsPassIsRefused(t *testing.T) {
	n := smallNation(t)
	signer := n.RootSigners[1] // ES256
	payload := payloadOf(t, draft(t, n.Load()))
	name := fmt.Sprintf(`"alg":"ES256","kid":"%s","typ":"vnd.tongxing.jwks+json"`, kidOf(signer.PublicKey()))
	good := forged(t, signer, "{"+name+"}", payload)
	for title, c := range map[string]struct {
		export string
		want   error
	}{
		"one signature for a threshold": {good, trustlist.ErrThreshold},
		"crit that nobody knows":        {forged(t, signer, `{`+strings.Replace(name, `,"kid"`, `,"crit":["x"],"kid"`, 1)+`,"x":1}`, payload), jwks.ErrCritical},
		"alg twice":                     {forged(t, signer, `{"alg":"none",`+name+`}`, payload), jwks.ErrDuplicate},
		"alg twice, once escaped":       {forged(t, signer, `{"\u0061lg":"none",`+name+`}`, payload), jwks.ErrDuplicate},
		"payload twice":                 {strings.Replace(good, `{"payload"`, `{"payload":"e30","payload"`, 1), jwks.ErrDuplicate},
		"unprotected alg":               {strings.Replace(good, `[{"protected"`, `[{"header":{"alg":"none"},"protected"`, 1), jwks.ErrUnprotected},
		"another typ":                   {forged(t, signer, strings.Replace("{"+name+"}", "vnd.tongxing.jwks+json", "JWT", 1), payload), jwks.ErrType},
		"padding":                       {strings.Replace(good, `","signatures"`, strings.Repeat("=", (3-len(payload)%3)%3)+`","signatures"`, 1), nil},
	} {
		if _, err := jws.Verify([]byte(c.export), jws.WithKey(jwa.ES256(), standardKey(t, signer.PublicKey()))); err != nil {
			t.Errorf("%s: jwx refuses it now: %v", title, err)
		}
		if _, _, err := jwks.Verify([]byte(c.export), n.Roots[0], jwks.Known{}); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", title, err)
		}
	}
}

// jwx drops all keys over one: RFC 7517 section 5 says to ignore that one alone.
// [JWKS-36]
func TestJWXDropsASetOverAKeyThatItDoesNotKnow(t *testing.T) {
	n := smallNation(t)
	payload := payloadOf(t, draft(t, n.Load()))
	if set, err := jwk.Parse(payload); err == nil {
		t.Errorf("jwx reads %d keys now", set.Len())
	}
	for _, v := range exports(t) {
		if v.Name != "foreign-keys" {
			continue
		}
		set, _, err := jwks.Verify([]byte(v.Export), root(t, v), jwks.Known{})
		if err != nil || len(set.Foreign) != 6 || len(set.Regions[0].Keys) != 3 {
			t.Errorf("%+v: %v", set, err)
		}
	}
}

// Nothing is registered with jwx: what else runs in the process must not begin to
// take SM2 for a curve of JWKs because this package is linked.
func TestSM2StaysUnknownToJWX(t *testing.T) {
	if algorithm, known := jwa.LookupSignatureAlgorithm("SGD_SM3_SM2"); known {
		t.Errorf("the algorithm is registered: %v", algorithm)
	}
	if curve, known := jwa.LookupEllipticCurveAlgorithm("SM2"); known {
		t.Errorf("the curve is registered: %v", curve)
	}
}
