package remote

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

const (
	kindKeys  = 0
	kindSign  = 1
	kindFault = 2
	kindMany  = 3

	// MaxKeys is how many keys a server holds at most.
	MaxKeys = 64
	// MaxDigests is how many digests a request carries at most.
	MaxDigests = 256

	maxFrame = 16 + MaxDigests*(2+sig.SignatureSize)
	maxAsked = 64 + MaxDigests*(2+32) // of a request
)

// ErrProtocol reports bytes on the socket that are not of this protocol.
var ErrProtocol = errors.New("remote: not a message of this protocol")

// Fault is why the server did not sign.
type Fault uint8

// The faults.
const (
	FaultRequest Fault = 1 // the request is not understood
	FaultKey     Fault = 2 // no such key is held, any more
	FaultDevice  Fault = 3 // the key is held and did not sign
)

// String says what the fault is, for logs.
func (f Fault) String() string {
	switch f {
	case FaultRequest:
		return "request not understood"
	case FaultKey:
		return "no such key"
	case FaultDevice:
		return "the key did not sign"
	}
	return fmt.Sprintf("fault %d", uint8(f))
}

// request is one of the three kinds; kindKeys has neither key nor digests, and
// kindSign one digest.
type request struct {
	kind    int64
	key     [32]byte
	digests [][32]byte
}

func (q *request) append(dst []byte) []byte {
	if q.kind == kindKeys {
		return cborx.AppendInt(cborx.AppendArray(dst, 1), kindKeys)
	}
	dst = cborx.AppendBytes(cborx.AppendInt(cborx.AppendArray(dst, 3), q.kind), q.key[:])
	if q.kind == kindMany {
		dst = cborx.AppendArray(dst, len(q.digests))
	}
	for i := range q.digests {
		dst = cborx.AppendBytes(dst, q.digests[i][:])
	}
	return dst
}

// parseRequest reads a request. What was read is written again and compared, as
// everywhere: one request has one encoding.
func parseRequest(data []byte) (*request, error) {
	if len(data) > maxAsked {
		return nil, fmt.Errorf("%w: request of %d bytes", ErrProtocol, len(data))
	}
	r := cborx.NewReader(data)
	elements := r.Array()
	q := &request{kind: r.Int()}
	if q.kind != kindKeys && q.kind != kindSign && q.kind != kindMany {
		return nil, fmt.Errorf("%w: request of kind %d", ErrProtocol, q.kind)
	}
	if q.kind != kindKeys && (elements != 3 || !q.readDigests(r)) {
		return nil, fmt.Errorf("%w: request to sign", ErrProtocol)
	}
	if !r.Done() || !bytes.Equal(q.append(nil), data) {
		return nil, fmt.Errorf("%w: request", ErrProtocol)
	}
	return q, nil
}

// readDigests reads the key and what is to be signed with it.
func (q *request) readDigests(r *cborx.Reader) bool {
	key, n := r.Bytes(), uint64(1)
	if q.kind == kindMany {
		n = r.Array()
	}
	if len(key) != 32 || n < 1 || n > MaxDigests {
		return false
	}
	q.key, q.digests = [32]byte(key), make([][32]byte, n)
	for i := range q.digests {
		digest := r.Bytes()
		if len(digest) != 32 {
			return false
		}
		q.digests[i] = [32]byte(digest)
	}
	return true
}

// answer is one of the four kinds, with the field of its kind: kindSign has one
// signature.
type answer struct {
	kind       int64
	keys       []*sig.PublicKey
	signatures [][]byte
	fault      Fault
}

func (a *answer) append(dst []byte) []byte {
	dst = cborx.AppendInt(cborx.AppendArray(dst, 2), a.kind)
	switch a.kind {
	case kindKeys:
		dst = cborx.AppendArray(dst, len(a.keys))
		for _, key := range a.keys {
			dst = cborx.AppendInt(cborx.AppendArray(dst, 2), int64(key.Algorithm()))
			dst = cborx.AppendBytes(dst, key.Compressed())
		}
		return dst
	case kindMany:
		dst = cborx.AppendArray(dst, len(a.signatures))
		fallthrough
	case kindSign:
		for _, signature := range a.signatures {
			dst = cborx.AppendBytes(dst, signature)
		}
		return dst
	}
	return cborx.AppendUint(dst, uint64(a.fault))
}

func parseAnswer(data []byte) (*answer, error) {
	r := cborx.NewReader(data)
	elements := r.Array()
	a := &answer{kind: r.Int()}
	var err error
	switch a.kind {
	case kindKeys:
		a.keys, err = parseKeys(r)
	case kindSign:
		a.signatures = [][]byte{bytes.Clone(r.Bytes())}
	case kindMany:
		a.signatures, err = parseSignatures(r)
	case kindFault:
		number := r.Int()
		a.fault = Fault(number)
		if number < int64(FaultRequest) || number > int64(FaultDevice) {
			err = fmt.Errorf("%w: fault %d", ErrProtocol, number)
		}
	default:
		err = fmt.Errorf("%w: answer of kind %d", ErrProtocol, a.kind)
	}
	if err == nil && (elements != 2 || !r.Done() || !bytes.Equal(a.append(nil), data)) {
		err = fmt.Errorf("%w: answer", ErrProtocol)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

func parseSignatures(r *cborx.Reader) ([][]byte, error) {
	n := r.Array()
	if n < 1 || n > MaxDigests {
		return nil, fmt.Errorf("%w: %d signatures", ErrProtocol, n)
	}
	all := make([][]byte, n)
	for i := range all {
		if all[i] = bytes.Clone(r.Bytes()); len(all[i]) != sig.SignatureSize {
			return nil, fmt.Errorf("%w: signature of %d bytes", ErrProtocol, len(all[i]))
		}
	}
	return all, nil
}

func parseKeys(r *cborx.Reader) ([]*sig.PublicKey, error) {
	n := r.Array()
	if n < 1 || n > MaxKeys {
		return nil, fmt.Errorf("%w: %d keys", ErrProtocol, n)
	}
	var all []*sig.PublicKey
	for range n {
		if r.Array() != 2 {
			return nil, fmt.Errorf("%w: key", ErrProtocol)
		}
		key, err := sig.NewPublicKey(sig.Algorithm(r.Int()), r.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		all = append(all, key)
	}
	return all, nil
}

// writeFrame writes length and message in one call: no reader sees a part of it
// because the writer was late.
func writeFrame(w io.Writer, message []byte) error {
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(message)), uint32(len(message)))
	_, err := w.Write(append(frame, message...))
	return err
}

// readFrame reads a message of 1 to limit bytes. io.EOF is the end between two
// messages.
func readFrame(r io.Reader, limit int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size < 1 || size > uint32(limit) {
		return nil, fmt.Errorf("%w: frame of %d bytes", ErrProtocol, size)
	}
	message := make([]byte, size)
	if _, err := io.ReadFull(r, message); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return message, nil
}
