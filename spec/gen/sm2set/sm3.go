package main

import (
	"encoding/binary"
	"math/bits"
)

// sm3 is the hash of GB/T 32905-2016, written out once more: the libraries that
// the set is meant to test have theirs.
func sm3(parts ...[]byte) []byte {
	var message []byte
	for _, part := range parts {
		message = append(message, part...)
	}
	length := uint64(len(message)) * 8
	message = append(message, 0x80)
	for len(message)%64 != 56 {
		message = append(message, 0)
	}
	message = binary.BigEndian.AppendUint64(message, length)
	v := [8]uint32{
		0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
		0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
	}
	for ; len(message) > 0; message = message[64:] {
		compress(&v, message[:64])
	}
	var digest []byte
	for _, word := range v {
		digest = binary.BigEndian.AppendUint32(digest, word)
	}
	return digest
}

// compress is CF of section 5.3.3, V(i+1) = CF(V(i), B(i)).
func compress(v *[8]uint32, block []byte) {
	w := expand(block)
	a, b, c, d, e, f, g, h := v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]
	for j := range 64 {
		t, ff, gg := uint32(0x79cc4519), a^b^c, e^f^g
		if j >= 16 {
			t, ff, gg = 0x7a879d8a, a&b|a&c|b&c, e&f|^e&g
		}
		ss1 := bits.RotateLeft32(bits.RotateLeft32(a, 12)+e+bits.RotateLeft32(t, j%32), 7)
		tt1 := ff + d + (ss1 ^ bits.RotateLeft32(a, 12)) + (w[j] ^ w[j+4])
		tt2 := gg + h + ss1 + w[j]
		d, c, b, a = c, bits.RotateLeft32(b, 9), a, tt1
		h, g, f, e = g, bits.RotateLeft32(f, 19), e, p0(tt2)
	}
	for i, word := range []uint32{a, b, c, d, e, f, g, h} {
		v[i] ^= word
	}
}

// expand is the message expansion of section 5.3.2.
func expand(block []byte) (w [68]uint32) {
	for j := range 16 {
		w[j] = binary.BigEndian.Uint32(block[4*j:])
	}
	for j := 16; j < 68; j++ {
		x := w[j-16] ^ w[j-9] ^ bits.RotateLeft32(w[j-3], 15)
		x ^= bits.RotateLeft32(x, 15) ^ bits.RotateLeft32(x, 23)
		w[j] = x ^ bits.RotateLeft32(w[j-13], 7) ^ w[j-6]
	}
	return w
}

func p0(x uint32) uint32 { return x ^ bits.RotateLeft32(x, 9) ^ bits.RotateLeft32(x, 17) }
