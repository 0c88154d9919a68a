// Package second verifies signatures a second time, with code that shares nothing
// with what signed them: a fault of one implementation, or of the machine's assembly
// for it, is not the other's.
//
//	          signs, and package sig     here
//	SM2       emmansun/gmsm, assembly    tjfoc/gmsm, ZA and SM3 included;
//	                                     in bulk internal/curve over tjfoc's ZA and SM3
//	ES256     crypto/ecdsa, assembly     internal/curve: no line of crypto/elliptic
//
// What is released once and believed for years, documents and what a ceremony makes,
// is checked with [Verify]. What is released by the million and spot-checked is with
// [VerifyBulk], which takes a tenth of the time for SM2. (Package sig verifies with
// internal/curve too, but in WebAssembly alone, where nothing is signed.)
//
// The time that they take depends on what they compute, which is public: they are
// for signatures that are about to be released, and no private key is ever near
// them. SHA-256 is crypto/sha256 for both of ES256.
//
// No verifier links this package.
package second

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"

	tjfoc "github.com/tjfoc/gmsm/sm2"
	"github.com/tjfoc/gmsm/sm3"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/internal/curve"
)

// ErrRefused reports a signature that this implementation does not accept.
var ErrRefused = errors.New("second: the second implementation refuses the signature")

// sm2ID is the SM2 user identity (GM/T 0009 section 10).
var sm2ID = []byte("1234567812345678")

// Verify reports whether signature, r || s in 64 bytes, is one of key over the
// whole message. Errors are [ErrRefused] and [sig.ErrUnknownAlgorithm].
func Verify(key *sig.PublicKey, message, signature []byte) error {
	return verify(key, message, signature, bySM2OfTjfoc)
}

// VerifyBulk is Verify for credentials, of which a chunk has a thousand.
func VerifyBulk(key *sig.PublicKey, message, signature []byte) error {
	return verify(key, message, signature, bySM2OfOurs)
}

func verify(key *sig.PublicKey, message, signature []byte, bySM2 func(point *[64]byte, message, signature []byte) bool) error {
	if key == nil || len(signature) != sig.SignatureSize {
		return ErrRefused
	}
	point := (*[64]byte)(key.Uncompressed()[1:])
	var good bool
	switch key.Algorithm() {
	case sig.SM2:
		good = bySM2(point, message, signature)
	case sig.ES256:
		digest := sha256.Sum256(message)
		good = curve.ES256().Verify(point, &digest, signature)
	default:
		return fmt.Errorf("%w: %s", sig.ErrUnknownAlgorithm, key.Algorithm())
	}
	if !good {
		return fmt.Errorf("%w: %s", ErrRefused, key)
	}
	return nil
}

func keyOfTjfoc(point *[64]byte) *tjfoc.PublicKey {
	x, y := new(big.Int).SetBytes(point[:32]), new(big.Int).SetBytes(point[32:])
	return &tjfoc.PublicKey{Curve: tjfoc.P256Sm2(), X: x, Y: y}
}

func bySM2OfTjfoc(point *[64]byte, message, signature []byte) bool {
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	return tjfoc.Sm2Verify(keyOfTjfoc(point), message, sm2ID, r, s)
}

func bySM2OfOurs(point *[64]byte, message, signature []byte) bool {
	za, err := tjfoc.ZA(keyOfTjfoc(point), sm2ID)
	if err != nil {
		return false
	}
	h := sm3.New()
	h.Write(za)
	h.Write(message)
	return curve.SM2().Verify(point, (*[32]byte)(h.Sum(nil)), signature)
}
