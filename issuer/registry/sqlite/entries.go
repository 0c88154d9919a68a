package sqlite

import (
	"encoding/binary"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
)

const (
	// entrySize is the length of an entry in segment.entries: state 1, key id
	// 4, iat 4, exp 4 (big endian), hash 32. Its reference is its position.
	entrySize   = 1 + 4 + 4 + 4 + 32
	requestSize = 16
)

func appendEntry(to []byte, e *registry.Entry) []byte {
	to = append(to, byte(e.State))
	to = append(to, e.KeyID[:]...)
	to = binary.BigEndian.AppendUint32(to, uint32(e.IssuedAt))
	to = binary.BigEndian.AppendUint32(to, uint32(e.ExpiresAt))
	return append(to, e.Hash[:]...)
}

// decodeEntry reads an entry of exactly entrySize bytes and its request key,
// requestSize bytes or none.
func decodeEntry(data, request []byte) (e registry.Entry, err error) {
	if len(data) != entrySize || len(request) != 0 && len(request) != requestSize {
		return registry.Entry{}, fmt.Errorf("%w: entry of %d and %d bytes", registry.ErrDamaged, len(data), len(request))
	}
	e.State = registry.State(data[0])
	copy(e.KeyID[:], data[1:])
	e.IssuedAt = int64(binary.BigEndian.Uint32(data[5:]))
	e.ExpiresAt = int64(binary.BigEndian.Uint32(data[9:]))
	copy(e.Hash[:], data[13:])
	copy(e.Request[:], request)
	return e, nil
}

// position is where an entry stands: bank x 2^32 + counter.
type position int64

func positionOf(bank int64, counter uint64) position { return position(bank<<32 | int64(counter)) }

func (p position) bank() int64     { return int64(p) >> 32 }
func (p position) counter() uint64 { return uint64(uint32(p)) }
