package feed

import (
	"encoding/binary"
	"errors"

	"github.com/tongxing/tongxing/spec"
)

// An entry is one row in the form in which it is sorted and merged. Its bytes
// begin with what it is sorted by:
//
//	key (16)          the person: a hash of document class and number
//	kind (1)          people before the claims
//	fingerprint (8)   a hash of the row's content: equal rows become neighbours
//	line (8)          big endian
//	fault (1)         a spec.Reject, or 0
//	keyless (1)       1 when the row is so broken that it names nobody
//	content           as its kind writes it
const (
	keySize        = 16
	kindOffset     = keySize
	printOffset    = kindOffset + 1
	printSize      = 8
	lineOffset     = printOffset + printSize
	faultOffset    = lineOffset + 8
	keylessOffset  = faultOffset + 1
	contentOffset  = keylessOffset + 1
	maxContentSize = 16 << 10
)

type personKey [keySize]byte

// entry is an entry without its content.
type entry struct {
	key     personKey
	kind    kind
	print   [printSize]byte
	line    uint64
	fault   spec.Reject
	keyless bool
}

func (e *entry) append(dst []byte) []byte {
	dst = append(dst, e.key[:]...)
	dst = append(dst, byte(e.kind))
	dst = append(dst, e.print[:]...)
	dst = binary.BigEndian.AppendUint64(dst, e.line)
	dst = append(dst, byte(e.fault), 0)
	if e.keyless {
		dst[len(dst)-1] = 1
	}
	return dst
}

var errSpill = errors.New("a temporary file does not hold what was written")

func parseEntry(data []byte) (e entry, content []byte, err error) {
	if len(data) < contentOffset || data[kindOffset] >= byte(kinds) {
		return entry{}, nil, errSpill
	}
	e.key = personKey(data[:keySize])
	e.kind = kind(data[kindOffset])
	e.print = [printSize]byte(data[printOffset:lineOffset])
	e.line = binary.BigEndian.Uint64(data[lineOffset:])
	e.fault = spec.Reject(data[faultOffset])
	e.keyless = data[keylessOffset] == 1
	return e, data[contentOffset:], nil
}

// content reads and writes the values of an entry, in the same order.
type content struct {
	data   []byte
	failed bool
}

func (c *content) putInt(v int64)   { c.data = binary.AppendVarint(c.data, v) }
func (c *content) putText(s string) { c.putInt(int64(len(s))); c.data = append(c.data, s...) }
func (c *content) err() error {
	if c.failed || len(c.data) > 0 {
		return errSpill
	}
	return nil
}

func (c *content) int() int64 {
	v, n := binary.Varint(c.data)
	if n <= 0 {
		c.failed = true
		return 0
	}
	c.data = c.data[n:]
	return v
}

func (c *content) text() string {
	n := c.int()
	if n < 0 || n > int64(len(c.data)) {
		c.failed = true
		return ""
	}
	s := string(c.data[:n])
	c.data = c.data[n:]
	return s
}
