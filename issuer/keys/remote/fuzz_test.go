package remote

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
)

// FuzzRequest holds what is read to have one encoding.
func FuzzRequest(f *testing.F) {
	f.Add((&request{kind: kindKeys}).append(nil))
	f.Add((&request{kind: kindSign, key: [32]byte{1}, digests: [][32]byte{{2}}}).append(nil))
	f.Add((&request{kind: kindMany, key: [32]byte{1}, digests: make([][32]byte, 2)}).append(nil))
	f.Add((&request{kind: kindMany, key: [32]byte{1}, digests: make([][32]byte, MaxDigests)}).append(nil))
	f.Add([]byte{0x83, 0x03, 0x40, 0x9a, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0x83, 0x01, 0x40, 0x40})
	f.Fuzz(func(t *testing.T, data []byte) {
		q, err := parseRequest(data)
		if (q == nil) != (err != nil) || err != nil && !errors.Is(err, ErrProtocol) {
			t.Fatalf("%v beside error %v", q, err)
		}
		if q != nil && !bytes.Equal(q.append(nil), data) {
			t.Fatalf("%x is read as %x", data, q.append(nil))
		}
	})
}

// FuzzAnswer does the same for what a client reads.
func FuzzAnswer(f *testing.F) {
	f.Add((&answer{kind: kindKeys, keys: []*sig.PublicKey{testKey}}).append(nil))
	f.Add((&answer{kind: kindSign, signatures: [][]byte{make([]byte, 64)}}).append(nil))
	f.Add((&answer{kind: kindMany, signatures: [][]byte{make([]byte, 64), make([]byte, 64)}}).append(nil))
	f.Add([]byte{0x82, 0x03, 0x9a, 0xff, 0xff, 0xff, 0xff})
	f.Add((&answer{kind: kindFault, fault: FaultDevice}).append(nil))
	f.Add([]byte{0x82, 0x00, 0x9a, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parseAnswer(data)
		if (a == nil) != (err != nil) || err != nil && !errors.Is(err, ErrProtocol) {
			t.Fatalf("%v beside error %v", a, err)
		}
		if a != nil && !bytes.Equal(a.append(nil), data) {
			t.Fatalf("%x is read as %x", data, a.append(nil))
		}
	})
}

// FuzzFrame holds a stream to frames within the limit, and to no more memory.
func FuzzFrame(f *testing.F) {
	f.Add(framed([]byte("message")))
	f.Add([]byte{0, 0, 0, 9, 1})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			message, err := readFrame(r, maxAsked)
			if err != nil {
				if message != nil || !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrProtocol) {
					t.Fatalf("%x beside error %v", message, err)
				}
				return
			}
			if len(message) < 1 || len(message) > maxAsked {
				t.Fatalf("a message of %d bytes", len(message))
			}
		}
	})
}
