package jwks_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/jwks"
)

// oneOfEach is a nation without regions whose root has one key of each algorithm.
func oneOfEach(t testing.TB) *nation.Nation {
	t.Helper()
	n := nation.New(t)
	n.RootSigners = n.RootSigners[:2]
	root := n.NewRoot(1, n.RootSigners)
	for i := range root.Groups {
		root.Groups[i].Threshold = 1
	}
	n.Roots = []*trustlist.Root{root}
	return n
}

// [JWKS-24]
func TestEveryByteOfAnExportCounts(t *testing.T) {
	n := oneOfEach(t)
	data := signed(t, draft(t, n.Load()), n.RootSigners...).Marshal()
	if _, _, err := jwks.Verify(data, n.Roots[0], jwks.Known{}); err != nil {
		t.Fatal(err)
	}
	mangled := slices.Clone(data)
	for i := range data {
		for _, change := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
			mangled[i] = data[i] ^ change
			if _, _, err := jwks.Verify(mangled, n.Roots[0], jwks.Known{}); err == nil {
				t.Fatalf("byte %d from %02x to %02x is not noticed", i, data[i], mangled[i])
			}
		}
		mangled[i] = data[i]
		if _, _, err := jwks.Verify(data[:i], n.Roots[0], jwks.Known{}); err == nil {
			t.Fatalf("the first %d bytes are an export", i)
		}
	}
	if _, _, err := jwks.Verify(append(mangled, '\n'), n.Roots[0], jwks.Known{}); err == nil {
		t.Fatal("a byte more is not noticed")
	}
}

// Where more have signed than have to, the bytes of one of their signatures
// decide nothing; no others do.
func TestAChangedByteNeverGivesOtherKeys(t *testing.T) {
	n := nation.New(t)
	data := signed(t, draft(t, n.Load()), n.RootSigners...).Marshal()
	want, _, err := jwks.Verify(data, n.Roots[0], jwks.Known{})
	if err != nil {
		t.Fatal(err)
	}
	passed, last := 0, bytes.Index(data, []byte(`"signatures"`))
	mangled := slices.Clone(data)
	for i := range data {
		mangled[i] ^= 1
		set, _, err := jwks.Verify(mangled, n.Roots[0], jwks.Known{})
		mangled[i] = data[i]
		switch {
		case err != nil:
		case set.Hash != want.Hash:
			t.Fatalf("byte %d: other keys", i)
		case i < last:
			t.Fatalf("byte %d of the payload is not noticed", i)
		default:
			passed++
		}
	}
	if passed == 0 {
		t.Error("no byte decides nothing, although six have signed and four have to")
	}
}

// [JWKS-25]
func TestABadSignatureIsNotReleased(t *testing.T) {
	n := smallNation(t)
	e := draft(t, n.Load())
	for _, signer := range n.RootSigners[:2] {
		if d, err := e.Sign(broken{signer}); err == nil {
			t.Errorf("%s: released %+v", signer.PublicKey(), d)
		}
		d, err := e.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		d.Value[5] ^= 1
		if _, err := e.Combine(d); err == nil {
			t.Errorf("%s: a signature that does not verify is combined", signer.PublicKey())
		}
		d.Value[5] ^= 1
		d.Document[0] ^= 1
		if _, err := e.Combine(d); err == nil {
			t.Errorf("%s: a signature of another document is combined", signer.PublicKey())
		}
	}
}

// broken is a signer with a fault in its hardware.
type broken struct{ sig.Signer }

func (b broken) Sign(message []byte) ([]byte, error) {
	signed, err := b.Signer.Sign(message)
	signed[40] ^= 1
	return signed, err
}
