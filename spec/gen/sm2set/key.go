package main

import (
	"encoding/binary"
	"math/big"
)

// defaultID is the identity of GM/T 0009 section 10.
var defaultID = []byte("1234567812345678")

// key is a private key with its public point.
type key struct {
	comment string
	d       *big.Int
	q       point
}

func newKey(comment string, d *big.Int) *key {
	d = modulo(d, n)
	return &key{comment: comment, d: d, q: base.multiply(d)}
}

// standardKey is that of the examples of GM/T 0003.5 annex A.
func standardKey() *key {
	return newKey("key of GM/T 0003.5 annex A", integer("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
}

// za is ZA of GB/T 32918.2 section 5.5, ENTL in bits.
func (k *key) za(id []byte) []byte {
	length := binary.BigEndian.AppendUint16(nil, uint16(8*len(id)))
	return sm3(length, id, pad(a), pad(b), pad(base.x), pad(base.y), pad(k.q.x), pad(k.q.y))
}

// digest is e = SM3(ZA || M), as an integer below 2^256 and not reduced.
func (k *key) digest(id, message []byte) *big.Int {
	return new(big.Int).SetBytes(sm3(k.za(id), message))
}

// signature is r and s, and what a verifier meets on the way to r again.
type signature struct{ r, s, e, x, t *big.Int }

// bytes is the form of IEEE P1363: r || s, 32 bytes each.
func (g signature) bytes() []byte { return join(g.r, g.s) }

func join(r, s *big.Int) []byte { return append(pad(r), pad(s)...) }

// sign is GB/T 32918.2 section 6.1 with the first nonce, counted from one that
// the message decides, whose signature is as wanted; nil wants nothing.
func (k *key) sign(id, message []byte, wanted func(signature) bool) signature {
	return k.signDigest(k.digest(id, message), message, wanted)
}

func (k *key) signDigest(e *big.Int, seed []byte, wanted func(signature) bool) signature {
	nonce := k.nonce(seed)
	inverse := new(big.Int).ModInverse(plus(k.d, one), n) // none for d = n-1: the caller's fault
	for at := base.multiply(nonce); ; nonce, at = plus(nonce, one), at.add(base) {
		r := modulo(plus(e, at.x), n)
		s := modulo(times(inverse, minus(nonce, times(r, k.d))), n)
		t := modulo(plus(r, s), n)
		g := signature{r: r, s: s, e: e, x: at.x, t: t}
		if r.Sign() > 0 && s.Sign() > 0 && t.Sign() > 0 && (wanted == nil || wanted(g)) {
			return g
		}
	}
}

// nonce is no secret: every run has to write the same bytes.
func (k *key) nonce(seed []byte) *big.Int {
	return plus(modulo(new(big.Int).SetBytes(sm3([]byte("nonce"), pad(k.d), seed)), minus(n, one)), one)
}

// verifies is GB/T 32918.2 section 7.1 for 64 bytes: the verdict that the set
// states is asked of this for every case, so that no case is wrong by its maker.
func (k *key) verifies(id, message, signature []byte) bool {
	if len(signature) != 64 {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	t := modulo(plus(r, s), n)
	if r.Sign() == 0 || r.Cmp(n) >= 0 || s.Sign() == 0 || s.Cmp(n) >= 0 || t.Sign() == 0 {
		return false
	}
	sum := base.multiply(s).add(k.q.multiply(t))
	return !sum.infinite() && modulo(plus(k.digest(id, message), sum.x), n).Cmp(r) == 0
}

// ecdsa is plain ECDSA over the same curve, which nothing may take for SM2.
func (k *key) ecdsa(digest []byte) []byte {
	nonce := k.nonce(digest)
	r := modulo(base.multiply(nonce).x, n)
	return join(r, over(plus(new(big.Int).SetBytes(digest), times(r, k.d)), nonce))
}
