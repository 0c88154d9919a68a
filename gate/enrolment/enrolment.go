// Package enrolment lets people who agreed come in with their identity document alone
// (刷身份证): at a compound or workplace their code is stored once, and from then on
// the document opens it until it expires.
//
//	file  = deterministic CBOR, spec/gate.md and spec/cddl/enrolment.cddl
//	P     = Argon2id(document, salt of file and venue key)    250 ms or more, once a look-up
//	tag   = HMAC(venue key, P)     where the entry stands, so that one run of Argon2id finds it
//	entry = [tag, until, AES-256-GCM(HMAC(venue key, P), code)]
//
// The file alone names nobody and tells how many there are and when each expires. The
// venue key is a file apart. Who has both can try document numbers, one for every run
// of Argon2id (spec/gate.md says what that comes to). A life:
//
//	book, err := enrolment.Open(path, key, enrolment.Options{Params: params, Random: rand.Reader})
//	err = book.Enrol(document, code, expires, now)
//	code, err := book.Find(document, now)    // ErrNotEnrolled: another way in, no refusal
//	gone, err := book.Forget(document, now)
package enrolment

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"golang.org/x/crypto/argon2"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cborx"
)

const (
	// MaxPeople is how many people are enrolled at most.
	MaxPeople = 5000
	// MaxCode is how many bytes the text of a stored code has at most.
	MaxCode = 1021
	// KeySize is the number of bytes of a venue key.
	KeySize = 32
)

var (
	// ErrNotEnrolled says that no code that is still good is stored under a document.
	ErrNotEnrolled = errors.New("enrolment: no code is stored under this document")
	// ErrFull says that MaxPeople are enrolled.
	ErrFull = errors.New("enrolment: 5,000 people are enrolled")
	// ErrExpired says that a code that is to be stored has expired.
	ErrExpired = errors.New("enrolment: the code has expired")
	// ErrTooLong says that a code is longer than MaxCode.
	ErrTooLong = errors.New("enrolment: the code is too long")
	// ErrNoDocument says that there is no document to store a code under.
	ErrNoDocument = errors.New("enrolment: no document")
	// ErrOptions says that options contradict themselves or lack a part.
	ErrOptions = errors.New("enrolment: parameters out of range, or no random source")
)

// Params are those of Argon2id (RFC 9106), with one lane.
type Params struct {
	Passes uint32
	Memory uint32 // KiB
}

// What a file may ask for: below, a try would cost too little; above, a file could
// take the device's memory or time.
var (
	least = Params{Passes: 3, Memory: 64 << 10}
	most  = Params{Passes: 64, Memory: 256 << 10}
)

func (p Params) valid() bool {
	return p.Passes >= least.Passes && p.Passes <= most.Passes && p.Memory >= least.Memory && p.Memory <= most.Memory
}

// Options of a Book.
type Options struct {
	Params Params // of a file that is not there yet: see Calibrate
	Random io.Reader
}

// Book is the enrolment file of one device, which other processes of the device may
// change too. It is safe for concurrent use; look-ups
// are made one after the other, for each takes the memory of its Params.
type Book struct {
	mu     sync.Mutex
	path   string
	key    Key
	random io.Reader
	file   file
	read   os.FileInfo // of the file when it was read or written; nil: it was not there
}

// Open returns the Book of the file at path, which need not be there yet; it is
// written with the first enrolment. Errors are ErrOptions, ErrNotAFile,
// ErrLaterVersion, ErrWrongKey and those of package os.
func Open(path string, key Key, o Options) (*Book, error) {
	if o.Random == nil {
		return nil, ErrOptions
	}
	b := &Book{path: path, key: key, random: o.Random}
	if err := b.refresh(); err != nil {
		return nil, err
	}
	if b.read != nil {
		return b, nil
	}
	if !o.Params.valid() {
		return nil, ErrOptions
	}
	b.file = file{Params: o.Params}
	_, err := io.ReadFull(o.Random, b.file.Salt[:])
	return b, err
}

// refresh reads the file again if another process has replaced it, so that nobody who
// was deleted elsewhere is let in or written back here. A file that is gone has nobody.
func (b *Book) refresh() error {
	info, err := os.Stat(b.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		b.file.Entries, b.read = nil, nil
		return nil
	case err != nil:
		return err
	case b.read != nil && os.SameFile(b.read, info) && b.read.ModTime().Equal(info.ModTime()) && b.read.Size() == info.Size():
		return nil
	}
	data, err := readFile(b.path)
	if err != nil {
		return err
	}
	parsed, err := parse(data, b.key)
	if err != nil {
		return fmt.Errorf("%s: %w", b.path, err)
	}
	b.file, b.read = *parsed, info
	return nil
}

