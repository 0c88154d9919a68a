package series

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// A row says which blocks a frame is the sum of: bit i, counted from the most
// significant of each byte, for block i. Bits behind the last block are zero.

func rowBytes(count int) int { return (count + 7) / 8 }

// appendRow appends the row of a frame (SERIES-21).
func appendRow(dst []byte, session ID, sequence uint32, count int) []byte {
	start := len(dst)
	if int64(sequence) < int64(count) {
		return appendUnit(dst, int(sequence), count)
	}
	var input [len(session) + 4 + 1]byte
	copy(input[:], session[:])
	binary.BigEndian.PutUint32(input[len(session):], sequence)
	need := rowBytes(count)
	for len(dst)-start < need {
		sum := sha256.Sum256(input[:])
		dst = append(dst, sum[:min(len(sum), need-(len(dst)-start))]...)
		input[len(input)-1]++
	}
	row := dst[start:]
	row[need-1] &= 0xff << (8*need - count)
	if leadingZeros(row) == 8*need {
		return appendUnit(dst[:start], int(sequence%uint32(count)), count)
	}
	return dst
}

// appendUnit appends the row with the one bit i.
func appendUnit(dst []byte, i, count int) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, rowBytes(count))...)
	dst[start+i/8] = 0x80 >> (i % 8)
	return dst
}

func hasBit(row []byte, i int) bool { return row[i/8]<<(i%8)&0x80 != 0 }

// leadingZeros returns the place of the first one of a row, or the number of its
// bits when there is none.
func leadingZeros(row []byte) int {
	for i, b := range row {
		if b != 0 {
			return 8*i + bits.LeadingZeros8(b)
		}
	}
	return 8 * len(row)
}
