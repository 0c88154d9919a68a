package access_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/tongxing/tongxing/issuer/access"
)

var now = time.Unix(1_795_320_000, 0)

const (
	issuer   = "https://id.example"
	audience = "tongxing-issuer"
)

// service is an identity service with a key of each kind.
type service struct {
	private map[string]any
	set     *access.KeySet
	json    []byte
}

func newService(t testing.TB) *service {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{private: map[string]any{"ec": ec, "ed": ed, "rsa": rs}}
	var keys []json.RawMessage
	for _, id := range []string{"ec", "ed", "rsa"} {
		keys = append(keys, publicJWK(t, s.private[id], id))
	}
	if s.json, err = json.Marshal(map[string]any{"keys": keys}); err != nil {
		t.Fatal(err)
	}
	if s.set, err = access.ParseKeySet(s.json); err != nil {
		t.Fatal(err)
	}
	return s
}

func publicJWK(t testing.TB, private any, id string) json.RawMessage {
	t.Helper()
	key, err := jwk.Import(private)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := public.Set(jwk.KeyIDKey, id); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(public)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func claims(change func(map[string]any)) []byte {
	c := map[string]any{"iss": issuer, "aud": audience, "sub": "desk-7", "exp": now.Unix() + 600, "nbf": now.Unix() - 10,
		"authority": "Hangzhou CDC", "scope": "openid tongxing:desk tongxing:unheard"}
	if change != nil {
		change(c)
	}
	data, _ := json.Marshal(c)
	return data
}

func (s *service) token(t testing.TB, id string, alg jwa.SignatureAlgorithm, payload []byte, header func(jws.Headers)) string {
	t.Helper()
	h := jws.NewHeaders()
	if err := h.Set(jws.KeyIDKey, id); err != nil {
		t.Fatal(err)
	}
	if header != nil {
		header(h)
	}
	token, err := jws.Sign(payload, jws.WithKey(alg, s.private[id], jws.WithProtectedHeaders(h)))
	if err != nil {
		t.Fatal(err)
	}
	return string(token)
}

func newTokens(t testing.TB, source access.KeySource) *access.Tokens {
	t.Helper()
	tokens, err := access.NewTokens(access.TokenOptions{Keys: source, Issuer: issuer, Audience: audience, Leeway: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func TestATokenNamesItsCaller(t *testing.T) {
	s := newService(t)
	tokens := newTokens(t, s.set)
	for id, alg := range map[string]jwa.SignatureAlgorithm{"ec": jwa.ES256(), "ed": jwa.EdDSA(), "rsa": jwa.PS256()} {
		token := s.token(t, id, alg, claims(nil), nil)
		for range 2 { // the second time it is remembered
			caller, err := tokens.Check(context.Background(), token, now)
			if err != nil || caller.Name != "desk-7" || caller.Authority != "Hangzhou CDC" || !slices.Equal(caller.Roles, access.Roles{access.Desk}) {
				t.Fatalf("%s: %+v, error %v", id, caller, err)
			}
		}
		if _, err := tokens.Check(context.Background(), token, now.Add(631*time.Second)); !errors.Is(err, access.ErrRefused) {
			t.Errorf("%s: a remembered token that is over: %v", id, err)
		}
	}
}

// encoded builds a token by hand.
func encoded(header string, payload []byte, signature string) string {
	e := base64.RawURLEncoding.EncodeToString
	return e([]byte(header)) + "." + e(payload) + "." + signature
}

// TestAFaultyTokenIsRefused goes through what has been passed by other readers of
// tokens: no algorithm, the algorithm of another key, critical headers, keys that
// come with the token, claims that are missing or of another service. [ISSUER-1]
func TestAFaultyTokenIsRefused(t *testing.T) {
	s := newService(t)
	other := newService(t)
	good := s.token(t, "ec", jwa.ES256(), claims(nil), nil)
	parts := strings.Split(good, ".")
	set := func(name string, value any) string {
		return s.token(t, "ec", jwa.ES256(), claims(func(c map[string]any) { c[name] = value }), nil)
	}
	without := func(name string) string {
		return s.token(t, "ec", jwa.ES256(), claims(func(c map[string]any) { delete(c, name) }), nil)
	}
	header := func(name string, value any) string {
		return s.token(t, "ec", jwa.ES256(), claims(nil), func(h jws.Headers) {
			if err := h.Set(name, value); err != nil {
				t.Fatal(err)
			}
		})
	}
	for name, token := range map[string]string{
		"none":                     encoded(`{"alg":"none","kid":"ec"}`, claims(nil), ""),
		"HMAC with the public key": encoded(`{"alg":"HS256","kid":"ec"}`, claims(nil), parts[2]),
		"algorithm of another key": encoded(`{"alg":"PS256","kid":"ec"}`, claims(nil), parts[2]),
		"RS256 by an RSA key":      s.token(t, "rsa", jwa.RS256(), claims(nil), nil),
		"key of somebody else":     other.token(t, "ec", jwa.ES256(), claims(nil), nil),
		"another payload":          parts[0] + "." + strings.Split(set("sub", "root"), ".")[1] + "." + parts[2],
		"no signature":             parts[0] + "." + parts[1] + ".",
		"unknown key":              encoded(`{"alg":"ES256","kid":"ex"}`, claims(nil), parts[2]),
		"no key id":                encoded(`{"alg":"ES256"}`, claims(nil), parts[2]),
		"critical header":          encoded(`{"alg":"ES256","kid":"ec","crit":["exp"],"exp":1}`, claims(nil), parts[2]),
		"key inside":               encoded(`{"alg":"ES256","kid":"ec","jwk":{}}`, claims(nil), parts[2]),
		"key address inside":       header("jku", "https://id.example/keys"),
		"another type":             header("typ", "logout+jwt"),
		"two signatures":           good + "." + parts[2],
		"JSON serialization":       `{"payload":"","signatures":[]}`,
		"long":                     strings.Repeat("a", access.MaxTokenSize) + good,
		"over":                     set("exp", now.Unix()-31),
		"not yet":                  set("nbf", now.Unix()+31),
		"no end":                   without("exp"),
		"no subject":               without("sub"),
		"another issuer":           set("iss", "https://id.example.org"),
		"another audience":         set("aud", []string{"tongxing-gate"}),
		"no audience":              without("aud"),
		"scope is a list":          set("scope", []string{"tongxing:desk"}),
		"name not printable":       set("sub", "desk\x00"),
		"name too long":            set("sub", strings.Repeat("d", 129)),
		"end is text":              set("exp", "tomorrow"),
		"empty":                    "",
		"dots":                     "..",
	} {
		caller, err := newTokens(t, s.set).Check(context.Background(), token, now)
		if !errors.Is(err, access.ErrRefused) || caller.Name != "" {
			t.Errorf("%s: %+v, error %v", name, caller, err)
		}
	}
	if _, err := newTokens(t, s.set).Check(context.Background(), set("aud", []string{"else", audience}), now); err != nil {
		t.Errorf("one of two audiences: %v", err)
	}
}

func TestAKeySetWithWhatMustNotBeThereIsRefused(t *testing.T) {
	s := newService(t)
	private, err := jwk.Import(s.private["ec"])
	if err != nil {
		t.Fatal(err)
	}
	secret, err := json.Marshal(private)
	if err != nil {
		t.Fatal(err)
	}
	ec := string(publicJWK(t, s.private["ec"], "ec"))
	for name, set := range map[string]string{
		"private":   fmt.Sprintf(`{"keys":[%s]}`, secret),
		"symmetric": `{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}`,
		"twice":     fmt.Sprintf(`{"keys":[%s,%s]}`, ec, ec),
		"none":      `{"keys":[]}`,
		"no JSON":   `keys`,
		"many":      `{"keys":[` + strings.TrimSuffix(strings.Repeat(`{},`, access.MaxKeys+1), ",") + `]}`,
		"large":     strings.Repeat(" ", access.MaxKeySetSize+1),
	} {
		if got, err := access.ParseKeySet([]byte(set)); err == nil || got != nil {
			t.Errorf("%s: %v, error %v", name, got, err)
		}
	}
	if _, err := access.ParseKeySet([]byte(`{"keys":[{"kty":"AKP","kid":"q"},` + ec + `]}`)); err != nil {
		t.Errorf("a key of an unknown type beside one: %v", err)
	}
}

// TestKeysFromAnAddressAreKeptAndRefreshed walks a remote set through a rotation,
// an unknown key, and a service that is away.
func TestKeysFromAnAddressAreKeptAndRefreshed(t *testing.T) {
	before, after := newService(t), newService(t)
	answer, asked := before.json, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		if answer == nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write(answer)
	}))
	defer server.Close()
	remote, err := access.NewRemote(server.URL, &http.Client{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	tokens := newTokens(t, remote)
	long := func(c map[string]any) { c["exp"] = now.Unix() + 1_000_000 }
	old := before.token(t, "ec", jwa.ES256(), claims(long), nil)
	check := func(at time.Duration, token string) error {
		_, err := tokens.Check(context.Background(), token, now.Add(at))
		return err
	}
	if err := errors.Join(check(0, old), check(time.Minute, old)); err != nil || asked != 1 {
		t.Fatalf("asked %d times, error %v", asked, err)
	}
	answer = after.json
	if err := check(6*time.Minute, old); !errors.Is(err, access.ErrRefused) || asked != 2 {
		t.Errorf("a token under keys that were withdrawn: %v, asked %d times", err, asked)
	}
	answer = nil
	fresh := after.token(t, "ec", jwa.ES256(), claims(long), nil)
	if err := check(12*time.Hour, fresh); err != nil {
		t.Errorf("the identity service is away for a night: %v", err)
	}
	if err := check(25*time.Hour, fresh); !errors.Is(err, access.ErrKeysUnavailable) {
		t.Errorf("the identity service is away for a day: %v", err)
	}
	for _, bad := range []string{"http://id.example/keys", "https://u:p@id.example/", "file:///keys", "https://"} {
		if _, err := access.NewRemote(bad, &http.Client{Timeout: time.Second}); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// TestTheTableOfRoles says the whole table a second time, role by role: a change
// of it is a change here. [ISSUER-3]
func TestTheTableOfRoles(t *testing.T) {
	want := map[access.Role]string{
		access.Desk:      "issue convert reissue print",
		access.Requester: "issue adverse convert reissue print revoke suspend resume look propose",
		access.Approver:  "approve",
		access.Operator:  "propose job jobs metrics",
		access.Auditor:   "look jobs metrics journal",
	}
	for _, role := range access.AllRoles() {
		var may []string
		for _, act := range access.AllActs() {
			if (access.Roles{role}).May(act) {
				may = append(may, string(act))
			}
		}
		if got := strings.Join(may, " "); got != want[role] {
			t.Errorf("%s may %s, want %s", role, got, want[role])
		}
	}
	if (access.Roles{}).May(access.Issue) || (access.Roles{"root"}).May(access.Issue) {
		t.Error("no role and an unknown role may issue")
	}
}

func TestCallersOfCertificatesAreReadStrictly(t *testing.T) {
	one := `{"subject":"CN=desk-7","name":"desk-7","authority":"Hangzhou CDC","roles":["desk"]}`
	if _, err := access.ParseCertificates([]byte(`{"callers":[` + one + `]}`)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"twice":         `{"callers":[` + one + `,` + one + `]}`,
		"unknown role":  strings.Replace(`{"callers":[`+one+`]}`, `["desk"]`, `["root"]`, 1),
		"no role":       strings.Replace(`{"callers":[`+one+`]}`, `["desk"]`, `[]`, 1),
		"unknown field": strings.Replace(`{"callers":[`+one+`]}`, `"name"`, `"nmae"`, 1),
		"two values":    `{"callers":[` + one + `]} {}`,
	} {
		if c, err := access.ParseCertificates([]byte(bad)); err == nil || c != nil {
			t.Errorf("%s is taken", name)
		}
	}
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	c, _ := access.ParseCertificates([]byte(`{"callers":[` + one + `]}`))
	if _, err := c.Authenticate(request, now); !errors.Is(err, access.ErrNoCredentials) {
		t.Errorf("a request without a certificate: %v", err)
	}
}

// FuzzParseTokenHeader holds whatever is read to name a key and to be accepted as
// a caller only when it is the token that was signed.
func FuzzParseTokenHeader(f *testing.F) {
	s := newService(f)
	good := s.token(f, "ec", jwa.ES256(), claims(nil), nil)
	for _, seed := range []string{good, "", "..", encoded(`{"alg":"none","kid":"ec"}`, nil, ""),
		encoded(`{"alg":"ES256","kid":"ec","crit":["b64"],"b64":false}`, claims(nil), "AA"), strings.ReplaceAll(good, ".", "..")} {
		f.Add(seed)
	}
	tokens := newTokens(f, s.set)
	f.Fuzz(func(t *testing.T, token string) {
		h, err := access.ParseTokenHeader(token)
		if err == nil && h.KeyID == "" || err != nil && h != (access.TokenHeader{}) {
			t.Fatalf("%+v, error %v", h, err)
		}
		if _, err := tokens.Check(context.Background(), token, now); err == nil && token != good {
			t.Fatalf("accepted %q", token)
		}
	})
}
