package publish

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"math/big"

	tjfoc "github.com/tjfoc/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

// sm2ID is the SM2 user identity (GM/T 0009 section 10).
var sm2ID = []byte("1234567812345678")

// CheckSignature reports whether both implementations accept signature (r || s,
// 64 bytes) by key over the whole message. Errors are [sig.ErrSignature] and
// [ErrSecondOpinion].
func CheckSignature(key *sig.PublicKey, message, signature []byte) error {
	if err := key.Verify(message, signature); err != nil {
		return err
	}
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	point := key.Uncompressed()
	switch key.Algorithm() {
	case sig.SM2:
		public := &tjfoc.PublicKey{
			Curve: tjfoc.P256Sm2(),
			X:     new(big.Int).SetBytes(point[1:33]),
			Y:     new(big.Int).SetBytes(point[33:]),
		}
		if !tjfoc.Sm2Verify(public, message, sm2ID, r, s) {
			return fmt.Errorf("%w: %s", ErrSecondOpinion, key)
		}
		return nil
	case sig.ES256:
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSecondOpinion, err)
		}
		digest := sha256.Sum256(message)
		if !ecdsa.Verify(public, digest[:], r, s) {
			return fmt.Errorf("%w: %s", ErrSecondOpinion, key)
		}
		return nil
	}
	return fmt.Errorf("%w: %s", sig.ErrUnknownAlgorithm, key.Algorithm())
}
