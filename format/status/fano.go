package status

import (
	"iter"
	"math/bits"
)

const (
	hintZeros  = 256  // zeros to a hint
	groupBits  = 1024 // upper bits to an entry of the directory
	groupWords = groupBits / 64
	plainBits  = 0xff // width of a set that is a plain row of bits
	fanoBytes  = 48   // the struct itself
)

// fano is a set in the code of Elias and Fano: the low width bits of every member,
// packed, and the rest in unary. Bucket h is the members that have h there:
//
//	upper  = *bucket         ; ascending, up to that of the last member
//	bucket = *"1" "0"        ; a one for each of its members
//
// So the bucket of an index begins after as many zeros as there are buckets below
// it, and the ones before it say how many members are. Two small tables lead to
// that zero: the hints say where every 256th zero is, from which it is a few words;
// where clusters put many ones between, the directory, the zeros before each group
// of upper bits, is halved until it is a few words again. Where a row of one bit for
// each index is as short as all that, it takes its place.
type fano struct {
	words        []uint64 // hints and directory, 32 bits each; upper; lower
	count        uint32   // of members
	last         uint32   // the greatest of them
	directory    uint32   // hints before it
	upper, lower uint32   // words before them
	width        uint8    // or plainBits
}

// pack makes the code of count members, ascending up to last.
func pack(count, last uint32, members iter.Seq[uint32]) fano {
	if count == 0 {
		return fano{}
	}
	x := fano{count: count, last: last}
	x.layOut()
	rank := uint32(0)
	for member := range members {
		if x.width == plainBits {
			x.words[member/64] |= 1 << (member % 64)
			continue
		}
		at := member>>x.width + rank
		x.words[x.upper+at/64] |= 1 << (at % 64)
		x.setLow(rank, uint64(member)&(1<<x.width-1))
		rank++
	}
	if x.width != plainBits {
		x.fillTables()
	}
	return x
}

// layOut chooses the width, of equally good ones the smallest, and makes room.
func (x *fano) layOut() {
	x.width = plainBits
	least := uint64(x.last) + 1
	for width := uint8(1); width < 32; width++ {
		upper := x.upperBits(width)
		if size := upper + (upper/groupBits+uint64(x.last)>>width/hintZeros)*32 + uint64(x.count)*uint64(width); size < least {
			least, x.width = size, width
		}
	}
	if x.width == plainBits {
		x.words = make([]uint64, (least+63)/64)
		return
	}
	upper := x.upperBits(x.width)
	x.directory = x.last >> x.width / hintZeros
	x.upper = (x.directory + uint32((upper-1)/groupBits) + 1) / 2
	x.lower = x.upper + uint32((upper+63)/64)
	x.words = make([]uint64, x.lower+uint32((uint64(x.count)*uint64(x.width)+63)/64))
}

// upperBits is the length of the upper part: a bit for each member and a zero for
// each bucket.
func (x *fano) upperBits(width uint8) uint64 {
	return uint64(x.count) + uint64(x.last)>>width + 1
}

// fillTables writes the hints and the directory. Neither has an entry for the
// first, which is nought.
func (x *fano) fillTables() {
	zeros, hints := uint32(0), uint32(0)
	for i, word := range x.words[x.upper:x.lower] {
		at := uint32(i)
		if group := at / groupWords; at%groupWords == 0 && group > 0 {
			x.setHalf(x.directory+group-1, zeros)
		}
		before := zeros
		zeros += uint32(bits.OnesCount64(^word))
		if next := (hints + 1) * hintZeros; hints < x.directory && next < zeros {
			x.setHalf(hints, at*64+oneOf(^word, next-before))
			hints++
		}
	}
}

// hint is where the zero of rank i x hintZeros is, or the end of the upper part.
func (x *fano) hint(i uint32) uint32 {
	switch {
	case i == 0:
		return 0
	case i > x.directory:
		return (x.lower - x.upper) * 64
	}
	return x.half(i - 1)
}

// zerosBefore is the number of zeros before a group.
func (x *fano) zerosBefore(group uint32) uint32 {
	if group == 0 {
		return 0
	}
	return x.half(x.directory + group - 1)
}

func (x *fano) half(i uint32) uint32 { return uint32(x.words[i/2] >> (i % 2 * 32)) }

// setHalf sets an entry that is zero so far.
func (x *fano) setHalf(i, value uint32) { x.words[i/2] |= uint64(value) << (i % 2 * 32) }

// setLow sets the low bits of the member of that rank, which are zero so far.
func (x *fano) setLow(rank uint32, low uint64) {
	at := uint64(rank) * uint64(x.width)
	word := uint64(x.lower) + at/64
	x.words[word] |= low << (at % 64)
	if at%64+uint64(x.width) > 64 {
		x.words[word+1] |= low >> (64 - at%64)
	}
}

