// Package permutation gives a keyed order to the whole numbers below a size:
// what comes out for 0, 1, 2, ... looks drawn at random, never repeats, and can
// be turned back with the key alone. A registry hands out references with it,
// so that a reference tells neither how many were issued before it nor when,
// without a table of what is taken.
//
// It is format-preserving encryption of the kind of NIST SP 800-38G's FF1: a
// Feistel network of ten rounds, with cycle walking into the exact size. The
// halves of a number x are x / right and x mod right, where left x right is the
// smallest near-square rectangle of at least size places; a round adds a secret
// function of one half to the other, modulo the other's range. The secret
// functions are tables filled from an AES-256-CTR key stream, so that a number
// costs ten additions and no cipher call.
//
// With the key 000102...1f and a size of 1,048,576 the numbers 0, 1, 2 become
// 32651, 833808 and 852362.
//
// The mapping of a key and a size is final: a later one that differs would hand
// out references a second time. testdata/answers.json pins it.
package permutation

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

const (
	// KeySize is the length of a key in bytes.
	KeySize = 32
	// MaxSize is the largest size. A half is then below 2^16, and the tables
	// take 1.3 MB.
	MaxSize = 1 << 32

	// rounds is the number that FF1 uses. Fewer than eight are within reach of
	// published attacks on small domains.
	rounds = 10
)

// Permutation is a bijection on the whole numbers below its size. It is
// immutable and safe for concurrent use; Apply and Invert do not allocate.
type Permutation struct {
	size        uint64
	left, right uint64
	tables      [rounds][]uint16
}

// New returns the permutation of a key over 0 to size-1; size is 1 to MaxSize.
func New(key [KeySize]byte, size uint64) (*Permutation, error) {
	if size < 1 || size > MaxSize {
		return nil, fmt.Errorf("permutation: size %d is not within 1 to %d", size, uint64(MaxSize))
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("permutation: %w", err)
	}
	p := &Permutation{size: size, left: ceilRoot(size)}
	p.right = (size + p.left - 1) / p.left
	stream := cipher.NewCTR(block, make([]byte, aes.BlockSize))
	for i := range p.tables {
		if i%2 == 0 {
			p.tables[i] = fill(stream, p.right, p.left)
		} else {
			p.tables[i] = fill(stream, p.left, p.right)
		}
	}
	return p, nil
}

// fill draws n numbers below bound, eight bytes of the stream each: the
// remainder favours none of them by more than bound in 2^64.
func fill(stream cipher.Stream, n, bound uint64) []uint16 {
	raw := make([]byte, 8*n)
	stream.XORKeyStream(raw, raw)
	table := make([]uint16, n)
	for i := range table {
		table[i] = uint16(binary.BigEndian.Uint64(raw[8*i:]) % bound)
	}
	return table
}

// ceilRoot returns the smallest whole number whose square is at least n.
func ceilRoot(n uint64) uint64 {
	low, high := uint64(1), uint64(1<<16)
	for low < high {
		middle := (low + high) / 2
		if middle*middle >= n {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// Size returns the number of places.
func (p *Permutation) Size() uint64 { return p.size }

// Apply returns the place of x; ok is false when x is not below the size.
func (p *Permutation) Apply(x uint64) (place uint64, ok bool) {
	if x >= p.size {
		return 0, false
	}
	// The rectangle exceeds the size by less than one column, so a walk leaves
	// the range about once in a thousand numbers, and always comes back.
	for {
		if x = p.forward(x); x < p.size {
			return x, true
		}
	}
}

// Invert returns the number whose place is given; ok is false when the place is
// not below the size.
func (p *Permutation) Invert(place uint64) (x uint64, ok bool) {
	if place >= p.size {
		return 0, false
	}
	for {
		if place = p.backward(place); place < p.size {
			return place, true
		}
	}
}

func (p *Permutation) forward(x uint64) uint64 {
	l, r := x/p.right, x%p.right
	for i := 0; i < rounds; i += 2 {
		l += uint64(p.tables[i][r])
		if l >= p.left {
			l -= p.left
		}
		r += uint64(p.tables[i+1][l])
		if r >= p.right {
			r -= p.right
		}
	}
	return l*p.right + r
}

func (p *Permutation) backward(x uint64) uint64 {
	l, r := x/p.right, x%p.right
	for i := rounds - 2; i >= 0; i -= 2 {
		f := uint64(p.tables[i+1][l])
		if r < f {
			r += p.right
		}
		r -= f
		f = uint64(p.tables[i][r])
		if l < f {
			l += p.left
		}
		l -= f
	}
	return l*p.right + r
}
