package cborx

import "encoding/binary"

// CBOR major types (RFC 8949 section 3.1).
const (
	majorUnsigned = 0
	majorNegative = 1
	majorBytes    = 2
	majorText     = 3
	majorArray    = 4
	majorMap      = 5
	majorTag      = 6
	majorSimple   = 7
)

// The Append functions write single data items in deterministic form. They
// serve the few fixed structures that are signed or hashed for every credential
// (Sig_structure, holder tag, thumbprint), where a general encoder would cost
// more than the hash.

// appendHead appends the shortest head (RFC 8949 section 4.2.1) of a data item.
func appendHead(dst []byte, major byte, argument uint64) []byte {
	m := major << 5
	switch {
	case argument < 24:
		return append(dst, m|byte(argument))
	case argument <= 0xff:
		return append(dst, m|24, byte(argument))
	case argument <= 0xffff:
		return binary.BigEndian.AppendUint16(append(dst, m|25), uint16(argument))
	case argument <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(dst, m|26), uint32(argument))
	}
	return binary.BigEndian.AppendUint64(append(dst, m|27), argument)
}

// AppendUint appends an unsigned integer.
func AppendUint(dst []byte, v uint64) []byte { return appendHead(dst, majorUnsigned, v) }

// AppendInt appends an integer of either sign.
func AppendInt(dst []byte, v int64) []byte {
	if v < 0 {
		return appendHead(dst, majorNegative, uint64(-1-v))
	}
	return appendHead(dst, majorUnsigned, uint64(v))
}

// AppendBytes appends a byte string.
func AppendBytes(dst, v []byte) []byte {
	return append(appendHead(dst, majorBytes, uint64(len(v))), v...)
}

// AppendText appends a text string. The caller answers for valid UTF-8.
func AppendText(dst []byte, v string) []byte {
	return append(appendHead(dst, majorText, uint64(len(v))), v...)
}

// AppendArray appends the head of an array of n items; the items follow.
func AppendArray(dst []byte, n int) []byte { return appendHead(dst, majorArray, uint64(n)) }

// AppendMap appends the head of a map of n pairs; the pairs follow, sorted by
// their encoded keys.
func AppendMap(dst []byte, n int) []byte { return appendHead(dst, majorMap, uint64(n)) }

// AppendTag appends the head of a tag; its content follows.
func AppendTag(dst []byte, number uint64) []byte { return appendHead(dst, majorTag, number) }
