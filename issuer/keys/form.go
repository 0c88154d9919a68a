package keys

import (
	"crypto/elliptic"
	"errors"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

// ErrForm reports bytes that cannot be a signature, whatever was signed.
var ErrForm = errors.New("keys: not a signature of 64 bytes with r and s in range")

// CheckForm reports whether signature has the form that the algorithm asks for: 64
// bytes, r and s each from 1 to the order of the curve less 1. What comes out of a
// device or a socket is held to it before anybody builds on it. Errors are
// [ErrForm] and [sig.ErrUnknownAlgorithm].
func CheckForm(algorithm sig.Algorithm, signature []byte) error {
	var order *big.Int
	switch algorithm {
	case sig.ES256:
		order = elliptic.P256().Params().N
	case sig.SM2:
		order = sm2.P256().Params().N
	default:
		return fmt.Errorf("%w: %d", sig.ErrUnknownAlgorithm, int64(algorithm))
	}
	if len(signature) != sig.SignatureSize {
		return fmt.Errorf("%w: %d bytes", ErrForm, len(signature))
	}
	for _, half := range [][]byte{signature[:32], signature[32:]} {
		if x := new(big.Int).SetBytes(half); x.Sign() == 0 || x.Cmp(order) >= 0 {
			return ErrForm
		}
	}
	return nil
}
