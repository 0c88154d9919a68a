// Package keystest gives tests key files that open fast. A file that [keys]
// writes costs 600,000 iterations to open, ten times as long under the race
// detector; one of this package costs the 1,000 that are the least it reads:
//
//	key, file, err := keystest.New(sig.SM2, nil, []byte("a passphrase"))
//	err = keys.SaveFile("33.key", file) // and keys.Parse gives key again
//
// The files are written by another library, so that nothing of package keys can
// write a cheap one. Nothing outside tests imports this package.
package keystest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs8"
	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// iterations is the least that package keys reads (NIST SP 800-132).
const iterations = 1_000

// New makes a key of 32 bytes of random, crypto/rand where it is nil, and its
// file under a passphrase of at least one byte. It is the key that keys.Generate
// makes of the same bytes; bytes out of the range of scalars, one draw in 2^32,
// are an error here.
func New(algorithm sig.Algorithm, random io.Reader, passphrase []byte) (*keys.PrivateKey, []byte, error) {
	if random == nil {
		random = rand.Reader
	}
	var scalar [32]byte
	if _, err := io.ReadFull(random, scalar[:]); err != nil {
		return nil, nil, fmt.Errorf("key for a test: %w", err)
	}
	inner, err := private(algorithm, scalar[:])
	if err != nil {
		return nil, nil, fmt.Errorf("key for a test: %w", err)
	}
	der, err := pkcs8.MarshalPrivateKey(inner, passphrase,
		&pkcs8.Opts{Cipher: pkcs.AES256CBC, KDFOpts: pkcs.NewPBKDF2Opts(pkcs.SHA256, 16, iterations)})
	if err != nil {
		return nil, nil, fmt.Errorf("key for a test: %w", err)
	}
	file := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})
	key, err := keys.Parse(file, passphrase)
	if err != nil {
		return nil, nil, fmt.Errorf("key for a test: %w", err)
	}
	return key, file, nil
}

// private returns the key of a scalar, as the library wants it.
func private(algorithm sig.Algorithm, scalar []byte) (any, error) {
	switch algorithm {
	case sig.ES256:
		return ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	case sig.SM2:
		return sm2.NewPrivateKey(scalar)
	default:
		return nil, sig.ErrUnknownAlgorithm
	}
}
