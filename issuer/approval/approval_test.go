package approval

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

var (
	approver = sigtest.New(sig.ES256, "approval-approver")
	signing  = sigtest.New(sig.SM2, "approval-signing")
)

func approved() Approval {
	keys := [][32]byte{signing.PublicKey().Thumbprint(), {1}}
	slices.SortFunc(keys, func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) })
	return Approval{
		Region: "33", Job: "33-7d1e5b02c4a9f6d81b3e0a7c95f24d68", Records: RecordsHash([]byte("key"), []byte("hash")),
		At: 1_660_089_600, Adverse: map[uint16]uint64{1: 12, 2: 3}, Keys: keys,
	}
}

// [ISSUER-25]
func TestAnApprovalIsReadAsItWasSigned(t *testing.T) {
	for _, by := range []sig.Signer{approver, sigtest.New(sig.SM2, "approval-2")} {
		data, err := Sign(approved(), by)
		if err != nil {
			t.Fatal(err)
		}
		got, signer, err := Parse(data, []*sig.PublicKey{signing.PublicKey(), by.PublicKey()})
		if err != nil || !reflect.DeepEqual(got, approved()) || !signer.Equal(by.PublicKey()) {
			t.Errorf("%+v by %v, error %v, want %+v", got, signer, err, approved())
		}
		if got, signer, err := Parse(data, []*sig.PublicKey{signing.PublicKey()}); !errors.Is(err, ErrSignature) || got.Job != "" || signer != nil {
			t.Errorf("%+v, error %v, want ErrSignature", got, err)
		}
	}
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	data, err := Sign(approved(), approver)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] ^= 1
		if _, _, err := Parse(data, []*sig.PublicKey{approver.PublicKey()}); err == nil {
			t.Errorf("byte %d can be changed", i)
		}
		data[i] ^= 1
	}
}

// Who signs the credentials approves nothing, neither when it is written nor, where
// another program wrote it, when it is read. [ISSUER-24]
func TestAnApproverWhoSignsIsRefused(t *testing.T) {
	if data, err := Sign(approved(), signing); !errors.Is(err, ErrOwnKey) || data != nil {
		t.Errorf("error %v, want ErrOwnKey", err)
	}
	data := written(t, approved(), signing)
	if got, _, err := Parse(data, []*sig.PublicKey{signing.PublicKey()}); !errors.Is(err, ErrOwnKey) || got.Job != "" {
		t.Errorf("%+v, error %v, want ErrOwnKey", got, err)
	}
}

