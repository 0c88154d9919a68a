package sig

import "errors"

// maxDERSize is SEQUENCE and two INTEGERs of 32 bytes with a leading zero each.
const maxDERSize = 2 + 2*(2+33)

// errDER reports a signature from a library or a token that is not the DER of
// two positive integers of at most 32 bytes.
var errDER = errors.New("sig: not a DER signature of two 32-byte integers")

// appendDER appends Ecdsa-Sig-Value (RFC 3279 section 2.2.3; GM/T 0009 section
// 7.3 for SM2) for the 64 bytes r || s. A zero r or s comes out as the integer
// 0, which no verifier accepts.
func appendDER(dst, rs []byte) []byte {
	start := len(dst)
	dst = append(dst, 0x30, 0)
	dst = appendInteger(dst, rs[:32])
	dst = appendInteger(dst, rs[32:64])
	dst[start+1] = byte(len(dst) - start - 2)
	return dst
}

func appendInteger(dst, b []byte) []byte {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	if b[0]&0x80 != 0 {
		dst = append(dst, 0x02, byte(len(b)+1), 0)
	} else {
		dst = append(dst, 0x02, byte(len(b)))
	}
	return append(dst, b...)
}

// FromDER returns r || s, 64 bytes, each half padded with zeros on the left,
// for an Ecdsa-Sig-Value as the crypto libraries produce it. Padding matters:
// one signature in 128 has a short half, and joining the halves as they come
// shifts it.
func FromDER(der []byte) ([]byte, error) {
	rs := make([]byte, SignatureSize)
	if len(der) < 2 || der[0] != 0x30 || int(der[1]) != len(der)-2 {
		return nil, errDER
	}
	rest, ok := fillInteger(rs[:32], der[2:])
	if !ok {
		return nil, errDER
	}
	rest, ok = fillInteger(rs[32:], rest)
	if !ok || len(rest) != 0 {
		return nil, errDER
	}
	return rs, nil
}

// fillInteger writes the DER INTEGER at the start of b into dst, big endian, and
// returns what follows it.
func fillInteger(dst, b []byte) (rest []byte, ok bool) {
	if len(b) < 3 || b[0] != 0x02 || b[1] == 0 || int(b[1]) > len(b)-2 {
		return nil, false
	}
	value, rest := b[2:2+int(b[1])], b[2+int(b[1]):]
	if value[0]&0x80 != 0 || len(value) > 1 && value[0] == 0 && value[1]&0x80 == 0 {
		return nil, false // negative, or not the shortest form
	}
	if value[0] == 0 {
		value = value[1:]
	}
	if len(value) == 0 || len(value) > len(dst) {
		return nil, false
	}
	copy(dst[len(dst)-len(value):], value)
	return rest, true
}
