package main

import "math/big"

// The curve of GB/T 32918.5: y^2 = x^3 + ax + b over the integers modulo p, with
// base point base of order n.
var (
	p    = integer("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff")
	a    = integer("fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc")
	b    = integer("28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93")
	n    = integer("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")
	base = point{
		integer("32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"),
		integer("bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"),
	}
	one, two = big.NewInt(1), big.NewInt(2)
)

// integer reads a constant of this program.
func integer(hexadecimal string) *big.Int {
	v, ok := new(big.Int).SetString(hexadecimal, 16)
	if !ok {
		panic("not hexadecimal: " + hexadecimal)
	}
	return v
}

// point is affine; nil coordinates are the point at infinity. Slow, and as the
// textbook has it: what this program writes has to be right, not fast.
type point struct{ x, y *big.Int }

func (q point) infinite() bool { return q.x == nil }

func (q point) negate() point {
	if q.infinite() {
		return q
	}
	return point{q.x, modulo(new(big.Int).Neg(q.y), p)}
}

func (q point) add(o point) point {
	switch {
	case q.infinite():
		return o
	case o.infinite():
		return q
	case q.x.Cmp(o.x) != 0:
		return q.chord(o, modulo(minus(o.y, q.y), p), modulo(minus(o.x, q.x), p))
	case q.y.Cmp(o.y) != 0 || q.y.Sign() == 0:
		return point{}
	}
	slope := times(q.x, q.x)
	slope.Add(slope.Mul(slope, big.NewInt(3)), a)
	return q.chord(o, slope, times(two, q.y))
}

// chord is the third point of the line through q and o, mirrored.
func (q point) chord(o point, rise, run *big.Int) point {
	slope := modulo(times(rise, new(big.Int).ModInverse(run, p)), p)
	x := modulo(minus(minus(times(slope, slope), q.x), o.x), p)
	return point{x, modulo(minus(times(slope, minus(q.x, x)), q.y), p)}
}

// multiply returns kq for any integer k, taken modulo n.
func (q point) multiply(k *big.Int) point {
	k = modulo(k, n)
	var sum point
	for i := k.BitLen() - 1; i >= 0; i-- {
		sum = sum.add(sum)
		if k.Bit(i) == 1 {
			sum = sum.add(q)
		}
	}
	return sum
}

// The following return new integers.

func modulo(v, m *big.Int) *big.Int { return new(big.Int).Mod(v, m) }
func plus(v, w *big.Int) *big.Int   { return new(big.Int).Add(v, w) }
func minus(v, w *big.Int) *big.Int  { return new(big.Int).Sub(v, w) }
func times(v, w *big.Int) *big.Int  { return new(big.Int).Mul(v, w) }

// over returns v/w modulo n.
func over(v, w *big.Int) *big.Int {
	return modulo(times(v, new(big.Int).ModInverse(modulo(w, n), n)), n)
}

// pad returns 32 bytes, big endian.
func pad(v *big.Int) []byte { return v.FillBytes(make([]byte, 32)) }