// written signs without a look.
func written(t *testing.T, a Approval, by ...sig.Signer) []byte {
	t.Helper()
	payload, err := cborx.Marshal(a.content())
	if err != nil {
		t.Fatal(err)
	}
	message, err := cose.NewSign(MediaType, payload)
	for _, signer := range by {
		if err == nil {
			message, err = message.WithSignature(signer)
		}
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

// What is out of bounds is neither written nor read. [ISSUER-26]
func TestApprovalsOutOfBoundsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Approval){
		"no region":       func(a *Approval) { a.Region = "" },
		"letters":         func(a *Approval) { a.Region = "ZJ" },
		"no job":          func(a *Approval) { a.Job = "" },
		"a long job":      func(a *Approval) { a.Job = strings.Repeat("a", 129) },
		"after 2106":      func(a *Approval) { a.At = 1 << 32 },
		"no states":       func(a *Approval) { a.Adverse = nil },
		"green":           func(a *Approval) { a.Adverse[0] = 1 },
		"none of a state": func(a *Approval) { a.Adverse[1] = 0 },
		"many states":     func(a *Approval) { a.Adverse = many() },
		"no keys":         func(a *Approval) { a.Keys = nil },
		"a key twice":     func(a *Approval) { a.Keys = [][32]byte{{1}, {1}} },
		"not ascending":   func(a *Approval) { a.Keys = [][32]byte{{2}, {1}} },
		"many keys":       func(a *Approval) { a.Keys = make([][32]byte, maxKeys+1) },
	} {
		a := approved()
		change(&a)
		if data, err := Sign(a, approver); !errors.Is(err, ErrInvalid) || data != nil {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
		if got, _, err := Parse(written(t, a, approver), []*sig.PublicKey{approver.PublicKey()}); !errors.Is(err, ErrNotAnApproval) || got.Job != "" {
			t.Errorf("%s: %+v, error %v, want ErrNotAnApproval", name, got, err)
		}
	}
}

func many() map[uint16]uint64 {
	states := make(map[uint16]uint64)
	for state := range uint16(maxStates + 1) {
		states[state+1] = 1
	}
	return states
}

func TestWhatIsNoApprovalIsRefused(t *testing.T) {
	other, err := cose.NewSign("application/vnd.tongxing.deletion+cose", []byte{0xa0})
	if err != nil {
		t.Fatal(err)
	}
	other, err = other.WithSignature(approver)
	if err != nil {
		t.Fatal(err)
	}
	typed, err := other.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing":        nil,
		"too large":      make([]byte, MaxSize+1),
		"of other type":  typed,
		"two signatures": written(t, approved(), approver, sigtest.New(sig.SM2, "approval-2")),
	} {
		if got, signer, err := Parse(data, []*sig.PublicKey{approver.PublicKey()}); !errors.Is(err, ErrNotAnApproval) || got.Job != "" || signer != nil {
			t.Errorf("%s: %+v, error %v, want ErrNotAnApproval", name, got, err)
		}
	}
}

// Another of anything but of the keys at hand is another job.
func TestAnApprovalIsOfOneJob(t *testing.T) {
	bulk := func() Approval {
		a := approved()
		a.Bulk = &Bulk{Digest: [32]byte{7}, Records: 1000, Lifetime: 604800}
		return a
	}
	rotated := bulk()
	rotated.Keys = [][32]byte{{9}}
	if !bulk().Same(bulk()) || !bulk().Same(rotated) || !approved().Same(approved()) {
		t.Error("the same job is another")
	}
	for name, change := range map[string]func(*Approval){
		"region":   func(a *Approval) { a.Region = "41" },
		"job":      func(a *Approval) { a.Job += "0" },
		"records":  func(a *Approval) { a.Records[0]++ },
		"time":     func(a *Approval) { a.At++ },
		"states":   func(a *Approval) { a.Adverse[2]++ },
		"no bulk":  func(a *Approval) { a.Bulk = nil },
		"digest":   func(a *Approval) { a.Bulk.Digest[0]++ },
		"number":   func(a *Approval) { a.Bulk.Records++ },
		"lifetime": func(a *Approval) { a.Bulk.Lifetime++ },
	} {
		other := bulk()
		change(&other)
		if bulk().Same(other) || other.Same(bulk()) {
			t.Errorf("%s: another job is the same", name)
		}
	}
}

// wrongly signs another message.
type wrongly struct{ sig.Signer }

func (w wrongly) Sign(message []byte) ([]byte, error) { return w.Signer.Sign(append(message, 0)) }

func TestASignatureThatDoesNotVerifyIsNotGivenAway(t *testing.T) {
	if data, err := Sign(approved(), wrongly{approver}); !errors.Is(err, ErrRefused) || data != nil {
		t.Errorf("error %v, want ErrRefused", err)
	}
}

func FuzzApproval(f *testing.F) {
	data, err := Sign(approved(), approver)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	all := loadVectors(f)
	for _, v := range all {
		f.Add([]byte(v.Approval))
	}
	keys := append(keysOf(f, all[0]), approver.PublicKey())
	f.Fuzz(func(t *testing.T, data []byte) {
		a, signer, err := Parse(data, keys)
		if err == nil && (a.check() != nil || signer == nil) {
			t.Errorf("%+v by %v is read", a, signer)
		}
		if err != nil && (a.Job != "" || signer != nil) {
			t.Errorf("%+v beside error %v", a, err)
		}
	})
}
