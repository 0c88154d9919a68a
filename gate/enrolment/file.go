package enrolment

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cborx"
)

const (
	magic   = "tongxing/enrolment/1"
	tagSize = 16
	// maxSealed is nonce, padded content and GCM's tag of the longest code.
	maxSealed = nonceSize + 1280 + 16
	maxFile   = 1024 + MaxPeople*(maxSealed+tagSize+16)
)

var (
	// ErrNotAFile says that a file is no enrolment file.
	ErrNotAFile = errors.New("enrolment: not an enrolment file")
	// ErrLaterVersion says that a file is of a later version of the format; a
	// *LaterError around it says which.
	ErrLaterVersion = errors.New("enrolment: file of a later version: update the software")
	// ErrWrongKey says that a file is of another venue key, or was changed.
	ErrWrongKey = errors.New("enrolment: file of another venue key, or changed")
	// ErrNotAKey says that a file is no venue key.
	ErrNotAKey = errors.New("enrolment: not a venue key: 64 hexadecimal digits")
	// ErrKeyOpen says that others may read the venue key.
	ErrKeyOpen = errors.New("enrolment: others may read the venue key")
	// ErrTogether says that key and file lie in one folder, so that who takes one
	// takes both.
	ErrTogether = errors.New("enrolment: venue key and file lie in one folder")
)

// entry is one person, in the file.
type entry struct {
	_      struct{} `cbor:",toarray"`
	Tag    [tagSize]byte
	Until  uint16 // first day, since 2020-01-01, on which the code has expired
	Sealed []byte
}

// file is the content of the file.
type file struct {
	Params  Params
	Salt    [16]byte
	Entries []entry // ascending by their tags
}

// wire is the file as it is encoded, its MAC aside.
type wire struct {
	_       struct{} `cbor:",toarray"`
	Magic   string
	Passes  uint32
	Memory  uint32
	Salt    []byte
	Entries []wireEntry
}

type wireEntry struct {
	_      struct{} `cbor:",toarray"`
	Tag    []byte
	Until  uint16
	Sealed []byte
}

// until is the first day on which a code has expired.
func until(expires int64) uint16 { return uint16(min(max(format.Day(expires-1)+1, 0), 65535)) }

func (f *file) marshal(key Key) ([]byte, error) {
	w := wire{Magic: magic, Passes: f.Params.Passes, Memory: f.Params.Memory, Salt: f.Salt[:], Entries: []wireEntry{}}
	for i := range f.Entries {
		e := &f.Entries[i]
		w.Entries = append(w.Entries, wireEntry{Tag: e.Tag[:], Until: e.Until, Sealed: e.Sealed})
	}
	data, err := cborx.Marshal(w)
	if err != nil {
		return nil, err
	}
	return append(data, key.mac("file", data)...), nil
}

// parse reads an enrolment file. Nothing of it is decrypted. Errors are ErrNotAFile, ErrLaterVersion and
// ErrWrongKey.
func parse(data []byte, key Key) (*file, error) {
	if len(data) > maxFile || len(data) < 32 {
		return nil, ErrNotAFile
	}
	body, mac := data[:len(data)-32], data[len(data)-32:]
	if !bytes.Contains(body[:min(len(body), 32)], []byte(magic[:len(magic)-1])) {
		return nil, ErrNotAFile
	}
	if !bytes.Contains(body[:min(len(body), 32)], []byte(magic)) {
		return nil, &LaterError{Format: formatOf(body)}
	}
	if !hmac.Equal(mac, key.mac("file", body)) {
		return nil, ErrWrongKey
	}
	var w wire
	if err := cborx.Unmarshal(body, &w); err != nil {
		return nil, ErrNotAFile
	}
	return w.file()
}

// LaterError names the format of a file of a later version. errors.Is finds
// ErrLaterVersion in it.
type LaterError struct {
	Format string // as it stands in the file: "tongxing/enrolment/2"
}

// Error implements error.
func (e *LaterError) Error() string { return fmt.Sprintf("%v: %q", ErrLaterVersion, e.Format) }

// Unwrap returns ErrLaterVersion.
func (e *LaterError) Unwrap() error { return ErrLaterVersion }

// formatOf returns the name at the beginning of a file of a later version, with its
// number as far as it is one.
func formatOf(body []byte) string {
	name := []byte(magic[:len(magic)-1])
	end := bytes.Index(body, name) + len(name)
	for end < len(body) && end < 40 && body[end] >= '0' && body[end] <= '9' {
		name, end = append(name, body[end]), end+1
	}
	return string(name)
}

// file checks what was decoded.
func (w *wire) file() (*file, error) {
	f := &file{Params: Params{w.Passes, w.Memory}}
	if w.Magic != magic || !f.Params.valid() || len(w.Salt) != len(f.Salt) || len(w.Entries) > MaxPeople {
		return nil, ErrNotAFile
	}
	copy(f.Salt[:], w.Salt)
	for i, e := range w.Entries {
		if len(e.Tag) != tagSize || len(e.Sealed) > maxSealed || (len(e.Sealed)-nonceSize-16)%256 != 0 || len(e.Sealed) < nonceSize+256+16 ||
			i > 0 && bytes.Compare(w.Entries[i-1].Tag, e.Tag) >= 0 {
			return nil, ErrNotAFile
		}
		f.Entries = append(f.Entries, entry{Tag: [tagSize]byte(e.Tag), Until: e.Until, Sealed: e.Sealed})
	}
	return f, nil
}

func (f *file) index(tag [tagSize]byte) int {
	return slices.IndexFunc(f.Entries, func(e entry) bool { return e.Tag == tag })
}

// without returns the file without the entry of a tag and without those that have
// expired; f is not changed.
func (f *file) without(tag [tagSize]byte, now int64) file {
	next := file{Params: f.Params, Salt: f.Salt}
	for _, e := range f.Entries {
		if e.Tag != tag && format.DayStart(int64(e.Until)) > now {
			next.Entries = append(next.Entries, e)
		}
	}
	return next
}

// NewKey returns a new venue key.
func NewKey(random io.Reader) (Key, error) {
	var k Key
	_, err := io.ReadFull(random, k.secret[:])
	return k, err
}

// Text returns the key as its file has it.
func (k Key) Text() []byte { return append(hex.AppendEncode(nil, k.secret[:]), '\n') }

// ParseKey reads a venue key. The error is ErrNotAKey.
func ParseKey(text []byte) (Key, error) {
	text = bytes.TrimSpace(text)
	var k Key
	if len(text) != hex.EncodedLen(KeySize) {
		return Key{}, ErrNotAKey
	}
	if _, err := hex.Decode(k.secret[:], text); err != nil {
		return Key{}, ErrNotAKey
	}
	return k, nil
}

// LoadKey reads the venue key from a file that its owner alone may read, and that
// does not lie in the folder of the enrolment file. Errors are ErrNotAKey, ErrKeyOpen,
// ErrTogether and those of package os.
func LoadKey(keyFile, enrolmentFile string) (Key, error) {
	if sameFolder(filepath.Dir(keyFile), filepath.Dir(enrolmentFile)) {
		return Key{}, ErrTogether
	}
	info, err := os.Stat(keyFile)
	if err != nil {
		return Key{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > 1024 {
		return Key{}, ErrNotAKey
	}
	if openToOthers(info.Mode()) {
		return Key{}, ErrKeyOpen
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return Key{}, err
	}
	defer clear(text)
	return ParseKey(text)
}

// sameFolder reports whether two paths lead to one folder, also by a link. One that is
// not there is no other's.
func sameFolder(one, other string) bool {
	a, err := os.Stat(one)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && os.SameFile(a, b)
}
