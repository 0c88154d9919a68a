package main

import (
	"fmt"
	"math/big"
)

// coincidences are sG = tQ and sG = -tQ. s = +-td; r = t - s. With x1 taken for
// c the verifier accepts r = e + c, which gives t = (e + c)/(1 -+ d). No t gives
// a signature that is valid: with the right x1, r = e + x1 would be an equation
// between the hash and the curve, and the hash depends on the key through ZA.
func (s *suite) coincidences() {
	e, ofNothing := s.key.digest(defaultID, sample), s.key.digest(defaultID, nil)
	for _, infinite := range []bool{false, true} {
		s.coincidence(sample, "r = e", e, infinite)
		s.coincidence(sample, "r = e + 1", plus(e, one), infinite)
		s.coincidence(nil, "r = e, no message", ofNothing, infinite)
		s.coincidence(nil, "r = e + 1, no message", plus(ofNothing, one), infinite)
	}
	for i, r := range []*big.Int{one, two, minus(n, one), s.key.nonce([]byte("coincidence"))} {
		name := []string{"r = 1", "r = 2", "r = n-1", "some r"}[i]
		s.coincidence(sample, name, r, false)
		s.coincidence(sample, name, r, true)
	}
}

// coincidence adds the signature with the given r for which sG = tQ, or -tQ. It
// adds none where there is none: Q = G has no sG = tQ, Q = -G no sG = -tQ.
func (s *suite) coincidence(message []byte, name string, r *big.Int, infinite bool) {
	flag, relation, d := "PointDuplication", "sG = tQ", s.key.d
	if infinite {
		flag, relation, d = "PointAtInfinity", "sG = -tQ", minus(n, s.key.d)
	}
	r = modulo(r, n)
	if divisor := modulo(minus(one, d), n); divisor.Sign() != 0 {
		t := over(r, divisor)
		s.invalid(flag, relation+", "+name, message, join(r, modulo(times(t, d), n)))
	}
}

// smallMultiples are the keys Q = +-1 G to +-5 G. -G has d = n - 1, which GB/T
// 32918.1 excludes: 1 + d has no inverse and nobody can sign. Whether a reader
// refuses the key or the signature, nothing is valid under it.
func smallMultiples() []*suite {
	var all []*suite
	for _, d := range []int64{1, -1, 2, -2, 3, -3, 4, -4, 5, -5} {
		s := &suite{key: newKey(fmt.Sprintf("Q = %dG", d), big.NewInt(d))}
		if d == -1 {
			s.invalid("SmallMultiple", "r = e, s = 1", sample, join(modulo(s.key.digest(defaultID, sample), n), one))
			s.invalid("SmallMultiple", "signature for Q = G", sample, newKey("", one).sign(defaultID, sample, nil).bytes())
		} else {
			s.normal("SmallMultiple")
		}
		e := s.key.digest(defaultID, sample)
		s.coincidence(sample, "r = e", e, false)
		s.coincidence(sample, "r = e", e, true)
		s.invalid("SumIsOrder", "r = e, s = n - e", sample, join(modulo(e, n), modulo(new(big.Int).Neg(e), n)))
		all = append(all, s)
	}
	return all
}

// normal adds valid signatures of the usual and of short forms, and a twin.
func (s *suite) normal(flag string) {
	g := s.key.sign(defaultID, sample, nil)
	s.valid(flag, "a signature", sample, g)
	other := []byte("another message")
	s.valid(flag, "short s", other, s.key.sign(defaultID, other, func(g signature) bool { return shorter(g.s, 8) }))
	third := []byte("a third message")
	s.valid(flag, "short t", third, s.key.sign(defaultID, third, func(g signature) bool { return shorter(g.t, 8) }))
	s.invalid(flag, "twin r, n-s", sample, join(g.r, minus(n, g.s)))
	s.invalid(flag, "signed with d + 7", sample, newKey("", plus(s.key.d, big.NewInt(7))).signDigest(g.e, sample, nil).bytes())
}

// edgeKeys have a special d, or a short coordinate.
func edgeKeys() []*suite {
	half := over(one, two)
	shortX := findKey("Q with a short x", func(q point) bool { return shorter(q.x, 8) })
	shortY := findKey("Q with a short y", func(q point) bool { return shorter(q.y, 8) })
	var all []*suite
	for _, k := range []*key{
		newKey("d = 1/2", half), newKey("d = -1/2", minus(n, half)),
		newKey("d = 2^128", new(big.Int).Lsh(one, 128)), newKey("d = 2^255", new(big.Int).Lsh(one, 255)),
		newKey("d = 16", big.NewInt(16)), newKey("d = 2^64 - 1", minus(new(big.Int).Lsh(one, 64), one)),
		shortX, shortY,
	} {
		s := &suite{key: k}
		s.normal("EdgeCasePublicKey")
		e := k.digest(defaultID, sample)
		s.coincidence(sample, "r = e", e, false)
		s.coincidence(sample, "r = e", e, true)
		all = append(all, s)
	}
	return all
}

// findKey counts d up from a hundred.
func findKey(comment string, wanted func(point) bool) *key {
	for d := int64(100); ; d++ {
		if q := base.multiply(big.NewInt(d)); wanted(q) {
			return newKey(comment, big.NewInt(d))
		}
	}
}
