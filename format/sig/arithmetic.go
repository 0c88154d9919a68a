//go:build !wasm

package sig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
)

// arithmetic is that of crypto/ecdsa and emmansun/gmsm, which have assembly for
// the processors that matter.
type arithmetic struct{ key *ecdsa.PublicKey }

func newArithmetic(algorithm Algorithm, uncompressed []byte) (arithmetic, error) {
	parse := func(b []byte) (*ecdsa.PublicKey, error) { return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), b) }
	if algorithm == SM2 {
		parse = sm2.ParseUncompressedPublicKey
	}
	key, err := parse(uncompressed)
	return arithmetic{key}, err
}

// verify reports whether signature, of 64 bytes, is one of digest.
func (a arithmetic) verify(k *PublicKey, digest *[32]byte, signature []byte) bool {
	var buffer [maxDERSize]byte
	der := appendDER(buffer[:0], signature)
	if k.algorithm == SM2 {
		return sm2.VerifyASN1(a.key, digest[:], der)
	}
	return ecdsa.VerifyASN1(a.key, digest[:], der)
}

// uncompress returns the 65-byte form of a point in either form, as a copy. A
// point is taken in both its forms or in neither.
func uncompress(algorithm Algorithm, point []byte) ([]byte, error) {
	curve := elliptic.P256()
	if algorithm == SM2 {
		curve = sm2.P256()
	}
	compressed := point
	switch len(point) {
	case UncompressedPointSize:
		if point[0] != 4 {
			return nil, ErrPoint
		}
		compressed = append([]byte{2 + point[64]&1}, point[1:33]...)
	case CompressedPointSize:
	default:
		return nil, ErrPoint
	}
	x, y := elliptic.UnmarshalCompressed(curve, compressed)
	if x == nil || !satisfies(curve.Params(), x, y) {
		return nil, ErrPoint
	}
	uncompressed := make([]byte, UncompressedPointSize)
	uncompressed[0] = 4
	x.FillBytes(uncompressed[1:33])
	y.FillBytes(uncompressed[33:])
	given := uncompressed[:len(compressed)]
	if len(point) == UncompressedPointSize {
		given = uncompressed
	}
	// The first byte tells the form, so the comparison starts at x; that of a
	// compressed point also tells which y.
	if !bytes.Equal(given[1:], point[1:]) || compressed[0] != 2+uncompressed[64]&1 {
		return nil, ErrPoint
	}
	return uncompressed, nil
}

// satisfies reports whether y² = x³ - 3x + b, by arithmetic of the standard
// library. The assembly of gmsm v0.42.0 for amd64 loses a carry for some x with
// long runs of zero bits: it takes 03d0...0080...0080...0080...00 for a point
// with another x. Random points meet this about never; a point made to meet it
// would be another key on one machine than on the next, so what the library
// made of the bytes is checked before a key comes of it.
func satisfies(params *elliptic.CurveParams, x, y *big.Int) bool {
	left := new(big.Int).Mul(y, y)
	right := new(big.Int).Mul(x, x)
	right.Sub(right, big.NewInt(3)).Mul(right, x).Add(right, params.B)
	return left.Sub(left, right).Mod(left, params.P).Sign() == 0
}
