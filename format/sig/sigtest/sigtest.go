// Package sigtest gives tests keys that sign, without the files and passphrases
// of package issuer/keys. The keys are derived from a name and so known to
// everybody: nothing outside tests imports this package, which a test holds.
package sigtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

// Signer signs with a key derived from a name.
type Signer struct {
	public *sig.PublicKey
	es256  *ecdsa.PrivateKey
	sm2    *sm2.PrivateKey
}

var _ sig.Signer = (*Signer)(nil)

// New returns the signer with the given name: the same name and algorithm always
// give the same key. It panics for an unknown algorithm.
func New(algorithm sig.Algorithm, name string) *Signer {
	secret := sha256.Sum256([]byte("tongxing test key " + name))
	secret[0] &= 0x7f // below the order of both curves
	s := &Signer{}
	var point []byte
	var err error
	if algorithm == sig.SM2 {
		s.sm2, err = sm2.NewPrivateKey(secret[:])
		if err == nil {
			point = elliptic.Marshal(s.sm2.Curve, s.sm2.X, s.sm2.Y) //nolint:staticcheck // no other form for this curve
		}
	} else {
		s.es256, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:])
		if err == nil {
			point, err = s.es256.PublicKey.Bytes()
		}
	}
	if err == nil {
		s.public, err = sig.NewPublicKey(algorithm, point)
	}
	if err != nil {
		panic(fmt.Sprintf("sigtest: %v", err))
	}
	return s
}

// PublicKey implements [sig.Signer].
func (s *Signer) PublicKey() *sig.PublicKey { return s.public }

// Sign implements [sig.Signer].
func (s *Signer) Sign(message []byte) ([]byte, error) {
	digest := s.public.Digest(message)
	var der []byte
	var err error
	if s.sm2 != nil {
		der, err = s.sm2.Sign(rand.Reader, digest[:], nil)
	} else {
		der, err = s.es256.Sign(rand.Reader, digest[:], crypto.SHA256)
	}
	if err != nil {
		return nil, err
	}
	return sig.FromDER(der)
}
