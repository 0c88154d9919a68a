package series

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/transport"
)

const (
	// Prefix begins every frame. Its third character is a digit in every health
	// code, so that none is taken for the other.
	Prefix = "TXS1:"
	// MaxFile is the most bytes of a file.
	MaxFile = 1 << 18
	// MaxCount is the most blocks of a file.
	MaxCount = 1 << 10

	checkSize   = 4
	sessionName = "tongxing/series/1"
)

// ID is the session of a series: the same for all its frames, and another for
// another file or another number of blocks.
type ID [8]byte

// String returns the session in hexadecimal.
func (id ID) String() string { return fmt.Sprintf("%x", id[:]) }

// header is what the frames of one series have in common.
type header struct {
	count, length int
	hash          [sha256.Size]byte
}

// blockSize is the number of bytes of a block.
func (h *header) blockSize() int { return (h.length + h.count - 1) / h.count }

// valid tells whether no block is empty and everything is within its bounds.
func (h *header) valid() bool {
	if h.count < 1 || h.count > MaxCount || h.length < 1 || h.length > MaxFile {
		return false
	}
	size := h.blockSize()
	return (h.length+size-1)/size == h.count
}

// session derives the session (SERIES-13).
func (h *header) session() ID {
	data := cborx.AppendText(cborx.AppendArray(nil, 4), sessionName)
	data = cborx.AppendUint(cborx.AppendUint(data, uint64(h.count)), uint64(h.length))
	sum := sha256.Sum256(cborx.AppendBytes(data, h.hash[:]))
	return ID(sum[:len(ID{})])
}

// frame is one frame.
type frame struct {
	header
	session  ID
	sequence uint32
	data     []byte
}

// appendParts appends the parts of the frame but its check.
func (f *frame) appendParts(dst []byte) []byte {
	dst = cborx.AppendBytes(dst, f.session[:])
	for _, number := range []uint64{uint64(f.count), uint64(f.sequence), uint64(f.length)} {
		dst = cborx.AppendUint(dst, number)
	}
	return cborx.AppendBytes(cborx.AppendBytes(dst, f.hash[:]), f.data)
}

// check is SERIES-14.
func (f *frame) check() [checkSize]byte {
	sum := sha256.Sum256(f.appendParts(cborx.AppendArray(nil, 6)))
	return [checkSize]byte(sum[:checkSize])
}

// text is the frame as a text.
func (f *frame) text() string {
	check := f.check()
	data := cborx.AppendBytes(f.appendParts(cborx.AppendArray(nil, 7)), check[:])
	return Prefix + transport.Encode(data)[len(transport.TextPrefix):]
}

// wire is a frame as its CBOR has it.
type wire struct {
	_        struct{} `cbor:",toarray"`
	Session  []byte
	Count    uint64
	Sequence uint64
	Length   uint64
	Hash     []byte
	Data     []byte
	Check    []byte
}

// parse reads a text. The error is ErrNotAFrame, ErrLaterVersion or ErrDamaged.
func parse(text string) (*frame, error) {
	body, err := cutPrefix(strings.TrimFunc(text, isBlank))
	if err != nil {
		return nil, err
	}
	// Behind the prefix a frame is written as the text form of a code.
	data, err := transport.Decode(transport.TextPrefix + body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var w wire
	if err := cborx.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	f, err := w.frame()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return f, nil
}

// isBlank is what TEXT-1 drops around a text.
func isBlank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

// cutPrefix returns what stands behind the prefix.
func cutPrefix(text string) (string, error) {
	if len(text) < len(Prefix) || len(text) > transport.MaxTextLength {
		return "", ErrNotAFrame
	}
	prefix, version := text[:len(Prefix)], text[3]
	switch {
	case version < '1' || version > '9' || prefix[4] != ':' || !strings.EqualFold(prefix[:3], Prefix[:3]):
		return "", ErrNotAFrame
	case prefix[:3] != Prefix[:3]:
		return "", fmt.Errorf("%w: prefix in lower case", ErrDamaged)
	case version != Prefix[3]:
		return "", ErrLaterVersion
	}
	return text[len(Prefix):], nil
}

// frame holds the parts to SERIES-10 to SERIES-14.
func (w *wire) frame() (*frame, error) {
	if w.Count > MaxCount || w.Length > MaxFile || w.Sequence > 1<<32-1 ||
		len(w.Hash) != sha256.Size || len(w.Session) != len(ID{}) || len(w.Check) != checkSize {
		return nil, errors.New("a part out of its bounds")
	}
	f := &frame{
		header:  header{count: int(w.Count), length: int(w.Length), hash: [sha256.Size]byte(w.Hash)},
		session: ID(w.Session), sequence: uint32(w.Sequence), data: w.Data,
	}
	switch {
	case !f.valid():
		return nil, fmt.Errorf("%d blocks for %d bytes", f.count, f.length)
	case len(f.data) != f.blockSize():
		return nil, fmt.Errorf("%d bytes of data, want %d", len(f.data), f.blockSize())
	case f.header.session() != f.session:
		return nil, errors.New("the session is not that of the file")
	case f.check() != [checkSize]byte(w.Check):
		return nil, errors.New("the check does not fit")
	}
	return f, nil
}
