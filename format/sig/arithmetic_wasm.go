//go:build wasm

package sig

// arithmetic is that of package curve, which keeps what it needs of a key itself.
type arithmetic struct{}

func newArithmetic(Algorithm, []byte) (arithmetic, error) { return arithmetic{}, nil }

func (arithmetic) verify(k *PublicKey, digest *[32]byte, signature []byte) bool {
	return ownVerify(k, digest, signature)
}

func uncompress(algorithm Algorithm, point []byte) ([]byte, error) {
	return ownUncompress(algorithm, point)
}
