// Package second verifies signatures a second time, with code that shares nothing
// with package sig's: a fault of one implementation, or of the machine's assembly
// for it, is not the other's.
//
//	          package sig               here
//	SM2       emmansun/gmsm, assembly   tjfoc/gmsm, ZA and SM3 included
//	ES256     crypto/ecdsa, assembly    ECDSA as FIPS 186-5 writes it, in this
//	                                    package: no line of crypto/elliptic
//
// The time that they take depends on what they compute, which is public: they are
// for signatures that are about to be released, and no private key is ever near
// them. SHA-256 is crypto/sha256 for both of ES256.
//
// (A copy of elliptic.P256().Params() would compute without assembly too, and was
// tried: 5 to 10 ms a signature, a tenth of what signing a chunk of 1,000 takes.)
//
// No verifier links this package.
package second

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"

	tjfoc "github.com/tjfoc/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

// ErrRefused reports a signature that this implementation does not accept.
var ErrRefused = errors.New("second: the second implementation refuses the signature")

// sm2ID is the SM2 user identity (GM/T 0009 section 10).
var sm2ID = []byte("1234567812345678")

// Verify reports whether signature, r || s in 64 bytes, is one of key over the
// whole message. Errors are [ErrRefused] and [sig.ErrUnknownAlgorithm].
func Verify(key *sig.PublicKey, message, signature []byte) error {
	if key == nil || len(signature) != sig.SignatureSize {
		return ErrRefused
	}
	point := key.Uncompressed()
	x, y := new(big.Int).SetBytes(point[1:33]), new(big.Int).SetBytes(point[33:])
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	var good bool
	switch key.Algorithm() {
	case sig.SM2:
		good = tjfoc.Sm2Verify(&tjfoc.PublicKey{Curve: tjfoc.P256Sm2(), X: x, Y: y}, message, sm2ID, r, s)
	case sig.ES256:
		digest := sha256.Sum256(message)
		good = verifyECDSA(x, y, new(big.Int).SetBytes(digest[:]), r, s)
	default:
		return fmt.Errorf("%w: %s", sig.ErrUnknownAlgorithm, key.Algorithm())
	}
	if !good {
		return fmt.Errorf("%w: %s", ErrRefused, key)
	}
	return nil
}
