package enrolment

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/gate/gatetest"
)

// A try costs a quarter of a second on purpose. What these tests are about does not
// depend on it, so they take the cheapest there is.
func TestMain(m *testing.M) {
	least = Params{1, 8}
	os.Exit(m.Run())
}

const now, expires = 1660000000, 1660500000

func document(t testing.TB, number string) format.Document {
	t.Helper()
	d, err := format.NewDocument(3, number)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newKey(t testing.TB) Key {
	t.Helper()
	k, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func book(t testing.TB, path string, key Key) *Book {
	t.Helper()
	b, err := Open(path, key, Options{Params: least, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestADocumentOpensItsCodeUntilItExpires(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "people"), newKey(t)
	b := book(t, path, key)
	codes := gatetest.Many(t, 5, transport.Encode)
	for i, code := range codes {
		if err := b.Enrol(document(t, fmt.Sprintf("E%d", i)), code, expires+int64(i), now); err != nil {
			t.Fatal(err)
		}
	}
	b = book(t, path, key) // after a restart
	for i, code := range codes {
		d := document(t, fmt.Sprintf("E%d", i))
		if got, err := b.Find(d, now); err != nil || got != code {
			t.Errorf("%d: %q %v", i, got, err)
		}
		if got, err := b.Find(d, expires+int64(i)-1); err != nil || got != code {
			t.Errorf("%d in its last second: %v", i, err)
		}
		if got, err := b.Find(d, expires+int64(i)); !errors.Is(err, ErrNotEnrolled) || got != "" {
			t.Errorf("%d expired: %q %v", i, got, err)
		}
	}
	if _, err := b.Find(document(t, "E9"), now); !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("a stranger: %v", err)
	}
	if err := b.Enrol(document(t, "E0"), codes[1], expires, now); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Find(document(t, "E0"), now); got != codes[1] || len(b.file.Entries) != 5 {
		t.Errorf("enrolled again: %v, %d entries", err, len(b.file.Entries))
	}
}

// [GATE-12] The holder asks, and nothing is left.
func TestTheHolderDeletesAndTheExpiredAreGone(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "people"), newKey(t)
	b := book(t, path, key)
	for _, number := range []string{"A", "B"} {
		if err := b.Enrol(document(t, number), "TX1:"+number, expires, now); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.ReadFile(path)
	if gone, err := b.Forget(document(t, "A"), now); !gone || err != nil {
		t.Fatalf("%v %v", gone, err)
	}
	if gone, err := b.Forget(document(t, "A"), now); gone || err != nil {
		t.Errorf("twice: %v %v", gone, err)
	}
	after, _ := os.ReadFile(path)
	if len(after) >= len(before) {
		t.Errorf("%d bytes before, %d after", len(before), len(after))
	}
	if _, err := book(t, path, key).Find(document(t, "A"), now); !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("%v", err)
	}
	if left, err := b.Purge(expires + 86400); left != 0 || err != nil {
		t.Errorf("%d left: %v", left, err)
	}
	if data, _ := os.ReadFile(path); len(data) > 100 {
		t.Errorf("%d bytes of an empty file", len(data))
	}
}

// [GATE-10] Nothing in the file tells who is in it: not the number, not the code, not
// which entry is whose without the key, and not the length of a code.
func TestTheFileAloneNamesNobody(t *testing.T) {
	folder := t.TempDir()
	path, key := filepath.Join(folder, "people"), newKey(t)
	code := gatetest.Many(t, 1, transport.Encode)[0]
	b := book(t, path, key)
	for _, c := range []string{code, "TX1:SHORT"} {
		if err := b.Enrol(document(t, "EP7654321"+c[4:5]), c, expires, now); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := transport.Decode(code)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{"number": []byte("7654321"), "code": []byte(code[:20]), "bytes": decoded[10:20], "key": key.secret[:8]} {
		if bytes.Contains(data, secret) {
			t.Errorf("the file has the %s", name)
		}
	}
	if n := len(b.file.Entries[0].Sealed); n != len(b.file.Entries[1].Sealed) && n%256 != 28 {
		t.Errorf("the length of a code shows: %d", n)
	}
	if _, err := Open(path, newKey(t), Options{Params: least, Random: rand.Reader}); !errors.Is(err, ErrWrongKey) {
		t.Errorf("another key: %v", err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("%v", info.Mode())
	}
	if text := fmt.Sprintf("%v %+v %#v %s", key, key, key, key); strings.Contains(text, fmt.Sprintf("%x", key.secret[:4])) {
		t.Errorf("the key is printed: %s", text)
	}
}

// [GATE-11]
func TestNoMoreThanFiveThousandAndNothingThatHasExpired(t *testing.T) {
	b := book(t, filepath.Join(t.TempDir(), "people"), newKey(t))
	for i := range MaxPeople {
		b.file.Entries = append(b.file.Entries, entry{Tag: [tagSize]byte{byte(i >> 8), byte(i), 1}, Until: until(expires), Sealed: make([]byte, nonceSize+256+16)})
	}
	if err := b.replace(b.file); err != nil {
		t.Fatal(err)
	}
	if err := b.Enrol(document(t, "A"), "TX1:A", expires, now); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	if err := b.Enrol(document(t, "A"), "TX1:A", expires+9*86400, expires+86400); err != nil {
		t.Errorf("the expired make room: %v", err)
	}
	for name, c := range map[string]struct {
		document format.Document
		code     string
		expires  int64
		want     error
	}{
		"expired":     {document(t, "A"), "TX1:A", now, ErrExpired},
		"too long":    {document(t, "A"), strings.Repeat("A", MaxCode+1), expires, ErrTooLong},
		"empty":       {document(t, "A"), "", expires, ErrTooLong},
		"no document": {format.Document{}, "TX1:A", expires, ErrNoDocument},
	} {
		if err := b.Enrol(c.document, c.code, c.expires, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.Enrol(document(t, "L"), strings.Repeat("A", MaxCode), expires*2, expires); err != nil {
		t.Errorf("the longest: %v", err)
	}
	if got, err := b.Find(document(t, "L"), expires); len(got) != MaxCode || err != nil {
		t.Errorf("the longest: %d %v", len(got), err)
	}
}

// [GATE-9] A file that asks for less than a try has to cost, or for more than the
// device has, is refused; so is any other change, and a key beside the file.
func TestAFileThatWasChangedIsRefused(t *testing.T) {
	folder := t.TempDir()
	path, key := filepath.Join(folder, "people"), newKey(t)
	b := book(t, path, key)
	if err := b.Enrol(document(t, "A"), "TX1:A", expires, now); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		spoilt := bytes.Clone(data)
		spoilt[i] ^= 1
		if _, err := parse(spoilt, key); err == nil {
			t.Fatalf("byte %d", i)
		}
	}
	for _, p := range []Params{{0, 8}, {1, 7}, {65, 8}, {1, 256<<10 + 1}} {
		f := b.file
		f.Params = p
		changed, err := f.marshal(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(changed, key); !errors.Is(err, ErrNotAFile) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	later := bytes.Replace(data, []byte("enrolment/1"), []byte("enrolment/2"), 1)
	_, err = parse(later, key)
	if named, ok := errors.AsType[*LaterError](err); !ok || !errors.Is(err, ErrLaterVersion) || named.Format != "tongxing/enrolment/2" {
		t.Errorf("later: %v", err)
	}
	keyFile := filepath.Join(folder, "key")
	if err := os.WriteFile(keyFile, key.Text(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(keyFile, path); !errors.Is(err, ErrTogether) {
		t.Errorf("beside the file: %v", err)
	}
	apart := filepath.Join(t.TempDir(), "people")
	if got, err := LoadKey(keyFile, apart); err != nil || got != key {
		t.Errorf("apart: %v", err)
	}
	if err := os.Chmod(keyFile, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(keyFile, apart); !errors.Is(err, ErrKeyOpen) {
		t.Errorf("open: %v", err)
	}
}

// A power cut while the file is written leaves the old one: what stands beside it is
// never read.
func TestAHalfWrittenFileIsNotRead(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "people"), newKey(t)
	b := book(t, path, key)
	if err := b.Enrol(document(t, "A"), "TX1:A", expires, now); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	b = book(t, path, key)
	if _, err := b.Find(document(t, "A"), now); err != nil {
		t.Error(err)
	}
	if err := b.Enrol(document(t, "B"), "TX1:B", expires, now); err != nil {
		t.Error(err)
	}
	if err := os.Mkdir(path+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := b.Enrol(document(t, "C"), "TX1:C", expires, now); err == nil {
		t.Error("written over a folder")
	}
	if _, err := b.Find(document(t, "C"), now); !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("what was not written is not believed: %v", err)
	}
}

// [GATE-9] Calibrate asks for more until a try takes long enough.
func TestATryIsMadeToCostEnough(t *testing.T) {
	at := time.Unix(0, 0)
	slow := 0
	p := Calibrate(func() time.Time {
		slow++
		at = at.Add(time.Duration(slow) * 40 * time.Millisecond)
		return at
	})
	if p.Passes <= least.Passes || p.Memory < least.Memory || !p.valid() {
		t.Errorf("%+v", p)
	}
}

func FuzzParse(f *testing.F) {
	key, err := ParseKey(bytes.Repeat([]byte("0f"), KeySize))
	if err != nil {
		f.Fatal("no key for the seeds")
	}
	sample := file{Params: least}
	sample.Entries = []entry{{Tag: [tagSize]byte{1}, Until: 955, Sealed: make([]byte, nonceSize+256+16)}}
	data, err := sample.marshal(key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:len(data)-32])
	f.Add(data[:40])
	f.Fuzz(func(t *testing.T, body []byte) {
		text := append(bytes.Clone(body), key.mac("file", body)...) // as who has the key could write it
		parsed, err := parse(text, key)
		if err != nil {
			if parsed != nil {
				t.Fatal("a file beside an error")
			}
			return
		}
		again, err := parsed.marshal(key)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%x\n%x %v", text, again, err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add(bytes.Repeat([]byte("0f"), KeySize))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ParseKey(text)
		if err == nil && !bytes.EqualFold(bytes.TrimSpace(k.Text()), bytes.TrimSpace(text)) {
			t.Fatalf("%q", text)
		}
	})
}

func BenchmarkTry(b *testing.B) {
	cheap := least
	least = Params{3, 64 << 10}
	defer func() { least = cheap }()
	book, err := Open(filepath.Join(b.TempDir(), "people"), Key{}, Options{Params: least, Random: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	d := document(b, "A")
	for b.Loop() {
		if _, err := book.Find(d, now); !errors.Is(err, ErrNotEnrolled) {
			b.Fatal(err)
		}
	}
}
