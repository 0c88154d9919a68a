package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/tongxing/tongxing/issuer/access"
)

// devIssuer is the identity service of a trial.
const devIssuer = "urn:tongxing:dev"

// devIdentity signs tokens with a key of its own.
type devIdentity struct {
	key       *ecdsa.PrivateKey
	set       *access.KeySet
	published []byte // the set, as a JWK Set
}

func newDevIdentity() (*devIdentity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	public, err := jwk.Import(key.Public())
	if err != nil {
		return nil, err
	}
	if err := public.Set(jwk.KeyIDKey, "dev"); err != nil {
		return nil, err
	}
	data, err := json.Marshal(map[string]any{"keys": []any{public}})
	if err != nil {
		return nil, err
	}
	set, err := access.ParseKeySet(data)
	if err != nil {
		return nil, err
	}
	return &devIdentity{key, set, data}, nil
}

// token is one for a caller who is named like his role, each of another authority.
func (i *devIdentity) token(role access.Role, until time.Time) (string, error) {
	payload, err := json.Marshal(map[string]any{"iss": devIssuer, "aud": "tongxing-issuer", "sub": "dev-" + string(role),
		"authority": "dev " + string(role), "scope": "tongxing:" + string(role), "exp": until.Unix()})
	if err != nil {
		return "", err
	}
	header := jws.NewHeaders()
	if err := header.Set(jws.KeyIDKey, "dev"); err != nil {
		return "", err
	}
	token, err := jws.Sign(payload, jws.WithKey(jwa.ES256(), i.key, jws.WithProtectedHeaders(header)))
	return string(token), err
}
