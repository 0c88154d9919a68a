package deletion

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec/vectors"
)

var (
	one   = sigtest.New(sig.SM2, "deletion-1")
	other = sigtest.New(sig.ES256, "deletion-2")
)

func record() Record {
	return Record{
		Act: Purge, Object: "4bf4f0d96af950d9dc74795ac4645178", At: 1_795_305_600, By: "操作员 3", Before: 1_793_462_400,
		Counts: map[string]uint64{"entries": 1000, "requests": 10}, Journal: registry.JournalHead{Sequence: 812, Hash: [32]byte{1}},
	}
}

func TestARecordIsReadAsItWasSigned(t *testing.T) {
	want := record()
	data, err := Sign(want, one, other)
	if err != nil {
		t.Fatal(err)
	}
	stranger := sigtest.New(sig.ES256, "deletion-3").PublicKey()
	got, signers, err := Parse(data, []*sig.PublicKey{stranger, other.PublicKey(), one.PublicKey()})
	if err != nil || !reflect.DeepEqual(got, want) || len(signers) != 2 || !signers[0].Equal(other.PublicKey()) {
		t.Errorf("%+v by %d, error %v, want %+v", got, len(signers), err, want)
	}
	for name, keys := range map[string][]*sig.PublicKey{"nobody": nil, "a stranger": {stranger}} {
		if got, signers, err := Parse(data, keys); !errors.Is(err, ErrSignature) || got.Act != "" || signers != nil {
			t.Errorf("%s: %+v, error %v, want ErrSignature", name, got, err)
		}
	}
	none := want
	none.Counts = nil
	if data, err = Sign(none, one); err != nil {
		t.Fatal(err)
	}
	if got, _, err := Parse(data, []*sig.PublicKey{one.PublicKey()}); err != nil || len(got.Counts) != 0 {
		t.Errorf("%+v, error %v", got, err)
	}
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	data, err := Sign(record(), one)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] ^= 1
		if _, _, err := Parse(data, []*sig.PublicKey{one.PublicKey()}); err == nil {
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
		"another act":  func(r *Record) { r.Act = "shred" },
		"no months":    func(r *Record) { r.Before = 0 },
		"a job's own":  func(r *Record) { r.Digest = new([32]byte) },
		"a job":        func(r *Record) { r.Act = Forget },
		"no digest":    func(r *Record) { r.Act, r.Before = Abandon, 0 },
		"no journal":   func(r *Record) { r.Journal.Sequence = 0 },
	} {
		r := record()
		change(&r)
		if data, err := Sign(r, one); !errors.Is(err, ErrInvalid) || data != nil {
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

// Each vector of records is taken or refused as it says, for its class of fault.
func TestVectorsAreTakenAndRefusedAsTheySay(t *testing.T) {
	all, err := vectors.LoadDeletions()
	if err != nil {
		t.Fatal(err)
	}
	faults := map[string]error{"encoding": ErrNotARecord, "envelope": ErrNotARecord, "kind": ErrNotARecord, "content": ErrNotARecord, "unsigned": ErrSignature}
	for _, v := range all {
		got, signers, err := Parse(v.Record, keysOf(t, v))
		if v.Expect == "ok" {
			if err != nil || !reflect.DeepEqual(got, said(v)) || len(signers) != v.Signers {
				t.Errorf("%s: %+v by %d, error %v, want %+v by %d", v.Name, got, len(signers), err, said(v), v.Signers)
			}
			continue
		}
		if want := faults[v.Expect]; want == nil || !errors.Is(err, want) || got.Act != "" || signers != nil {
			t.Errorf("%s: %+v, error %v, want %v (%s)", v.Name, got, err, want, v.Comment)
		}
	}
}

func keysOf(t testing.TB, v vectors.Deletion) []*sig.PublicKey {
	t.Helper()
	var keys []*sig.PublicKey
	for _, k := range v.Keys {
		key, err := sig.NewPublicKey(sig.Algorithm(k.Algorithm), slices.Concat([]byte{4}, k.X, k.Y))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func said(v vectors.Deletion) Record {
	r := Record{Act: v.Says.Act, Object: v.Says.Object, At: v.Says.At, By: v.Says.By, Before: v.Says.Before, Counts: v.Says.Counts,
		Journal: registry.JournalHead{Sequence: v.Says.Sequence, Hash: [32]byte(v.Says.Hash)}}
	if v.Says.Digest != nil {
		r.Digest = (*[32]byte)(v.Says.Digest)
	}
	return r
}

// What a record says is written as the vectors write it, byte for byte but for the
// signatures.
func TestRecordsHaveTheBytesOfTheVectors(t *testing.T) {
	all, err := vectors.LoadDeletions()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.Expect != "ok" {
			continue
		}
		data, err := Sign(said(v), one)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		ours, err := cose.ParseSign(data)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := cose.ParseSign(v.Record)
		if err != nil || ours.Hash() != theirs.Hash() {
			t.Errorf("%s: %x, want %x, error %v", v.Name, ours.UnverifiedPayload(), theirs.UnverifiedPayload(), err)
		}
	}
}

// wrongly signs another message.
type wrongly struct{ sig.Signer }

func (w wrongly) Sign(message []byte) ([]byte, error) { return w.Signer.Sign(append(message, 0)) }

// [DELETION-5]
func TestASignatureThatDoesNotVerifyIsNotGivenAway(t *testing.T) {
	for _, signer := range []sig.Signer{one, other} {
		if data, err := Sign(record(), wrongly{signer}); !errors.Is(err, ErrRefused) || data != nil {
			t.Errorf("%s: error %v, want ErrRefused", signer.PublicKey(), err)
		}
	}
}

// [DELETION-1]
func TestMoreThanARecordMayHaveIsRefused(t *testing.T) {
	if _, _, err := Parse(make([]byte, MaxSize+1), nil); !errors.Is(err, ErrNotARecord) {
		t.Errorf("error %v, want ErrNotARecord", err)
	}
}

func FuzzRecord(f *testing.F) {
	all, err := vectors.LoadDeletions()
	if err != nil {
		f.Fatal(err)
	}
	keys := keysOf(f, all[0])
	for _, v := range all {
		f.Add([]byte(v.Record))
	}
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
