package tokenstatus

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"iter"
)

// Type is a status of one place (draft section 7.1).
type Type uint8

// The registered types, and the one of those for applications that is used here
// for credentials whose place another one has taken.
const (
	Valid      Type = 0
	Invalid    Type = 1
	Suspended  Type = 2
	Superseded Type = 3
)

const (
	// MaxPlaces is the most places that a status list can have here: an index has
	// 32 bits.
	MaxPlaces = 1 << 32
	// chunkBytes is how much of an array is in memory at a time.
	chunkBytes = 32 << 10
)

// StatusList is a Status List as it stands in a token (draft section 4).
type StatusList struct {
	Bits           int    // of a status: 1, 2, 4 or 8
	Compressed     []byte // lst: the array in the zlib format (RFC 1950)
	AggregationURI string // where the issuer lists its tokens; empty: not said
}

// NewStatusList returns the list of the given number of places, rounded up to
// whole bytes, in which the statuses are set and all others are [Valid]. statuses
// ascend by index. The error wraps [ErrPlaces] when places or bits cannot hold
// them, and [ErrStatusList] when they do not ascend or there are no such bits.
func NewStatusList(bits int, places uint64, statuses iter.Seq2[uint32, Type]) (*StatusList, error) {
	if err := checkBits(bits); err != nil {
		return nil, err
	}
	if places == 0 || places > MaxPlaces {
		return nil, fmt.Errorf("%w: %d places", ErrPlaces, places)
	}
	var out bytes.Buffer
	p, err := newPacker(&out, bits)
	if err != nil {
		return nil, err
	}
	next := uint64(0)
	for index, status := range statuses {
		switch {
		case uint64(index) < next:
			return nil, fmt.Errorf("%w: index %d does not ascend", ErrStatusList, index)
		case uint64(index) >= places:
			return nil, fmt.Errorf("%w: index %d of %d places", ErrPlaces, index, places)
		case uint(status) >= 1<<bits:
			return nil, fmt.Errorf("%w: status %d in %d bits", ErrPlaces, status, bits)
		}
		if err := p.set(index, status); err != nil {
			return nil, err
		}
		next = uint64(index) + 1
	}
	if err := p.close((places*uint64(bits) + 7) / 8); err != nil {
		return nil, err
	}
	return &StatusList{Bits: bits, Compressed: out.Bytes()}, nil
}

func checkBits(bits int) error {
	switch bits {
	case 1, 2, 4, 8:
		return nil
	}
	return fmt.Errorf("%w: %d bits a status", ErrStatusList, bits)
}

// packer writes the array from its beginning on, a chunk at a time.
type packer struct {
	out     *zlib.Writer
	bits    uint64
	chunk   [chunkBytes]byte
	written uint64 // bytes before the chunk
}

func newPacker(out io.Writer, bits int) (*packer, error) {
	w, err := zlib.NewWriterLevel(out, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	return &packer{out: w, bits: uint64(bits)}, nil
}

func (p *packer) set(index uint32, status Type) error {
	bit := uint64(index) * p.bits
	if err := p.reach(bit / 8); err != nil {
		return err
	}
	p.chunk[bit/8-p.written] |= byte(status) << (bit % 8)
	return nil
}

// reach writes chunks until the byte is in the one that is left.
func (p *packer) reach(position uint64) error {
	for position >= p.written+chunkBytes {
		if _, err := p.out.Write(p.chunk[:]); err != nil {
			return err
		}
		p.chunk = [chunkBytes]byte{}
		p.written += chunkBytes
	}
	return nil
}

// close ends an array of size bytes.
func (p *packer) close(size uint64) error {
	if err := p.reach(size - 1); err != nil {
		return err
	}
	if _, err := p.out.Write(p.chunk[:size-p.written]); err != nil {
		return err
	}
	return p.out.Close()
}

// Walk calls visit for every place whose status is not [Valid], ascending by
// index, and returns how many places the list has. It keeps none of them. The
// error is that of visit, or wraps [ErrStatusList], or [ErrPlaces] as soon as more
// than most places are inflated.
func (l *StatusList) Walk(most uint64, visit func(index uint32, status Type) error) (places uint64, err error) {
	if err := checkBits(l.Bits); err != nil {
		return 0, err
	}
	source := bytes.NewReader(l.Compressed)
	array, err := zlib.NewReader(source)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	perByte := uint64(8 / l.Bits)
	chunk := make([]byte, chunkBytes)
	for {
		n, err := array.Read(chunk)
		if places+uint64(n)*perByte > min(most, MaxPlaces) {
			return 0, fmt.Errorf("%w: more than %d", ErrPlaces, most)
		}
		if err := l.visit(chunk[:n], places, visit); err != nil {
			return 0, err
		}
		places += uint64(n) * perByte
		switch {
		case err == io.EOF && source.Len() > 0:
			return 0, fmt.Errorf("%w: %d bytes behind the array", ErrStatusList, source.Len())
		case err == io.EOF && places == 0:
			return 0, fmt.Errorf("%w: no places", ErrStatusList)
		case err == io.EOF:
			return places, nil
		case err != nil:
			return 0, fmt.Errorf("%w: %w", ErrStatusList, err)
		}
	}
}

// visit walks part of the array, which begins with the place first.
func (l *StatusList) visit(part []byte, first uint64, visit func(uint32, Type) error) error {
	mask := byte(1<<l.Bits - 1)
	for i, octet := range part {
		index := first + uint64(i)*uint64(8/l.Bits)
		for ; octet != 0; octet, index = octet>>l.Bits, index+1 {
			if status := Type(octet & mask); status != Valid {
				if err := visit(uint32(index), status); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
