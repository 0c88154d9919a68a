package series

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"sort"
	"strings"

	"github.com/tongxing/tongxing/format/qr"
)

const (
	// DefaultVersion is the version of the symbols where none is given: 85 modules
	// a side, which a camera in the hand still reads at 8 to 10 frames a second.
	DefaultVersion = 17
	// MinVersion and MaxVersion bound the version. In smaller symbols than these
	// most of a frame would be its header.
	MinVersion, MaxVersion = 10, 40

	// overhead is the most bytes of a frame beside its data: the heads of array,
	// session, count, sequence, length, hash, data and check with their contents.
	overhead = 1 + 9 + 3 + 5 + 5 + 34 + 3 + 5
)

// Options are those of a series.
type Options struct {
	// Version is that of the QR symbols, MinVersion to MaxVersion, at level M; 0
	// stands for DefaultVersion. Larger ones carry more and are read less often.
	Version int
}

// Encoder gives the frames of one file. It never changes, so that many goroutines
// may use it.
type Encoder struct {
	header
	session ID
	blocks  []byte // the file, filled up with zeros
}

// NewEncoder prepares the frames of a file, which it copies. The error is
// ErrFileSize, ErrVersion or ErrTooManyBlocks.
func NewEncoder(file []byte, o Options) (*Encoder, error) {
	version := o.Version
	if version == 0 {
		version = DefaultVersion
	}
	if version < MinVersion || version > MaxVersion {
		return nil, fmt.Errorf("%w: %d, want %d to %d", ErrVersion, version, MinVersion, MaxVersion)
	}
	if len(file) < 1 || len(file) > MaxFile {
		return nil, fmt.Errorf("%w: %d bytes, want 1 to %d", ErrFileSize, len(file), MaxFile)
	}
	room := dataRoom(version)
	count := (len(file) + room - 1) / room
	if count > MaxCount {
		return nil, fmt.Errorf("%w: %d of version %d, at most %d", ErrTooManyBlocks, count, version, MaxCount)
	}
	return newEncoder(file, count), nil
}

// newEncoder cuts a file into at most count blocks: into fewer where the last
// would be empty.
func newEncoder(file []byte, count int) *Encoder {
	e := &Encoder{header: header{count: count, length: len(file), hash: sha256.Sum256(file)}}
	size := e.blockSize()
	e.count = (len(file) + size - 1) / size
	e.session = e.header.session()
	e.blocks = append(bytes.Clone(file), make([]byte, e.count*size-len(file))...)
	return e
}

// dataRoom returns the most bytes of data in a frame of a symbol.
func dataRoom(version int) int {
	characters := sort.Search(1<<12, func(n int) bool {
		v, err := qr.Version(strings.Repeat("A", n+1))
		return err != nil || v > version
	}) - len(Prefix)
	// Three characters carry two bytes, two that are left one.
	return characters/3*2 + characters%3/2 - overhead
}

// Frame returns the frame of a sequence number as a text. Numbers below Count are
// the blocks of the file, all others sums of some of them.
func (e *Encoder) Frame(sequence uint32) string {
	row := appendRow(nil, e.session, sequence, e.count)
	size := e.blockSize()
	data := make([]byte, size)
	for i := leadingZeros(row); i < e.count; i++ {
		if hasBit(row, i) {
			subtle.XORBytes(data, data, e.blocks[i*size:][:size])
		}
	}
	f := frame{e.header, e.session, sequence, data}
	return f.text()
}

// Count returns the number of blocks: a reader needs that many frames and, when it
// missed some, 1.6 more in the mean.
func (e *Encoder) Count() int { return e.count }

// Loop returns how many frames are enough to be shown again and again: who loses
// half of them has the file after one round.
func (e *Encoder) Loop() int { return 2*e.count + 8 }

// Session returns the session of the series.
func (e *Encoder) Session() ID { return e.session }

// Hash returns the SHA-256 of the file.
func (e *Encoder) Hash() [sha256.Size]byte { return e.hash }
