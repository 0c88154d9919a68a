package sig

import (
	"bytes"

	"github.com/tongxing/tongxing/internal/curve"
)

// What stands here verifies in WebAssembly, where the libraries' arithmetic takes
// ten times as long (see package curve). It is compiled everywhere, so that the
// tests of every platform hold it to the libraries'.

func ownScheme(algorithm Algorithm) *curve.Scheme {
	if algorithm == SM2 {
		return curve.SM2()
	}
	return curve.ES256()
}

// ownVerify reports whether signature, of 64 bytes, is one of digest.
func ownVerify(k *PublicKey, digest *[32]byte, signature []byte) bool {
	return ownScheme(k.algorithm).Verify((*[64]byte)(k.point[1:]), digest, signature)
}

// ownUncompress returns the 65-byte form of a point in either form, as a copy.
func ownUncompress(algorithm Algorithm, point []byte) ([]byte, error) {
	var odd bool
	switch {
	case len(point) == UncompressedPointSize && point[0] == 4:
		odd = point[64]&1 == 1
	case len(point) == CompressedPointSize && (point[0] == 2 || point[0] == 3):
		odd = point[0] == 3
	default:
		return nil, ErrPoint
	}
	xy, ok := ownScheme(algorithm).Decompress((*[32]byte)(point[1:]), odd)
	if !ok || len(point) == UncompressedPointSize && !bytes.Equal(xy[:], point[1:]) {
		return nil, ErrPoint
	}
	return append([]byte{4}, xy[:]...), nil
}