// change locks the file against other processes and has what is in it now.
func (b *Book) change() (release func(), err error) {
	if release, err = lock(b.path); err != nil {
		return nil, err
	}
	if err := b.refresh(); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// Enrol stores the text of a code under a document, in place of the one before,
// until it expires (unix seconds). That the code is verified and its holder's is the
// caller's to know. Errors are ErrNoDocument, ErrExpired, ErrTooLong, ErrFull and
// those of writing the file; each leaves the file as it was.
func (b *Book) Enrol(document format.Document, code string, expires, now int64) error {
	switch {
	case document == (format.Document{}):
		return ErrNoDocument
	case expires <= now:
		return ErrExpired
	case code == "" || len(code) > MaxCode:
		return ErrTooLong
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	release, err := b.change()
	if err != nil {
		return err
	}
	defer release()
	secret, err := b.secret(document)
	if err != nil {
		return err
	}
	defer clear(secret)
	sealed, err := b.seal(secret, code, expires)
	if err != nil {
		return err
	}
	next := b.file.without(b.key.tag(secret), now)
	if len(next.Entries) >= MaxPeople {
		return ErrFull
	}
	next.Entries = append(next.Entries, entry{Tag: b.key.tag(secret), Until: until(expires), Sealed: sealed})
	return b.replace(next)
}

// Find returns the code that is stored under a document. Errors are ErrNotEnrolled,
// also for one that has expired, ErrNoDocument, and those of Open for a file that was
// replaced.
func (b *Book) Find(document format.Document, now int64) (string, error) {
	code, expires, err := b.Stored(document)
	switch {
	case err != nil:
		return "", err
	case expires <= now:
		return "", ErrNotEnrolled
	}
	return code, nil
}

// Stored returns the code that is stored under a document and when it expires (unix
// seconds), for its holder: one that has expired is stored until the file is written.
// Errors are those of Find.
func (b *Book) Stored(document format.Document) (code string, expires int64, err error) {
	if document == (format.Document{}) {
		return "", 0, ErrNoDocument
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(); err != nil {
		return "", 0, err
	}
	secret, err := b.secret(document)
	if err != nil {
		return "", 0, err
	}
	defer clear(secret)
	i := b.file.index(b.key.tag(secret))
	if i < 0 {
		return "", 0, ErrNotEnrolled
	}
	if code, expires, err = b.open(secret, &b.file.Entries[i]); err != nil {
		return "", 0, ErrNotEnrolled
	}
	return code, expires, nil
}

// Forget deletes what is stored under a document, as its holder may ask at any time,
// and reports whether there was anything.
func (b *Book) Forget(document format.Document, now int64) (bool, error) {
	if document == (format.Document{}) {
		return false, ErrNoDocument
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	release, err := b.change()
	if err != nil {
		return false, err
	}
	defer release()
	secret, err := b.secret(document)
	if err != nil {
		return false, err
	}
	defer clear(secret)
	tag := b.key.tag(secret)
	if b.file.index(tag) < 0 {
		return false, nil
	}
	return true, b.replace(b.file.without(tag, now))
}

// Purge takes everybody out whose code has expired, and returns how many are left.
func (b *Book) Purge(now int64) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	release, err := b.change()
	if err != nil {
		return 0, err
	}
	defer release()
	next := b.file.without([tagSize]byte{}, now)
	if len(next.Entries) == len(b.file.Entries) {
		return len(next.Entries), nil
	}
	return len(next.Entries), b.replace(next)
}

// Params returns those of the file.
func (b *Book) Params() Params { return b.file.Params }

// secret is what Argon2id makes of a document, 64 bytes: half finds the entry, half
// opens it.
func (b *Book) secret(document format.Document) ([]byte, error) {
	password, err := cborx.Marshal([]any{document.Class(), document.Number()})
	if err != nil {
		return nil, err
	}
	defer clear(password)
	return argon2.IDKey(password, b.key.mac("salt", b.file.Salt[:]), b.file.Params.Passes, b.file.Params.Memory, 1, 64), nil
}

const nonceSize = 12

// seal encrypts the code with its expiry, padded so that its length tells nothing.
func (b *Book) seal(secret []byte, code string, expires int64) ([]byte, error) {
	content, err := cborx.Marshal([]any{uint64(expires), code})
	if err != nil {
		return nil, err
	}
	padded := make([]byte, (len(content)+1+255)/256*256)
	copy(padded, content)
	padded[len(content)] = 0x80 // ISO/IEC 7816-4: one bit, then zeros
	nonce := make([]byte, nonceSize)
	if _, err := io.ReadFull(b.random, nonce); err != nil {
		return nil, err
	}
	aead, err := b.key.aead(secret)
	if err != nil {
		return nil, err
	}
	tag := b.key.tag(secret)
	return aead.Seal(nonce, nonce, padded, tag[:]), nil
}

// open decrypts an entry.
func (b *Book) open(secret []byte, e *entry) (code string, expires int64, err error) {
	aead, err := b.key.aead(secret)
	if err != nil {
		return "", 0, err
	}
	padded, err := aead.Open(nil, e.Sealed[:nonceSize], e.Sealed[nonceSize:], e.Tag[:])
	if err != nil {
		return "", 0, err
	}
	end := len(padded) - 1
	for end > 0 && padded[end] == 0 {
		end--
	}
	var content struct {
		_       struct{} `cbor:",toarray"`
		Expires uint64
		Code    string
	}
	if err := cborx.Unmarshal(padded[:end], &content); err != nil {
		return "", 0, err
	}
	return content.Code, int64(min(content.Expires, 1<<40)), nil
}

// replace makes next the content of the file.
func (b *Book) replace(next file) error {
	slices.SortFunc(next.Entries, func(x, y entry) int { return slices.Compare(x.Tag[:], y.Tag[:]) })
	data, err := next.marshal(b.key)
	if err != nil {
		return err
	}
	if err := replaceFile(b.path, data); err != nil {
		return err
	}
	b.file = next
	b.read, err = os.Stat(b.path)
	return err
}

// Key is a venue key. It is never printed.
type Key struct{ secret [KeySize]byte }

// Format implements fmt.Formatter for every verb, without the key.
func (Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "venue key") }

// mac is HMAC-SHA-256 of the venue key over a use of it and its data.
func (k Key) mac(use string, data []byte) []byte {
	h := hmac.New(sha256.New, k.secret[:])
	h.Write([]byte("tongxing/enrolment/1 " + use + "\x00"))
	h.Write(data)
	return h.Sum(nil)
}

func (k Key) tag(secret []byte) [tagSize]byte { return [tagSize]byte(k.mac("tag", secret[:32])) }

func (k Key) aead(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.mac("seal", secret[32:]))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