func (x *fano) low(rank uint32) uint32 {
	at := uint64(rank) * uint64(x.width)
	word := uint64(x.lower) + at/64
	low := x.words[word] >> (at % 64)
	if at%64+uint64(x.width) > 64 {
		low |= x.words[word+1] << (64 - at%64)
	}
	return uint32(low & (1<<x.width - 1))
}

// contains looks for index among the members of its bucket, which are ascending.
func (x *fano) contains(index uint32) bool {
	if x.count == 0 || index > x.last {
		return false
	}
	if x.width == plainBits {
		return x.words[index/64]>>(index%64)&1 == 1
	}
	bucket := index >> x.width
	begin := uint32(0)
	if bucket > 0 {
		begin = x.zero(bucket-1) + 1
	}
	low := index & (1<<x.width - 1)
	first := begin - bucket
	end := first + x.bucketSize(bucket, begin)
	// Members differ, so the i-th of a bucket is at least i from its floor, and as
	// much from its ceiling: in a full bucket one place is left to look at.
	first, end = max(first, end-min(end, 1<<x.width-low)), min(end, first+low+1)
	for first < end {
		middle := (first + end) / 2
		switch found := x.low(middle); {
		case found == low:
			return true
		case found < low:
			first = middle + 1
		default:
			end = middle
		}
	}
	return false
}

// bucketSize is the number of members of a bucket, whose ones begin there.
func (x *fano) bucketSize(bucket, begin uint32) uint32 {
	ones := uint32(bits.TrailingZeros64(^(x.words[x.upper+begin/64] >> (begin % 64))))
	if ones < 64-begin%64 {
		return ones
	}
	return x.zero(bucket) - begin
}

// zero returns where the zero of that rank is in the upper part.
func (x *fano) zero(rank uint32) uint32 {
	from, past := x.hint(rank/hintZeros), x.hint(rank/hintZeros+1)
	left := rank % hintZeros // zeros to pass
	if past-from > 2*groupBits {
		group := x.groupOf(rank, from/groupBits, past/groupBits+1)
		if begin := group * groupBits; begin > from {
			from, left = begin, rank-x.zerosBefore(group)
		}
	}
	at := from / 64
	word := ^x.words[x.upper+at] >> (from % 64) << (from % 64)
	for {
		zeros := uint32(bits.OnesCount64(word))
		if left < zeros {
			return at*64 + oneOf(word, left)
		}
		left -= zeros
		at++
		word = ^x.words[x.upper+at]
	}
}

// groupOf returns the group from low and below high with the zero of that rank.
func (x *fano) groupOf(rank, low, high uint32) uint32 {
	high = min(high, (x.lower-x.upper+groupWords-1)/groupWords)
	for high-low > 1 {
		if middle := (low + high) / 2; x.zerosBefore(middle) <= rank {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// oneOf returns where in word the one of that rank is, from the lowest: first the
// byte, by the sums of ones up to and with each, all compared at once (Vigna,
// "Broadword implementation of rank/select queries", 2008), then the bit.
func oneOf(word uint64, rank uint32) uint32 {
	const (
		bytes = 0x0101010101010101 // one in each
		tops  = bytes << 7
	)
	sums := word - word>>1&0x5555555555555555
	sums = sums&0x3333333333333333 + sums>>2&0x3333333333333333
	sums = (sums + sums>>4) & 0x0f0f0f0f0f0f0f0f * bytes
	at := uint32(bits.OnesCount64(((uint64(rank)*bytes|tops)-sums)&tops)) * 8
	rank -= uint32(sums << 8 >> at & 0xff)
	word >>= at
	for ; rank > 0; rank-- {
		word &= word - 1
	}
	return at + uint32(bits.TrailingZeros64(word))
}

func (x *fano) size() int { return fanoBytes + 8*cap(x.words) }

// fanoCursor goes over the members.
type fanoCursor struct {
	set  *fano
	rank uint32 // of the next member
	word uint64 // the rest of the upper word that is read
	next uint32 // number of the upper word after it
}

func (c *fanoCursor) step() (uint32, bool) {
	x := c.set
	if c.rank == x.count {
		return 0, false
	}
	for c.word == 0 {
		c.word = x.words[x.upper+c.next]
		c.next++
	}
	at := (c.next-1)*64 + uint32(bits.TrailingZeros64(c.word))
	c.word &= c.word - 1
	rank := c.rank
	c.rank++
	if x.width == plainBits {
		return at, true
	}
	return (at-rank)<<x.width | x.low(rank), true
}
