package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

const (
	// MaxTokenSize bounds a token.
	MaxTokenSize = 8 << 10
	// maxRemembered bounds the tokens that are not verified again until they end.
	maxRemembered = 10_000
)

// TokenOptions say whose tokens count.
type TokenOptions struct {
	Keys     KeySource
	Issuer   string // iss, needed
	Audience string // one of aud, needed
	// Leeway is how far the clocks of the identity service and of this one may be
	// apart, at most a minute.
	Leeway time.Duration
}

// Tokens knows callers by bearer tokens (RFC 6750) that are JWTs (RFC 7519)
// signed as compact JWS with ES256, EdDSA (Ed25519) or PS256. Immutable but for
// what it remembers: a token that was verified is not verified again until it
// ends or the keys change. Safe for concurrent use.
type Tokens struct {
	options TokenOptions

	mu         sync.Mutex
	remembered map[[sha256.Size]byte]remembered
	under      *KeySet // keys that all of them were verified with
}

type remembered struct {
	caller Caller
	from   time.Time // nbf
	until  time.Time // exp
}

// NewTokens returns Tokens.
func NewTokens(o TokenOptions) (*Tokens, error) {
	if o.Keys == nil || o.Issuer == "" || o.Audience == "" {
		return nil, errors.New("access: keys, issuer and audience of tokens are needed")
	}
	if o.Leeway < 0 || o.Leeway > time.Minute {
		return nil, fmt.Errorf("access: clocks that are %v apart, at most a minute", o.Leeway)
	}
	return &Tokens{options: o, remembered: map[[sha256.Size]byte]remembered{}}, nil
}

// Authenticate implements Authenticator.
func (t *Tokens) Authenticate(r *http.Request, at time.Time) (Caller, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return Caller{}, ErrNoCredentials
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) != 1 || !strings.EqualFold(scheme, "Bearer") {
		return Caller{}, fmt.Errorf("%w: Authorization is not one bearer token", ErrRefused)
	}
	return t.Check(r.Context(), token, at)
}

// Check returns whom a token names.
func (t *Tokens) Check(ctx context.Context, token string, at time.Time) (Caller, error) {
	h, err := ParseTokenHeader(token)
	if err != nil {
		return Caller{}, err
	}
	set, err := t.options.Keys.Keys(ctx, at, false)
	if err != nil {
		return Caller{}, err
	}
	if _, known := set.byID[h.KeyID]; !known {
		if set, err = t.options.Keys.Keys(ctx, at, true); err != nil {
			return Caller{}, err
		}
	}
	hash := sha256.Sum256([]byte(token))
	if caller, ok := t.recall(hash, set, at); ok {
		return caller, nil
	}
	entry, err := t.verify(token, h, set, at)
	if err != nil {
		return Caller{}, err
	}
	t.remember(hash, set, entry, at)
	return entry.caller, nil
}

// recall returns the caller of a token that was verified under the same keys.
func (t *Tokens) recall(hash [sha256.Size]byte, set *KeySet, at time.Time) (Caller, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	entry, ok := t.remembered[hash]
	if !ok || t.under != set || !at.Before(entry.until) || at.Before(entry.from) {
		return Caller{}, false
	}
	return entry.caller, true
}

func (t *Tokens) remember(hash [sha256.Size]byte, set *KeySet, entry remembered, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.under != set || len(t.remembered) >= maxRemembered {
		t.under = set
		clear(t.remembered)
	}
	t.remembered[hash] = entry
}

// TokenHeader is what the header of a token says.
type TokenHeader struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
	Type      string `json:"typ"`
}

// ParseTokenHeader reads the header of a compact JWS and verifies nothing. It
// refuses what jwx lets pass: critical headers, none of which is understood here,
// a key that comes with the token, and another serialization.
func ParseTokenHeader(token string) (TokenHeader, error) {
	refuse := func(why string) (TokenHeader, error) {
		return TokenHeader{}, fmt.Errorf("%w: the token %s", ErrRefused, why)
	}
	if len(token) > MaxTokenSize {
		return refuse("is too long")
	}
	encoded, rest, _ := strings.Cut(token, ".")
	if strings.Count(rest, ".") != 1 {
		return refuse("is not a compact JWS")
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return refuse("is not a compact JWS")
	}
	var all map[string]json.RawMessage
	var h TokenHeader
	if json.Unmarshal(data, &all) != nil {
		return refuse("has no header")
	}
	for _, name := range []string{"crit", "b64", "jwk", "jku", "x5c", "x5u", "zip"} {
		if _, there := all[name]; there {
			return refuse("has the header " + name)
		}
	}
	for name, to := range map[string]*string{"alg": &h.Algorithm, "kid": &h.KeyID, "typ": &h.Type} {
		if raw, there := all[name]; there && json.Unmarshal(raw, to) != nil {
			return refuse("has a header " + name + " that is no text")
		}
	}
	if h.Type != "" && !strings.EqualFold(h.Type, "JWT") && !strings.EqualFold(h.Type, "at+jwt") {
		return refuse("is of another type")
	}
	if h.KeyID == "" {
		return refuse("names no key")
	}
	return h, nil
}

// verify checks signature and claims.
func (t *Tokens) verify(token string, h TokenHeader, set *KeySet, at time.Time) (remembered, error) {
	key, known := set.byID[h.KeyID]
	switch {
	case !known:
		return remembered{}, fmt.Errorf("%w: the token names an unknown key", ErrRefused)
	case h.Algorithm != key.algorithm.String():
		return remembered{}, fmt.Errorf("%w: the token's algorithm is not that of its key", ErrRefused)
	}
	payload, err := jws.Verify([]byte(token), jws.WithKey(key.algorithm, key.key), jws.WithCompact(), jws.WithCritValidation(true))
	if err != nil {
		return remembered{}, fmt.Errorf("%w: the signature of the token is not valid", ErrRefused)
	}
	claims, err := jwt.ParseInsecure(payload) // verified above
	if err == nil {
		err = jwt.Validate(claims, jwt.WithIssuer(t.options.Issuer), jwt.WithAudience(t.options.Audience),
			jwt.WithRequiredClaim(jwt.ExpirationKey), jwt.WithRequiredClaim(jwt.SubjectKey),
			jwt.WithClock(jwt.ClockFunc(func() time.Time { return at })), jwt.WithAcceptableSkew(t.options.Leeway))
	}
	if err != nil {
		return remembered{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return t.callerOf(claims)
}

// callerOf takes the caller out of claims that hold.
func (t *Tokens) callerOf(claims jwt.Token) (remembered, error) {
	var entry remembered
	entry.caller.Name, _ = claims.Subject()
	var scope string
	if claims.Has("scope") && claims.Get("scope", &scope) != nil ||
		claims.Has("authority") && claims.Get("authority", &entry.caller.Authority) != nil {
		return remembered{}, fmt.Errorf("%w: scope or authority of the token is no text", ErrRefused)
	}
	if entry.caller.Authority == "" {
		entry.caller.Authority = t.options.Issuer
	}
	entry.caller.Roles = rolesOf(scope)
	if !validName(entry.caller.Name) || !validName(entry.caller.Authority) {
		return remembered{}, fmt.Errorf("%w: the names in the token are not printable or too long", ErrRefused)
	}
	expires, _ := claims.Expiration()
	entry.until = expires
	if from, ok := claims.NotBefore(); ok {
		entry.from = from.Add(-t.options.Leeway)
	}
	return entry, nil
}
