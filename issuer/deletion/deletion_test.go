package deletion

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/registry"
)

var (
	first  = sigtest.New(sig.SM2, "deletion-1")
	second = sigtest.New(sig.ES256, "deletion-2")
)

func record() Record {
	return Record{
		Act: "purge", Object: "4bf4f0d96af950d9dc74795ac4645178", At: 1_795_305_600, By: "操作员 3", Before: 1_793_462_400,
		Counts: map[string]uint64{"entries": 1000, "requests": 10}, Journal: registry.JournalHead{Sequence: 812, Hash: [32]byte{1}},
	}
}

func TestARecordIsReadAsItWasSigned(t *testing.T) {
	want := record()
	data, err := Sign(want, first, second)
	if err != nil {
		t.Fatal(err)
	}
	stranger := sigtest.New(sig.ES256, "deletion-3").PublicKey()
	got, signers, err := Parse(data, []*sig.PublicKey{stranger, second.PublicKey(), first.PublicKey()})
	if err != nil || !reflect.DeepEqual(got, want) || len(signers) != 2 || !signers[0].Equal(second.PublicKey()) {
		t.Errorf("%+v by %d, error %v, want %+v", got, len(signers), err, want)
	}
	for name, keys := range map[string][]*sig.PublicKey{"nobody": nil, "a stranger": {stranger}} {
		if got, signers, err := Parse(data, keys); !errors.Is(err, ErrSignature) || got.Act != "" || signers != nil {
			t.Errorf("%s: %+v, error %v, want ErrSignature", name, got, err)
		}
	}
	none := want
	none.Counts = nil
	if data, err = Sign(none, first); err != nil {
		t.Fatal(err)
	}
	if got, _, err := Parse(data, []*sig.PublicKey{first.PublicKey()}); err != nil || len(got.Counts) != 0 {
		t.Errorf("%+v, error %v", got, err)
	}
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	data, err := Sign(record(), first)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] ^= 1
		if _, _, err := Parse(data, []*sig.PublicKey{first.PublicKey()}); err == nil {
			t.Errorf("byte %d can be changed", i)
		}
		data[i] ^= 1
	}
}

func TestRecordsOutOfBoundsAreNotSigned(t *testing.T) {
	for name, change := range map[string]func(*Record){
		"no act":       func(r *Record) { r.Act = "" },
		"no object":    func(r *Record) { r.Object = "" },
		"no name":      func(r *Record) { r.By = "" },
		"a long name":  func(r *Record) { r.By = strings.Repeat("a", 129) },
		"two lines":    func(r *Record) { r.By = "a\nb" },
		"before 1970":  func(r *Record) { r.At = -1 },
		"after 2106":   func(r *Record) { r.Before = 1 << 32 },
		"a bad count":  func(r *Record) { r.Counts[""] = 1 },
		"many counts":  func(r *Record) { r.Counts = many() },
		"before, 1970": func(r *Record) { r.Before = -1 },
	} {
		r := record()
		change(&r)
		if data, err := Sign(r, first); !errors.Is(err, ErrInvalid) || data != nil {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
	if data, err := Sign(record()); !errors.Is(err, ErrInvalid) || data != nil {
		t.Errorf("signed by nobody: error %v, want ErrInvalid", err)
	}
}

func many() map[string]uint64 {
	counts := make(map[string]uint64)
	for c := 'a'; c < 'a'+17; c++ {
		counts[string(c)] = 1
	}
	return counts
}

// signed signs anything as a message of a type.
func signed(t testing.TB, typ string, v any) []byte {
	t.Helper()
	payload, err := cborx.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	message, err := cose.NewSign(typ, payload)
	if err == nil {
		message, err = message.WithSignature(first)
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := message.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWhatIsNoRecordIsRefused(t *testing.T) {
	good := content{Act: "a", Object: "b", By: "c", Counts: map[string]uint64{}, Journal: head{Hash: make([]byte, 32)}}
	short, future, nameless := good, good, good
	short.Journal.Hash = make([]byte, 31)
	future.At = 1 << 63
	nameless.By = ""
	if _, _, err := Parse(signed(t, MediaType, good), []*sig.PublicKey{first.PublicKey()}); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing":       nil,
		"text":          []byte("purged"),
		"another type":  signed(t, "application/vnd.tongxing.root+cose", good),
		"another thing": signed(t, MediaType, 5),
		"a short hash":  signed(t, MediaType, short),
		"a late time":   signed(t, MediaType, future),
		"no name":       signed(t, MediaType, nameless),
		"too large":     make([]byte, MaxSize+1),
	} {
		if r, signers, err := Parse(data, []*sig.PublicKey{first.PublicKey()}); !errors.Is(err, ErrNotARecord) || r.Act != "" || signers != nil {
			t.Errorf("%s: %+v, error %v, want ErrNotARecord", name, r, err)
		}
	}
}

func FuzzRecord(f *testing.F) {
	data, err := os.ReadFile(filepath.Join("testdata", "purge.cose"))
	if err != nil {
		f.Fatal(err)
	}
	keys := []*sig.PublicKey{first.PublicKey(), second.PublicKey()}
	if _, _, err := Parse(data, keys); err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, signers, err := Parse(data, keys)
		if err == nil && (r.check() != nil || len(signers) == 0) {
			t.Errorf("%+v by %d is read", r, len(signers))
		}
		if err != nil && (r.Act != "" || signers != nil) {
			t.Errorf("%+v beside error %v", r, err)
		}
	})
}
