package jwks

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// readBack reads the export a second time, with jwx as users of JOSE do, and
// holds what jwx sees to what s says: header and payload of every ES256
// signature that counts, and every ES256 key. SM2 is unknown to jwx, and stays
// so; see the package comment.
func (e *Export) readBack(s *Set, groups []publish.GroupSigners) error {
	for i := range groups {
		for _, key := range groups[i].Signers {
			if key.Algorithm() != sig.ES256 {
				continue
			}
			if err := e.verifyAgain(key); err != nil {
				return fmt.Errorf("%w: signature by %s: %w", ErrSecondReader, key, err)
			}
		}
	}
	if err := e.compareKeys(s); err != nil {
		return fmt.Errorf("%w: %w", ErrSecondReader, err)
	}
	return nil
}

// verifyAgain gives jwx one ES256 signature in compact serialization. The whole
// it would not read, for the names of algorithms that it does not know; and
// were it to, any one good signature would do for it.
func (e *Export) verifyAgain(key *sig.PublicKey) error {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key.Uncompressed())
	if err != nil {
		return err
	}
	h := headerOf(key)
	i, found := e.find(h.kid)
	if !found {
		return errors.New("not there")
	}
	compact := append(append(e.input(h), '.'), encode(e.signatures[i].value)...)
	var message jws.Message
	payload, err := jws.Verify(compact, jws.WithCompact(), jws.WithKey(jwa.ES256(), public), jws.WithCritValidation(true), jws.WithMessage(&message))
	if err != nil {
		return err
	}
	if len(message.Signatures()) != 1 || !bytes.Equal(payload, e.payload) {
		return errors.New("another payload")
	}
	read := message.Signatures()[0].ProtectedHeaders()
	algorithm, _ := read.Algorithm()
	kid, _ := read.KeyID()
	kind, _ := read.Type()
	if (header{algorithm.String(), kid}) != h || kind != typ {
		return errors.New("another header")
	}
	return nil
}

// compareKeys reads the key set with jwx. Without WithStrictKeySetParsing(false)
// it would drop all keys over one that it does not know.
func (e *Export) compareKeys(s *Set) error {
	read, err := jwk.Parse(e.payload, jwk.WithMaxKeys(MaxSize), jwk.WithStrictKeySetParsing(false))
	if err != nil {
		return err
	}
	points := map[string][]byte{}
	for i := range read.Len() {
		key, _ := read.Key(i)
		kid, _ := key.KeyID()
		var public ecdsa.PublicKey
		if _, unknown := key.(jwk.UnsupportedKey); unknown || jwk.Export(key, &public) != nil {
			continue
		}
		if points[kid], err = public.Bytes(); err != nil {
			return fmt.Errorf("key %s: %w", kid, err)
		}
	}
	for i := range s.Regions {
		for _, k := range s.Regions[i].Keys {
			second, there := points[keyID(k.Public)]
			usable := k.Public.Algorithm() == sig.ES256 && k.State != trustlist.Compromised
			if there != usable || usable && !bytes.Equal(second, k.Public.Uncompressed()) {
				return fmt.Errorf("key %s of region %s", k.Public, s.Regions[i].Code)
			}
		}
	}
	return nil
}
