package delta

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/trustlist"
)

const (
	// MaxSize is the most bytes that a delta may have.
	MaxSize = 65 << 20
	// MaxInstructions is the most triples that a delta may have.
	MaxInstructions = 1 << 20

	magic      = "tongxing/delta/1"
	magicStart = "tongxing/delta/"
)

// Bundle names a bundle by its bytes.
type Bundle struct {
	Hash [sha256.Size]byte // SHA-256 of the file
	Size int64             // bytes
}

// bundleOf names data.
func bundleOf(data []byte) Bundle { return Bundle{sha256.Sum256(data), int64(len(data))} }

// Delta is a delta whose form is right. What it makes is known when it is
// applied. It is immutable.
type Delta struct {
	from, to     Bundle
	instructions []byte
	inserted     []byte
	count        int
}

// From returns the bundle that the delta applies to.
func (d *Delta) From() Bundle { return d.from }

// To returns the bundle that the delta says it gives.
func (d *Delta) To() Bundle { return d.to }

// Instructions returns how many triples of insert, skip and copy there are.
func (d *Delta) Instructions() int { return d.count }

// Inserted returns how many bytes of the result are not copied.
func (d *Delta) Inserted() int { return len(d.inserted) }

type wireDelta struct {
	_     struct{} `cbor:",toarray"`
	Magic string
	Body  wireBody
}

type wireBody struct {
	From         []byte `cbor:"1,keyasint"`
	FromSize     uint64 `cbor:"2,keyasint"`
	To           []byte `cbor:"3,keyasint"`
	ToSize       uint64 `cbor:"4,keyasint"`
	Instructions []byte `cbor:"5,keyasint"`
	Inserted     []byte `cbor:"6,keyasint"`
}

// Parse reads a delta and checks everything that can be known without the bundle
// that it applies to (DIST-1 to DIST-6). Errors are [ErrTooLarge],
// [ErrLaterVersion] and [ErrNotADelta].
func Parse(data []byte) (*Delta, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	if err := checkMagic(data); err != nil {
		return nil, err
	}
	if err := cborx.Check(data); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotADelta, err)
	}
	w, err := cborx.DecodeChecked[wireDelta](data)
	switch {
	case err != nil && cborx.UnknownField(err):
		return nil, fmt.Errorf("%w (%w)", ErrLaterVersion, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotADelta, err)
	}
	return newDelta(&w.Body)
}

// checkMagic looks at the first bytes alone, so that a delta of a later form is
// told from a file that is none.
func checkMagic(data []byte) error {
	start := cborx.AppendText(cborx.AppendArray(nil, 2), magic)
	switch {
	case bytes.HasPrefix(data, start):
		return nil
	case len(data) > 2 && data[0]>>5 == 4 && bytes.HasPrefix(data[2:], []byte(magicStart)):
		return ErrLaterVersion
	}
	return ErrNotADelta
}

func newDelta(w *wireBody) (*Delta, error) {
	d := &Delta{instructions: w.Instructions, inserted: w.Inserted}
	var err error
	if d.from, err = newBundle(w.From, w.FromSize); err != nil {
		return nil, err
	}
	if d.to, err = newBundle(w.To, w.ToSize); err != nil {
		return nil, err
	}
	if d.from.Hash == d.to.Hash {
		return nil, fmt.Errorf("%w: from a bundle to itself", ErrNotADelta)
	}
	return d, d.check()
}

func newBundle(hash []byte, size uint64) (Bundle, error) {
	if len(hash) != sha256.Size {
		return Bundle{}, fmt.Errorf("%w: a hash of %d bytes", ErrNotADelta, len(hash))
	}
	if size == 0 {
		return Bundle{}, fmt.Errorf("%w: a bundle without a byte", ErrNotADelta)
	}
	if size > trustlist.MaxBundle {
		return Bundle{}, fmt.Errorf("%w: a bundle of %d bytes", ErrTooLarge, size)
	}
	return Bundle{[sha256.Size]byte(hash), int64(size)}, nil
}

// check follows the instructions without a bundle.
func (d *Delta) check() error {
	r := reader{instructions: d.instructions, inserted: int64(len(d.inserted)), old: d.from.Size}
	for r.more() {
		if _, err := r.next(); err != nil {
			return err
		}
	}
	if made := r.made + r.inserted; made != d.to.Size {
		return fmt.Errorf("%w: makes %d bytes and says %d", ErrNotADelta, made, d.to.Size)
	}
	d.count = r.count
	return nil
}

// Apply makes the bundle that the delta data gives from old. Neither is changed.
// Errors are those of [Parse], *[OtherBaseError] and [ErrWrongResult].
func Apply(old, data []byte) ([]byte, error) {
	d, err := Parse(data)
	if err != nil {
		return nil, err
	}
	return d.Apply(old)
}

// Apply makes the bundle that d gives from old, which is not changed. Errors are
// *[OtherBaseError] and [ErrWrongResult].
func (d *Delta) Apply(old []byte) ([]byte, error) {
	if have := bundleOf(old); have != d.from {
		return nil, &OtherBaseError{Want: d.from, Have: have}
	}
	out := make([]byte, 0, d.to.Size)
	inserted := d.inserted
	r := reader{instructions: d.instructions, inserted: int64(len(d.inserted)), old: d.from.Size}
	for r.more() {
		t, err := r.next()
		if err != nil {
			return nil, err
		}
		out = append(out, inserted[:t.insert]...)
		inserted = inserted[t.insert:]
		out = append(out, old[t.from:t.from+t.copy]...)
	}
	out = append(out, inserted...)
	if bundleOf(out) != d.to {
		return nil, ErrWrongResult
	}
	return out, nil
}
