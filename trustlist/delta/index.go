package delta

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

const (
	// shortest is the shortest copy that is looked for: a triple takes three bytes.
	shortest = 4
	// reach is how many places to either side are looked at.
	reach = 8

	leastBits = 8
	mostBits  = 22
)

// index finds the places of the old bundle where some four bytes stand.
type index struct {
	old    []byte
	shift  int
	begin  []int32 // by hash: where its places begin in places
	places []int32 // all places of old, by hash, ascending within one
}

// newIndex sorts the places of old by the hash of the four bytes that stand
// there.
func newIndex(old []byte) *index {
	size := min(max(bits.Len(uint(len(old))), leastBits), mostBits)
	x := &index{old: old, shift: 32 - size, begin: make([]int32, 1<<size+1)}
	last := len(old) - shortest
	for i := 0; i <= last; i++ {
		x.begin[x.hash(old[i:])+1]++
	}
	for i := 1; i < len(x.begin); i++ {
		x.begin[i] += x.begin[i-1]
	}
	x.places = make([]int32, max(0, last+1))
	next := slices.Clone(x.begin)
	for i := 0; i <= last; i++ {
		h := x.hash(old[i:])
		x.places[next[h]] = int32(i)
		next[h]++
	}
	return x
}

func (x *index) hash(data []byte) uint32 {
	return binary.LittleEndian.Uint32(data) * 2654435761 >> x.shift
}

// near returns the places with the hash of the first four bytes of data that are
// nearest to around, reach of them to either side. Other bytes may have the same
// hash.
func (x *index) near(data []byte, around int) []int32 {
	h := x.hash(data)
	places := x.places[x.begin[h]:x.begin[h+1]]
	i, _ := slices.BinarySearch(places, int32(around))
	return places[max(0, i-reach):min(len(places), i+reach)]
}

// common returns how many bytes a and b begin with alike.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if d := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); d != 0 {
			return i + bits.TrailingZeros64(d)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// commonEnd returns how many bytes a and b end with alike.
func commonEnd(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
