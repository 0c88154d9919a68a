package main

import (
	"bytes"
	"fmt"
	"math/big"
)

var sample = []byte("message digest")

// standardNonce is k of the example in GM/T 0003.5 annex A.
var standardNonce = integer("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21")

func (s *suite) messages() {
	k := s.key
	e := k.digest(defaultID, sample)
	r := modulo(plus(e, base.multiply(standardNonce).x), n)
	example := signature{r: r, s: over(minus(standardNonce, times(r, k.d)), plus(k.d, one))}
	s.valid("Normal", "example of GM/T 0003.5 annex A", sample, example)
	s.valid("Normal", "another nonce", sample, k.sign(defaultID, sample, nil))
	for _, length := range []int{0, 1, 22, 23, 24, 31, 32, 33, 55, 56, 63, 64, 65, 86, 87, 88, 95, 96, 97, 128, 151, 152, 1024} {
		message := bytes.Repeat([]byte{0xa5}, length)
		s.valid("MessageLength", fmt.Sprintf("message of %d bytes", length), message, k.sign(defaultID, message, nil))
	}
	zero := []byte{0}
	s.valid("Normal", "message of a zero byte", zero, k.sign(defaultID, zero, nil))
	text := []byte("通行")
	s.valid("Normal", "message in UTF-8", text, k.sign(defaultID, text, nil))
	ones := bytes.Repeat([]byte{0xff}, 32)
	s.valid("Normal", "message of ones", ones, k.sign(defaultID, ones, nil))
}

func shorter(v *big.Int, bits int) bool { return v.BitLen() <= 256-bits }

// below tells whether v < 2^256, that is, whether an addition has no carry.
func below(v *big.Int) bool { return v.BitLen() <= 256 }

// arithmetic searches nonces: the messages are fixed.
func (s *suite) arithmetic() {
	for _, c := range []struct {
		comment string
		wanted  func(signature) bool
	}{
		{"short r", func(g signature) bool { return shorter(g.r, 8) }},
		{"short s", func(g signature) bool { return shorter(g.s, 8) }},
		{"r two bytes short", func(g signature) bool { return shorter(g.r, 14) }},
		{"s two bytes short", func(g signature) bool { return shorter(g.s, 14) }},
		{"short r and short s", func(g signature) bool { return shorter(g.r, 8) && shorter(g.s, 6) }},
		{"short t", func(g signature) bool { return shorter(g.t, 8) }},
		{"short x1", func(g signature) bool { return shorter(g.x, 8) }},
		{"r with the highest bit, s without", func(g signature) bool { return g.r.Bit(255) == 1 && g.s.Bit(255) == 0 }},
		{"s with the highest bit, r without", func(g signature) bool { return g.r.Bit(255) == 0 && g.s.Bit(255) == 1 }},
		{"r and s with the highest bit", func(g signature) bool { return g.r.Bit(255) == 1 && g.s.Bit(255) == 1 }},
		{"r and s without the highest bit", func(g signature) bool { return g.r.Bit(255) == 0 && g.s.Bit(255) == 0 }},
		{"r begins with ff", func(g signature) bool { return g.r.Bit(255) == 1 && shorter(minus(n, g.r), 8) }},
		{"s begins with ff", func(g signature) bool { return g.s.Bit(255) == 1 && shorter(minus(n, g.s), 8) }},
		{"e + x1 below n", func(g signature) bool { return plus(g.e, g.x).Cmp(n) < 0 }},
		{"e + x1 beyond n and 2^256", func(g signature) bool { return !below(plus(g.e, g.x)) }},
		{"r + s below n", func(g signature) bool { return plus(g.r, g.s).Cmp(n) < 0 }},
		{"r + s beyond n and 2^256", func(g signature) bool { return !below(plus(g.r, g.s)) }},
		{"r below e", func(g signature) bool { return g.r.Cmp(g.e) < 0 }},
		{"s even, t odd", func(g signature) bool { return g.s.Bit(0) == 0 && g.t.Bit(0) == 1 }},
		{"s odd, t even", func(g signature) bool { return g.s.Bit(0) == 1 && g.t.Bit(0) == 0 }},
		{"s ends in a zero byte", func(g signature) bool { return g.s.Bytes()[len(g.s.Bytes())-1] == 0 }},
		{"r ends in a zero byte", func(g signature) bool { return g.r.Bytes()[len(g.r.Bytes())-1] == 0 }},
		{"r = s in the first byte", func(g signature) bool { return pad(g.r)[0] == pad(g.s)[0] }},
	} {
		message := []byte("arithmetic: " + c.comment)
		s.valid("Arithmetic", c.comment, message, s.key.sign(defaultID, message, c.wanted))
	}
	s.hashes()
}

// hashes has messages that were searched for once: one in 2^32 is as wanted.
func (s *suite) hashes() {
	for _, c := range extremeHashes {
		message := c.message
		e := s.key.digest(defaultID, message)
		if !c.holds(e) {
			panic(fmt.Sprintf("%s: e = %x", c.comment, e))
		}
		s.valid("HashBeyondOrder", c.comment, message, s.key.sign(defaultID, message, nil))
		s.valid("HashBeyondOrder", c.comment+", short r", message, s.key.sign(defaultID, message, func(g signature) bool { return shorter(g.r, 8) }))
		s.invalid("HashBeyondOrder", c.comment+", r of e truncated to 31 bytes", message,
			s.key.signDigest(new(big.Int).Rsh(e, 8), message, nil).bytes())
	}
	for i := 0; ; i++ {
		message := fmt.Appendf(nil, "e is short: %d", i)
		if e := s.key.digest(defaultID, message); shorter(e, 16) {
			s.valid("Arithmetic", "e two bytes short", message, s.key.sign(defaultID, message, nil))
			return
		}
	}
}
