package revocation

import (
	"crypto/elliptic"
	"crypto/sha256"
	"math/big"
)

// scalarSize is the size of r and of s in a signature, in bytes.
const scalarSize = 32

// IsCredential reports whether data is the credential that a registry has the
// hash of, or that credential with the twin signature (r, n-s), which anybody can
// make of an ECDSA signature over P-256. Both name one reference. A code that
// somebody brings is so told from one that somebody made up.
func IsCredential(data []byte, hash [sha256.Size]byte) bool {
	if sha256.Sum256(data) == hash {
		return true
	}
	if len(data) < 2*scalarSize {
		return false
	}
	at := len(data) - scalarSize // the signature ends a COSE_Sign1, and s the signature
	n := elliptic.P256().Params().N
	s := new(big.Int).SetBytes(data[at:])
	if s.Sign() == 0 || s.Cmp(n) >= 0 {
		return false
	}
	h := sha256.New()
	h.Write(data[:at])
	h.Write(s.Sub(n, s).FillBytes(make([]byte, scalarSize)))
	return [sha256.Size]byte(h.Sum(nil)) == hash
}
