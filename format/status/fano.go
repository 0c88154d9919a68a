package status

import (
	"iter"
	"math/bits"
)

const (
	groupWords = 8               // upper words of a directory entry
	groupBits  = groupWords * 64 // one entry of 32 bits for so many costs a sixteenth
	plainBits  = 0xff            // width of a set that is a plain row of bits
	fanoBytes  = 48              // the struct itself
)

// fano is a set in the code of Elias and Fano: the low width bits of every member,
// packed, and the rest in unary. Bucket h is the members that have h there:
//
//	upper = *bucket          ; in ascending order, up to that of the last member
//	bucket = *"1" "0"        ; a one for each of its members
//
// So the bucket of an index begins after as many zeros as there are buckets below
// it, and the ones before it say how many members are. The directory, the zeros
// before each group of upper words but the first, leads to that zero. Where a row
// of one bit for each index is as short as that, it takes its place.
type fano struct {
	words        []uint64 // directory, upper, lower
	count        uint32   // of members
	last         uint32   // the greatest of them
	upper, lower uint32   // words before them
	width        uint8    // or plainBits
}

// pack makes the code of ascending members, over which it goes twice.
func pack(members iter.Seq[uint32]) fano {
	var x fano
	for member := range members {
		x.last = member
		x.count++
	}
	if x.count == 0 {
		return fano{}
	}
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
	x.fillDirectory()
	return x
}

// layOut chooses the width, of equally good ones the smallest, and makes room.
func (x *fano) layOut() {
	x.width = plainBits
	least := uint64(x.last) + 1
	for width := uint8(1); width <= 32; width++ {
		upper := x.upperBits(width)
		if size := upper + upper/groupBits*32 + uint64(x.count)*uint64(width); size < least {
			least, x.width = size, width
		}
	}
	if x.width == plainBits {
		x.words = make([]uint64, (least+63)/64)
		return
	}
	upper := x.upperBits(x.width)
	x.upper = (x.groups() - 1 + 1) / 2
	x.lower = x.upper + uint32((upper+63)/64)
	x.words = make([]uint64, x.lower+uint32((uint64(x.count)*uint64(x.width)+63)/64))
}

// upperBits is the length of the upper part: a bit for each member and a zero for
// each bucket.
func (x *fano) upperBits(width uint8) uint64 {
	return uint64(x.count) + uint64(x.last)>>width + 1
}

// groups is the number of groups of upper words.
func (x *fano) groups() uint32 {
	return uint32((x.upperBits(x.width) + groupBits - 1) / groupBits)
}

func (x *fano) fillDirectory() {
	if x.width == plainBits {
		return
	}
	zeros := uint32(0)
	for group := uint32(1); group < x.groups(); group++ {
		for _, word := range x.words[x.upper+(group-1)*groupWords:][:groupWords] {
			zeros += uint32(bits.OnesCount64(^word))
		}
		x.words[(group-1)/2] |= uint64(zeros) << ((group - 1) % 2 * 32)
	}
}

// zerosBefore is the number of zeros in the upper part before a group.
func (x *fano) zerosBefore(group uint32) uint32 {
	if group == 0 {
		return 0
	}
	return uint32(x.words[(group-1)/2] >> ((group - 1) % 2 * 32))
}

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
	first := begin - bucket
	end := first + x.bucketSize(bucket, begin)
	low := index & (1<<x.width - 1)
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
	group := x.groupOf(rank)
	rank -= x.zerosBefore(group)
	for at := group * groupWords; ; at++ {
		word := ^x.words[x.upper+at]
		zeros := uint32(bits.OnesCount64(word))
		if rank < zeros {
			return at*64 + oneOf(word, rank)
		}
		rank -= zeros
	}
}

// groupOf returns the group with the zero of that rank. In uniform sets it is near
// where the rank alone says; from there the way is doubled until it is between two
// groups, and then halved, so that no set takes more than two steps for each bit
// of their number.
func (x *fano) groupOf(rank uint32) uint32 {
	groups := x.groups()
	low := uint32(uint64(rank) * uint64(groups) / (uint64(x.last>>x.width) + 1))
	high := low + 1
	if x.zerosBefore(low) <= rank {
		for step := uint32(1); high < groups && x.zerosBefore(high) <= rank; step *= 2 {
			low, high = high, min(high+step, groups)
		}
	} else {
		for step := uint32(1); x.zerosBefore(low) > rank; step *= 2 {
			low, high = low-min(step, low), low
		}
	}
	for high-low > 1 {
		if middle := (low + high) / 2; x.zerosBefore(middle) <= rank {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// oneOf returns where in word the one of that rank is, from the lowest.
func oneOf(word uint64, rank uint32) uint32 {
	at := uint32(0)
	for half := uint32(32); half >= 8; half /= 2 {
		if ones := uint32(bits.OnesCount64(word & (1<<half - 1))); rank >= ones {
			rank -= ones
			word >>= half
			at += half
		}
	}
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
