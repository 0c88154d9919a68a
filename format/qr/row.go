package qr

import "math/bits"

// row is a row of modules: module x is bit x, and 1 is dark. A struct and not an
// array, since the compiler keeps only the fields of structs in registers.
type row struct{ low, middle, high uint64 }

func (r row) at(x int) bool {
	switch x >> 6 {
	case 0:
		return r.low>>(x&63)&1 != 0
	case 1:
		return r.middle>>(x&63)&1 != 0
	}
	return r.high>>(x&63)&1 != 0
}

func (r *row) set(x int) {
	switch bit := uint64(1) << (x & 63); x >> 6 {
	case 0:
		r.low |= bit
	case 1:
		r.middle |= bit
	default:
		r.high |= bit
	}
}

func (r row) xor(o row) row { return row{r.low ^ o.low, r.middle ^ o.middle, r.high ^ o.high} }

func (r row) and(o row) row { return row{r.low & o.low, r.middle & o.middle, r.high & o.high} }
func (r row) or(o row) row  { return row{r.low | o.low, r.middle | o.middle, r.high | o.high} }
func (r row) not() row      { return row{^r.low, ^r.middle, ^r.high} }

// from has at x what r has at x+n; n is 1 to 63.
func (r row) from(n int) row {
	return row{r.low>>n | r.middle<<(64-n), r.middle>>n | r.high<<(64-n), r.high >> n}
}

// to has at x what r has at x-n; n is 1 to 63.
func (r row) to(n int) row {
	return row{r.low << n, r.middle<<n | r.low>>(64-n), r.high<<n | r.middle>>(64-n)}
}

func (r row) count() int {
	return bits.OnesCount64(r.low) + bits.OnesCount64(r.middle) + bits.OnesCount64(r.high)
}

// firstModules has the modules 0 to n-1.
func firstModules(n int) row {
	ones := func(n int) uint64 { return 1<<max(0, min(n, 64)) - 1 }
	return row{ones(n), ones(n - 64), ones(n - 128)}
}
