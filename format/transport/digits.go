package transport

import "strings"

const (
	blockBytes  = 7
	blockDigits = 17
)

// tailDigits is the number of digits for 0 to 7 bytes: as many as the largest
// value of that many bytes has.
var tailDigits = [blockBytes + 1]int{0, 3, 5, 8, 10, 13, 15, blockDigits}

// tailBytes is the number of bytes for 0 to 16 digits, or -1 for a number of
// digits that is no tail.
var tailBytes = newTailBytes()

func newTailBytes() (bytes [blockDigits]int) {
	for i := range bytes {
		bytes[i] = -1
	}
	for n, digits := range tailDigits[:blockBytes] {
		bytes[digits] = n
	}
	return bytes
}

// digitsLength returns the number of digits for n bytes.
func digitsLength(n int) int { return n/blockBytes*blockDigits + tailDigits[n%blockBytes] }

// appendBlocks appends the digits of data to dst.
func appendBlocks(dst, data []byte) []byte {
	start := len(dst)
	dst = extend(dst, digitsLength(len(data)))
	out := dst[start:]
	for len(data) > 0 {
		n := min(len(data), blockBytes)
		putDigits(out[:tailDigits[n]], bigEndian(data[:n]))
		data, out = data[n:], out[tailDigits[n]:]
	}
	return dst
}

// putDigits writes value into out, zero padded on the left. Two digits at a
// time, as the division is what costs.
func putDigits(out []byte, value uint64) {
	for len(out) >= 2 {
		rest := value / 100
		two := value - rest*100
		tens := two / 10
		out[len(out)-2], out[len(out)-1] = byte('0'+tens), byte('0'+two-tens*10)
		value, out = rest, out[:len(out)-2]
	}
	if len(out) == 1 {
		out[0] = byte('0' + value)
	}
}

func bigEndian(data []byte) (value uint64) {
	for _, b := range data {
		value = value<<8 | uint64(b)
	}
	return value
}

// decodeBlocks returns the bytes of a run of digits. The offset of the error
// counts from the beginning of the run.
func decodeBlocks(digits string) ([]byte, *DamagedError) {
	tail := tailBytes[len(digits)%blockDigits]
	if tail < 0 {
		// A wrong character, if there is one, says more than the length.
		if rest := strings.TrimLeft(digits, "0123456789"); rest != "" {
			return nil, &DamagedError{Offset: len(digits) - len(rest), Problem: WrongCharacter}
		}
		return nil, &DamagedError{Offset: len(digits), Problem: WrongLength}
	}
	data := make([]byte, len(digits)/blockDigits*blockBytes+tail)
	for in, out := digits, data; len(in) > 0; {
		group, room := in[:min(len(in), blockDigits)], out[:min(len(out), blockBytes)]
		value, wrong := parseDigits(group)
		at := len(digits) - len(in)
		if wrong >= 0 {
			return nil, &DamagedError{Offset: at + wrong, Problem: WrongCharacter}
		}
		if value>>(8*len(room)) != 0 {
			return nil, &DamagedError{Offset: at, Problem: Overflow}
		}
		putBigEndian(room, value)
		in, out = in[len(group):], out[len(room):]
	}
	return data, nil
}

// parseDigits returns the value of at most 17 digits, which 64 bits hold, and
// the offset of the first character that is no digit, or -1.
func parseDigits(group string) (value uint64, wrong int) {
	for i := range len(group) {
		digit := group[i] - '0'
		if digit > 9 {
			return 0, i
		}
		value = value*10 + uint64(digit)
	}
	return value, -1
}

func putBigEndian(out []byte, value uint64) {
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = byte(value)
		value >>= 8
	}
}
