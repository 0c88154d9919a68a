package sig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"github.com/tongxing/tongxing/format/cborx"
)

// userID is the SM2 user identity that GM/T 0009 section 10 gives as the
// default; it is part of ZA and so of every SM2 signature.
var userID = []byte("1234567812345678")

// PublicKey is a public key with its one algorithm. It is immutable and safe
// for concurrent use; the zero value is no key and verifies nothing.
type PublicKey struct {
	algorithm  Algorithm
	key        *ecdsa.PublicKey // never handed out, see the package comment
	za         [32]byte         // SM2 only, computed once
	point      [UncompressedPointSize]byte
	thumbprint [sha256.Size]byte
}

// NewPublicKey returns the key of the given algorithm whose public point is
// given in SEC 1 form, 33 bytes compressed or 65 bytes uncompressed. Errors are
// [ErrUnknownAlgorithm] and [ErrPoint].
func NewPublicKey(algorithm Algorithm, point []byte) (*PublicKey, error) {
	curve, number, err := curveOf(algorithm)
	if err != nil {
		return nil, err
	}
	uncompressed, err := uncompress(curve, point)
	if err != nil {
		return nil, fmt.Errorf("%w (%s, %d bytes)", ErrPoint, algorithm, len(point))
	}
	k := &PublicKey{algorithm: algorithm}
	if algorithm == SM2 {
		k.key, err = sm2.ParseUncompressedPublicKey(uncompressed)
	} else {
		k.key, err = ecdsa.ParseUncompressedPublicKey(curve, uncompressed)
	}
	if err != nil {
		return nil, fmt.Errorf("%w (%s): %w", ErrPoint, algorithm, err)
	}
	if algorithm == SM2 {
		za, err := sm2.CalculateZA(k.key, userID)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPoint, err)
		}
		copy(k.za[:], za)
	}
	copy(k.point[:], uncompressed)
	k.thumbprint = thumbprint(number, uncompressed)
	return k, nil
}

func curveOf(algorithm Algorithm) (elliptic.Curve, int64, error) {
	switch algorithm {
	case ES256:
		return elliptic.P256(), curveP256, nil
	case SM2:
		return sm2.P256(), curveSM2, nil
	}
	return nil, 0, fmt.Errorf("%w: %d", ErrUnknownAlgorithm, int64(algorithm))
}

// uncompress returns the 65-byte form of a point in either form, as a copy. A
// point is taken in both its forms or in neither.
func uncompress(curve elliptic.Curve, point []byte) ([]byte, error) {
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

// thumbprint is RFC 9679: SHA-256 over the deterministic COSE_Key with kty,
// crv, x and y, where y is always the coordinate, never the sign bit.
func thumbprint(curve int64, uncompressed []byte) [sha256.Size]byte {
	b := make([]byte, 0, 80)
	b = cborx.AppendMap(b, 4)
	b = cborx.AppendInt(cborx.AppendInt(b, 1), keyTypeEC2)
	b = cborx.AppendInt(cborx.AppendInt(b, -1), curve)
	b = cborx.AppendBytes(cborx.AppendInt(b, -2), uncompressed[1:33])
	b = cborx.AppendBytes(cborx.AppendInt(b, -3), uncompressed[33:])
	return sha256.Sum256(b)
}

// Algorithm returns the one algorithm of the key.
func (k *PublicKey) Algorithm() Algorithm { return k.algorithm }

// Compressed returns the public point in compressed form, 33 bytes, as a copy.
func (k *PublicKey) Compressed() []byte {
	return append([]byte{2 + k.point[64]&1}, k.point[1:33]...)
}

// Uncompressed returns the public point in uncompressed form, 65 bytes, as a
// copy.
func (k *PublicKey) Uncompressed() []byte {
	return append([]byte(nil), k.point[:]...)
}

// Thumbprint returns the SHA-256 thumbprint of the key's COSE_Key (RFC 9679),
// which names the key in signed documents.
func (k *PublicKey) Thumbprint() [sha256.Size]byte { return k.thumbprint }

// KeyID returns the first four bytes of the thumbprint, which name the key in a
// credential, within its issuer's own key set.
func (k *PublicKey) KeyID() [KeyIDSize]byte { return [KeyIDSize]byte(k.thumbprint[:]) }

// Equal reports whether k and other are the same point for the same algorithm.
func (k *PublicKey) Equal(other *PublicKey) bool {
	if k == nil || other == nil {
		return k == other
	}
	return k.algorithm == other.algorithm && k.point == other.point
}

// Digest returns what the key's algorithm signs in place of the message:
// SHA-256(message) for ES256, SM3(ZA || message) for SM2 (GB/T 32918.2 section
// 6.1). Hardware that takes a digest is given this.
func (k *PublicKey) Digest(message []byte) [32]byte {
	if k.algorithm != SM2 {
		return sha256.Sum256(message)
	}
	var e [32]byte
	h := sm3.New()
	h.Write(k.za[:])
	h.Write(message)
	h.Sum(e[:0])
	return e
}

// Verify reports whether signature, r || s in exactly 64 bytes, is a signature
// of this key over the whole message. It returns nil or [ErrSignature].
func (k *PublicKey) Verify(message, signature []byte) error {
	if k == nil || k.key == nil || len(signature) != SignatureSize {
		return ErrSignature
	}
	var buffer [maxDERSize]byte
	der := appendDER(buffer[:0], signature)
	digest := k.Digest(message)
	var ok bool
	switch k.algorithm {
	case ES256:
		ok = ecdsa.VerifyASN1(k.key, digest[:], der)
	case SM2:
		ok = sm2.VerifyASN1(k.key, digest[:], der)
	}
	if !ok {
		return ErrSignature
	}
	return nil
}

// String names the key by algorithm and thumbprint; it is for people to read.
func (k *PublicKey) String() string {
	if k == nil || k.key == nil {
		return "no key"
	}
	return fmt.Sprintf("%s %x", k.algorithm, k.thumbprint[:8])
}
