package cborx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and maps may nest. Every structure of the
// specification stays below it.
const MaxDepth = 12

// Fault says which rule of deterministic encoding a data item breaks.
type Fault string

// The faults that [Check] tells apart.
const (
	FaultTruncated   Fault = "input ends inside a data item"
	FaultTrailing    Fault = "bytes follow the data item"
	FaultNotShortest Fault = "integer or length is not in its shortest form"
	FaultIndefinite  Fault = "indefinite length"
	FaultUnsorted    Fault = "map keys are not in bytewise order"
	FaultDuplicate   Fault = "map key occurs twice"
	FaultUTF8        Fault = "text is not valid UTF-8"
	FaultTag         Fault = "tag where none is allowed"
	FaultSimple      Fault = "float, null, undefined, boolean or other simple value"
	FaultReserved    Fault = "reserved additional information"
	FaultDepth       Fault = "nested too deep"
	FaultTooLong     Fault = "length exceeds the input"
)

// EncodingError reports bytes that are not the one deterministic encoding of
// the data model of Tongxing: integers, byte and text strings, arrays and maps.
type EncodingError struct {
	Offset int // of the byte at fault, in bytes from the start of the input
	Fault  Fault
}

func (e *EncodingError) Error() string {
	return fmt.Sprintf("cborx: %s (at byte %d)", string(e.Fault), e.Offset)
}

// Check reports whether data is exactly one data item in the deterministic
// encoding of RFC 8949 section 4.2.1, made of integers, byte strings, text
// strings, arrays and maps alone. The error is an *[EncodingError]. It reads
// every byte once and allocates nothing, so it is safe to run first on input
// from anywhere.
func Check(data []byte) error {
	end, fault := checkItem(data, 0, 0)
	if fault != "" {
		return &EncodingError{Offset: end, Fault: fault}
	}
	if end != len(data) {
		return &EncodingError{Offset: end, Fault: FaultTrailing}
	}
	return nil
}

// checkItem checks the item at offset and returns the offset after it, or the
// offset of the fault.
func checkItem(data []byte, offset, depth int) (int, Fault) {
	major, argument, next, fault := readHead(data, offset)
	if fault != "" {
		return offset, fault
	}
	remaining := uint64(len(data) - next)
	switch major {
	case majorUnsigned, majorNegative:
		return next, ""
	case majorBytes, majorText:
		if argument > remaining {
			return offset, FaultTooLong
		}
		end := next + int(argument)
		if major == majorText && !utf8.Valid(data[next:end]) {
			return offset, FaultUTF8
		}
		return end, ""
	case majorArray, majorMap:
		if depth == MaxDepth {
			return offset, FaultDepth
		}
		if argument > remaining { // every item takes at least one byte
			return offset, FaultTooLong
		}
		if major == majorMap {
			return checkMap(data, next, depth, argument)
		}
		for range argument {
			if next, fault = checkItem(data, next, depth+1); fault != "" {
				return next, fault
			}
		}
		return next, ""
	case majorTag:
		return offset, FaultTag
	}
	return offset, FaultSimple
}

func checkMap(data []byte, offset, depth int, pairs uint64) (int, Fault) {
	var previous []byte
	for range pairs {
		end, fault := checkItem(data, offset, depth+1)
		if fault != "" {
			return end, fault
		}
		key := data[offset:end]
		if previous != nil {
			switch order := bytes.Compare(previous, key); {
			case order == 0:
				return offset, FaultDuplicate
			case order > 0:
				return offset, FaultUnsorted
			}
		}
		previous = key
		if offset, fault = checkItem(data, end, depth+1); fault != "" {
			return offset, fault
		}
	}
	return offset, ""
}

// readHead reads the head at offset: major type, argument, and the offset after
// the head.
func readHead(data []byte, offset int) (major byte, argument uint64, next int, fault Fault) {
	if offset >= len(data) {
		return 0, 0, offset, FaultTruncated
	}
	major, info := data[offset]>>5, data[offset]&31
	next = offset + 1
	if major == majorSimple {
		return major, 0, next, FaultSimple
	}
	switch {
	case info < 24:
		return major, uint64(info), next, ""
	case info == 31:
		return major, 0, next, FaultIndefinite
	case info > 27:
		return major, 0, next, FaultReserved
	}
	size := 1 << (info - 24)
	if len(data)-next < size {
		return major, 0, next, FaultTruncated
	}
	b := data[next : next+size]
	var least uint64
	switch size {
	case 1:
		argument, least = uint64(b[0]), 24
	case 2:
		argument, least = uint64(binary.BigEndian.Uint16(b)), 1<<8
	case 4:
		argument, least = uint64(binary.BigEndian.Uint32(b)), 1<<16
	default:
		argument, least = binary.BigEndian.Uint64(b), 1<<32
	}
	if argument < least {
		return major, 0, next, FaultNotShortest
	}
	return major, argument, next + size, ""
}

// CountItems returns the number of data items in data, which has passed [Check]:
// every array, map, key, string and integer is one, at any depth. What is decoded
// takes memory by items as much as by bytes, and an empty string is one byte.
func CountItems(data []byte) int {
	count := 0
	for offset := 0; offset < len(data); count++ {
		major, argument, next, fault := readHead(data, offset)
		if fault != "" {
			return count
		}
		if offset = next; major == majorBytes || major == majorText {
			offset += int(min(argument, uint64(len(data)-next)))
		}
	}
	return count
}

// CutTag splits a tagged data item into its tag number and its content, which
// may be any bytes yet. Errors are *[EncodingError]: no tag at all is reported
// with ok false and no error.
func CutTag(data []byte) (number uint64, content []byte, ok bool, err error) {
	major, argument, next, fault := readHead(data, 0)
	if fault != "" {
		return 0, nil, false, &EncodingError{Offset: 0, Fault: fault}
	}
	if major != majorTag {
		return 0, nil, false, nil
	}
	return argument, data[next:], true, nil
}
