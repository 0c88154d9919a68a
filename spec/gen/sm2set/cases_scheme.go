package main

import (
	"bytes"
	"crypto/sha256"
	"math/big"
	"slices"
)

// identities are of signatures over another identity, and over what an
// implementation may take for ZA.
func (s *suite) identities() {
	k := s.key
	for _, id := range []string{"12345678", "123456781234567", "1234567812345679", "12345678123456781", "ALICE123@YAHOO.COM", "default", "\x00", "标识"} {
		g := k.sign([]byte(id), sample, nil).bytes()
		s.invalid("WrongIdentity", "signed with the identity "+quote(id), sample, g)
		s.other("OtherIdentity", "identity "+quote(id), []byte(id), sample, g, true)
	}
	long := bytes.Repeat([]byte("8191 "), 1639)[:8191]
	for comment, id := range pairs("the longest identity, 8191 bytes", long, "identity of 8190 bytes", long[:8190]) {
		s.other("OtherIdentity", comment, id, sample, k.sign(id, sample, nil).bytes(), true)
	}
	s.other("WrongIdentity", "signed with the default, identity ALICE123@YAHOO.COM", []byte("ALICE123@YAHOO.COM"), sample, k.sign(defaultID, sample, nil).bytes(), false)
	empty := k.sign(nil, sample, nil).bytes()
	s.other("EmptyIdentity", "the empty identity", nil, sample, empty, true)
	s.other("EmptyIdentity", "signed with the default, identity empty", nil, sample, k.sign(defaultID, sample, nil).bytes(), false)
	s.invalid("EmptyIdentity", "signed with the empty identity", sample, empty)

	curve := slices.Concat(pad(a), pad(b), pad(base.x), pad(base.y))
	x, y, length := pad(k.q.x), pad(k.q.y), []byte{0, 128}
	other := newKey("", integer("128b2fa8bd433c6c068c8d803dff79792a519a55171b1b650c23661d15897263"))
	mirrored := newKey("", minus(n, k.d))
	for _, c := range []struct {
		comment string
		digest  []byte
	}{
		{"no ZA: e = SM3(M)", sm3(sample)},
		{"ZA of another key", sm3(other.za(defaultID), sample)},
		{"ZA of -Q", sm3(mirrored.za(defaultID), sample)},
		{"ENTL in bytes", sm3(sm3([]byte{0, 16}, defaultID, curve, x, y), sample)},
		{"ENTL little endian", sm3(sm3([]byte{128, 0}, defaultID, curve, x, y), sample)},
		{"ZA without ENTL", sm3(sm3(defaultID, curve, x, y), sample)},
		{"ZA without the curve", sm3(sm3(length, defaultID, x, y), sample)},
		{"ZA without a and b", sm3(sm3(length, defaultID, pad(base.x), pad(base.y), x, y), sample)},
		{"ZA with y before x", sm3(sm3(length, defaultID, curve, y, x), sample)},
		{"ZA with the prefix of the point", sm3(sm3(length, defaultID, curve, []byte{4}, x, y), sample)},
		{"ZA with its inputs, not hashed", sm3(length, defaultID, curve, x, y, sample)},
		{"ZA after the message", sm3(sample, k.za(defaultID))},
		{"e = SM3(ZA || SM3(M))", sm3(k.za(defaultID), sm3(sample))},
		{"e = SM3(SM3(ZA || M))", sm3(sm3(k.za(defaultID), sample))},
		{"e = SHA-256(ZA || M)", sha256Of(k.za(defaultID), sample)},
		{"e = SHA-256(M)", sha256Of(sample)},
		{"e = ZA", k.za(defaultID)},
		{"e = 0", nil},
	} {
		s.invalid("WrongIdentity", c.comment, sample, k.signDigest(new(big.Int).SetBytes(c.digest), []byte(c.comment), nil).bytes())
	}
	s.invalid("WrongIdentity", "signed with another key", sample, other.sign(defaultID, sample, nil).bytes())
	s.invalid("WrongIdentity", "signed with another key over ZA of this one", sample,
		other.signDigest(k.digest(defaultID, sample), sample, nil).bytes())
}

func quote(id string) string {
	if id == "\x00" {
		return "of one zero byte"
	}
	return id
}

func sha256Of(parts ...[]byte) []byte {
	digest := sha256.Sum256(slices.Concat(parts...))
	return digest[:]
}

// schemes are ECDSA, and formulas that differ from those of SM2 in one place.
func (s *suite) schemes() {
	k := s.key
	digest := pad(k.digest(defaultID, sample))
	for comment, e := range pairs("SM3(ZA || M)", digest, "SM3(M)", sm3(sample), "SHA-256(M)", sha256Of(sample), "SHA-256(ZA || M)", sha256Of(k.za(defaultID), sample)) {
		s.invalid("WrongScheme", "ECDSA over "+comment, sample, k.ecdsa(e))
	}
	e, nonce := k.digest(defaultID, sample), k.nonce([]byte("scheme"))
	at := base.multiply(nonce)
	d1 := plus(k.d, one)
	r := modulo(plus(e, at.x), n)
	sm2 := func(r *big.Int) *big.Int { return over(minus(nonce, times(r, k.d)), d1) }
	for _, c := range []struct {
		comment string
		r, s    *big.Int
	}{
		{"r = x1 without e", modulo(at.x, n), sm2(modulo(at.x, n))},
		{"r = e + y1", modulo(plus(e, at.y), n), sm2(modulo(plus(e, at.y), n))},
		{"r = e - x1", modulo(minus(e, at.x), n), sm2(modulo(minus(e, at.x), n))},
		{"r = x1 - e", modulo(minus(at.x, e), n), sm2(modulo(minus(at.x, e), n))},
		{"r = e", modulo(e, n), sm2(modulo(e, n))},
		{"s = k - rd, not divided by 1 + d", r, modulo(minus(nonce, times(r, k.d)), n)},
		{"s = (k + rd)/(1 + d)", r, over(plus(nonce, times(r, k.d)), d1)},
		{"s = (k - rd)/d", r, over(minus(nonce, times(r, k.d)), k.d)},
		{"s = k - rd/(1 + d)", r, modulo(minus(nonce, over(times(r, k.d), d1)), n)},
		{"s = k - td: t for r", r, over(minus(nonce, times(k.d, plus(r, r))), one)},
		{"s of Schnorr, k + rd", r, modulo(plus(nonce, times(r, k.d)), n)},
		{"s = (e + rd)/k with r of SM2", r, over(plus(e, times(r, k.d)), nonce)},
		{"s = k: t = s, no key", r, nonce},
	} {
		s.invalid("WrongScheme", c.comment, sample, join(c.r, c.s))
	}
}

// pairs yields names and digests in the order given.
func pairs(list ...any) func(func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for i := 0; i < len(list); i += 2 {
			if !yield(list[i].(string), list[i+1].([]byte)) {
				return
			}
		}
	}
}
