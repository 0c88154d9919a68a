package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

const (
	// MaxKeySetSize bounds a JWK Set.
	MaxKeySetSize = 256 << 10
	// MaxKeys bounds the keys in it.
	MaxKeys = 64
)

// verificationKey is a public key with its one algorithm: a header that names
// another one is refused, whatever the key could do.
type verificationKey struct {
	algorithm jwa.SignatureAlgorithm
	key       jwk.Key
}

// KeySet are the public keys of an identity service, by key id. Immutable.
type KeySet struct{ byID map[string]verificationKey }

// ParseKeySet reads a JWK Set (RFC 7517). Keys that tokens are not checked with
// are left out: for encryption, of another type, without a kid. It refuses a set
// with a private or symmetric key, for that must not be here, with two keys of one
// kid, and without any key of use.
func ParseKeySet(data []byte) (*KeySet, error) {
	if len(data) > MaxKeySetSize {
		return nil, fmt.Errorf("access: key set of %d bytes, at most %d", len(data), MaxKeySetSize)
	}
	var file struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("access: key set: %w", err)
	}
	if len(file.Keys) > MaxKeys {
		return nil, fmt.Errorf("access: key set has %d keys, at most %d", len(file.Keys), MaxKeys)
	}
	set := &KeySet{byID: map[string]verificationKey{}}
	for i, raw := range file.Keys {
		key, err := jwk.ParseKey(raw)
		if err != nil {
			continue // jwx would drop the whole set over one key of an unknown type
		}
		if private, err := jwk.IsPrivateKey(key); err != nil || private || key.KeyType() == jwa.OctetSeq() {
			return nil, fmt.Errorf("access: key %d of the key set is not a public key", i+1)
		}
		id, hasID := key.KeyID()
		use, hasUse := key.KeyUsage()
		algorithm, ok := algorithmOf(key)
		if !ok || !hasID || id == "" || hasUse && use != "sig" {
			continue
		}
		if _, twice := set.byID[id]; twice {
			return nil, fmt.Errorf("access: key id %q stands twice in the key set", id)
		}
		set.byID[id] = verificationKey{algorithm, key}
	}
	if len(set.byID) == 0 {
		return nil, errors.New("access: no key of the key set can check a token")
	}
	return set, nil
}

// algorithmOf returns the one algorithm of a key: what it says, which has to be
// one that its type can do, or what its type allows alone.
func algorithmOf(key jwk.Key) (jwa.SignatureAlgorithm, bool) {
	var able []jwa.SignatureAlgorithm
	switch key.KeyType() {
	case jwa.EC():
		var curve jwa.EllipticCurveAlgorithm
		if key.Get(jwk.ECDSACrvKey, &curve) == nil && curve == jwa.P256() {
			able = append(able, jwa.ES256())
		}
	case jwa.OKP():
		var curve jwa.EllipticCurveAlgorithm
		if key.Get(jwk.OKPCrvKey, &curve) == nil && curve == jwa.Ed25519() {
			able = append(able, jwa.EdDSA())
		}
	case jwa.RSA():
		if n := 0; rsaBits(key, &n) && n >= 2048 {
			able = append(able, jwa.PS256())
		}
	}
	if len(able) == 0 {
		return jwa.EmptySignatureAlgorithm(), false
	}
	if said, ok := key.Algorithm(); ok && said.String() != able[0].String() {
		return jwa.EmptySignatureAlgorithm(), false
	}
	return able[0], true
}

// rsaBits finds the length of an RSA modulus.
func rsaBits(key jwk.Key, bits *int) bool {
	var modulus []byte
	if key.Get(jwk.RSANKey, &modulus) != nil {
		return false
	}
	*bits = 8 * len(modulus)
	return true
}

// KeySource has the keys of an identity service.
type KeySource interface {
	// Keys returns the keys as of a time. unknown says that a token named a key
	// that the last set did not have: a source that can looks for a newer one. A
	// set that is returned again is the same pointer.
	Keys(ctx context.Context, at time.Time, unknown bool) (*KeySet, error)
}

// Keys implements KeySource for a set that does not change.
func (s *KeySet) Keys(context.Context, time.Time, bool) (*KeySet, error) { return s, nil }

// How a key set from an address is kept. A service that is away for a night stops
// no desk; keys that were withdrawn a day ago sign nothing any more.
const (
	refreshAfter = 5 * time.Minute
	retryAfter   = 15 * time.Second
	keepFor      = 24 * time.Hour
)

// Remote is a KeySource behind an address. It is safe for concurrent use: one
// request fetches, the others go on with what there is.
type Remote struct {
	address string
	client  *http.Client

	fetching sync.Mutex // held by the one that fetches

	mu      sync.Mutex
	set     *KeySet
	fetched time.Time // of set
	tried   time.Time
}

// NewRemote returns the source at an address: https, or http on loopback, and no
// other to which it is sent from there. The client decides about time limits and
// certificates.
func NewRemote(address string, client *http.Client) (*Remote, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("access: address of the key set: %w", err)
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case u.User != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback):
		return nil, fmt.Errorf("access: address of the key set has to be https, or http on loopback, without a password")
	case client == nil || client.Timeout <= 0:
		return nil, errors.New("access: the client of the key set has no time limit")
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Remote{address: address, client: &own}, nil
}

// Keys implements KeySource.
func (r *Remote) Keys(ctx context.Context, at time.Time, unknown bool) (*KeySet, error) {
	set, due := r.have(at, unknown)
	switch {
	case set == nil || unknown: // who cannot go on with what there is waits for who fetches
		r.fetching.Lock()
	case !due || !r.fetching.TryLock():
		return set, nil
	}
	defer r.fetching.Unlock()
	if _, due := r.have(at, unknown); due {
		r.mu.Lock()
		r.tried = at
		r.mu.Unlock()
		// Who asked may go away; the keys are for everybody.
		if set, err := r.fetch(context.WithoutCancel(ctx)); err == nil {
			r.mu.Lock()
			r.set, r.fetched = set, at
			r.mu.Unlock()
		}
	}
	if set, _ := r.have(at, false); set != nil {
		return set, nil
	}
	return nil, ErrKeysUnavailable
}

// have returns the keys that are good at a time, nil for none, and whether it is
// time to look for newer ones.
func (r *Remote) have(at time.Time, unknown bool) (set *KeySet, due bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.set != nil && at.Sub(r.fetched) < keepFor {
		set = r.set
	}
	due = set == nil || at.Sub(r.fetched) >= refreshAfter || unknown
	return set, due && (r.tried.IsZero() || at.Sub(r.tried) >= retryAfter)
}

func (r *Remote) fetch(ctx context.Context) (*KeySet, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address, nil)
	if err != nil {
		return nil, err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("access: key set: status %d", response.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, MaxKeySetSize+1))
	if err != nil {
		return nil, err
	}
	return ParseKeySet(data)
}
