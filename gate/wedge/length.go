package wedge

import (
	"encoding/binary"
	"strings"

	"github.com/tongxing/tongxing/format/transport"
)

// leastBytes is how much of a text is decoded for its head: the least that the digits
// form carries. No credential is shorter.
const leastBytes = 64

// lengthOf returns how many characters the credential has that a text begins with, 0
// where it begins with none. What follows it is not looked at.
func lengthOf(text string) int {
	encode := transport.Encode
	if strings.HasPrefix(text, transport.DigitsPrefix) {
		encode = transport.EncodeDigits
	}
	head := len(encode(make([]byte, leastBytes/14*14+14))) // 14 bytes end where a group of either form does
	if len(text) < head {
		return 0
	}
	data, err := transport.Decode(text[:head])
	if err != nil {
		return 0
	}
	size := sizeOf(data)
	if size == 0 || size > transport.MaxTextLength { // which has fewer bytes than characters
		return 0
	}
	return len(encode(make([]byte, size)))
}

// sizeOf returns how many bytes a credential has, by its head: tag 18, an array of
// four, the protected header, an empty map, and the length of the payload, behind which
// there are 64 bytes of signature (spec/credential.md); 0 where this is none.
func sizeOf(head []byte) int {
	const signature = 2 + 64
	if len(head) < 3 || head[0] != 0xd2 || head[1] != 0x84 || head[2]>>5 != 2 || head[2]&0x1f > 23 {
		return 0
	}
	at := 3 + int(head[2]&0x1f) // of the empty map
	if len(head) < at+4 || head[at] != 0xa0 || head[at+1]>>5 != 2 {
		return 0
	}
	payload := head[at+1:]
	switch argument := payload[0] & 0x1f; {
	case argument < 24:
		return at + 2 + int(argument) + signature
	case argument == 24:
		return at + 3 + int(payload[1]) + signature
	case argument == 25:
		return at + 4 + int(binary.BigEndian.Uint16(payload[1:])) + signature
	}
	return 0
}
