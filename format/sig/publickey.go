package sig

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

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
	arithmetic arithmetic // that of the platform; never handed out, see the package comment
	za         [32]byte   // SM2 only, computed once
	point      [UncompressedPointSize]byte
	thumbprint [sha256.Size]byte
}

// NewPublicKey returns the key of the given algorithm whose public point is
// given in SEC 1 form, 33 bytes compressed or 65 bytes uncompressed. Errors are
// [ErrUnknownAlgorithm] and [ErrPoint].
func NewPublicKey(algorithm Algorithm, point []byte) (*PublicKey, error) {
	curve, ok := curves[algorithm]
	if !ok {
		return nil, fmt.Errorf("%w: %d", ErrUnknownAlgorithm, int64(algorithm))
	}
	uncompressed, err := uncompress(algorithm, point)
	if err != nil {
		return nil, fmt.Errorf("%w (%s, %d bytes)", ErrPoint, algorithm, len(point))
	}
	k := &PublicKey{algorithm: algorithm}
	if k.arithmetic, err = newArithmetic(algorithm, uncompressed); err != nil {
		return nil, fmt.Errorf("%w (%s): %w", ErrPoint, algorithm, err)
	}
	if algorithm == SM2 {
		k.za = za(uncompressed)
	}
	copy(k.point[:], uncompressed)
	k.thumbprint = thumbprint(curve, uncompressed)
	return k, nil
}

var curves = map[Algorithm]int64{ES256: curveP256, SM2: curveSM2}

// beforePoint is what ZA hashes before the key: the length of the user identity in
// bits, the identity, a, b and the base point of the curve (GB/T 32918.2 section
// 5.5, GB/T 32918.5).
var beforePoint = append(append([]byte{0, byte(8 * len(userID))}, userID...), fromHex(
	"fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"+
		"28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"+
		"32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"+
		"bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")...)

func fromHex(digits string) []byte {
	b, _ := hex.DecodeString(digits)
	return b
}

// za returns ZA of an SM2 key under userID.
func za(uncompressed []byte) (z [sm3.Size]byte) {
	h := sm3.New()
	h.Write(beforePoint)
	h.Write(uncompressed[1:])
	h.Sum(z[:0])
	return z
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
	if k == nil || !k.algorithm.Known() || len(signature) != SignatureSize {
		return ErrSignature
	}
	digest := k.Digest(message)
	if !k.arithmetic.verify(k, &digest, signature) {
		return ErrSignature
	}
	return nil
}

// String names the key by algorithm and thumbprint; it is for people to read.
func (k *PublicKey) String() string {
	if k == nil || !k.algorithm.Known() {
		return "no key"
	}
	return fmt.Sprintf("%s %x", k.algorithm, k.thumbprint[:8])
}
