// Package sig holds the two signature algorithms of Tongxing and the public
// keys that go with them.
//
// A key knows its one algorithm. Nothing in this package, and nothing above it,
// takes an algorithm from a message and applies it to a key: a caller compares
// the algorithm that a message claims with [PublicKey.Algorithm] and refuses the
// message when they differ. That is the whole defence against algorithm
// confusion, and it is why an SM2 key is never handed out as the
// *ecdsa.PublicKey that it is underneath: crypto/ecdsa would verify plain ECDSA
// over it.
//
//	algorithm  COSE alg  curve            hash              signature
//	ES256      -7        P-256 (crv 1)    SHA-256           r || s, 64 bytes
//	SM2        -131585   SM2 (crv         SM3 over ZA ||    r || s, 64 bytes
//	                     -131584)         message
//
// ES256 is RFC 9053 section 2.1 with P-256 only. SM2 is GB/T 32918.2 (GM/T
// 0003.2) with SM3 and the 16-byte user identity "1234567812345678" (GM/T 0009
// section 10). COSE has no registered number for it: -131585 is GM/T 0006's
// SGD_SM3_SM2 (0x00020201), negated, from the private-use range.
//
// The arithmetic is that of crypto/ecdsa and emmansun/gmsm; in WebAssembly, which
// these are not made for, it is that of package curve, and the tests hold one to
// the other.
//
// Both accept more than one signature over one message (for ES256 r, s and r,
// n-s are both valid), so nothing may be keyed by a signature.
package sig

import (
	"errors"
	"fmt"
)

// Algorithm is a COSE algorithm number (RFC 9053; IANA "COSE Algorithms").
type Algorithm int64

// The algorithms that Tongxing knows. Any other number is unknown, among them
// RFC 9864's -9 (ESP256), which is ES256 under another name: one algorithm has
// one number here, or equal messages would have unequal bytes.
const (
	ES256 Algorithm = -7
	SM2   Algorithm = -131585
)

// COSE key type and curves (RFC 9053 section 7.1). The SM2 curve has no
// registered number; -131584 is from the private-use range.
const (
	keyTypeEC2 = 2
	curveP256  = 1
	curveSM2   = -131584
)

const (
	// SignatureSize is the length of r || s in bytes, for both algorithms.
	SignatureSize = 64
	// CompressedPointSize is the length of a compressed point (SEC 1 section
	// 2.3.3) in bytes, for both curves.
	CompressedPointSize = 33
	// UncompressedPointSize is the length of an uncompressed point in bytes.
	UncompressedPointSize = 65
	// KeyIDSize is the length of a key identifier in a credential, in bytes.
	KeyIDSize = 4
)

var (
	// ErrUnknownAlgorithm reports an algorithm number that is neither ES256
	// nor SM2.
	ErrUnknownAlgorithm = errors.New("sig: unknown algorithm")
	// ErrPoint reports bytes that are no point of the algorithm's curve: wrong
	// length, wrong form, not on the curve, or the point at infinity.
	ErrPoint = errors.New("sig: not a point of the curve")
	// ErrSignature reports a signature that does not verify.
	ErrSignature = errors.New("sig: signature does not verify")
)

// Known reports whether a is one of the algorithms of this package.
func (a Algorithm) Known() bool { return a == ES256 || a == SM2 }

// String returns the algorithm's name, "ES256" or "SM2", and the bare number
// for an unknown one.
func (a Algorithm) String() string {
	switch a {
	case ES256:
		return "ES256"
	case SM2:
		return "SM2"
	}
	return fmt.Sprintf("algorithm %d", int64(a))
}

// ParseAlgorithm returns the algorithm of the given name, as [Algorithm.String]
// writes it. It returns [ErrUnknownAlgorithm] for any other name.
func ParseAlgorithm(name string) (Algorithm, error) {
	switch name {
	case "ES256":
		return ES256, nil
	case "SM2":
		return SM2, nil
	}
	return 0, fmt.Errorf("%w: %q (there are ES256 and SM2)", ErrUnknownAlgorithm, name)
}

// Signer signs with one private key, wherever that is kept.
type Signer interface {
	// PublicKey returns the public key of the signing key. It never changes
	// over the life of the Signer.
	PublicKey() *PublicKey
	// Sign returns r || s, exactly [SignatureSize] bytes, over the whole
	// message with the public key's algorithm (for SM2 over ZA || message). It
	// neither keeps nor changes the message and may be called concurrently.
	Sign(message []byte) ([]byte, error)
}

// BatchSigner is a Signer that is better asked for many signatures at once: behind
// a socket an exchange costs more than a signature does.
type BatchSigner interface {
	Signer
	// SignAll returns what Sign returns for each message, in order: all or none.
	// It may be called concurrently.
	SignAll(messages [][]byte) ([][]byte, error)
}
