package keystest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// TestTheKeyIsTheOneOfTheSameBytes holds it to keys.Generate and the file to
// keys.Parse.
func TestTheKeyIsTheOneOfTheSameBytes(t *testing.T) {
	random := bytes.Repeat([]byte{7}, 32)
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		want, err := keys.Generate(algorithm, bytes.NewReader(random))
		if err != nil {
			t.Fatal(err)
		}
		key, file, err := New(algorithm, bytes.NewReader(random), []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := keys.Parse(file, []byte("x"))
		if err != nil || !key.PublicKey().Equal(want.PublicKey()) || !again.PublicKey().Equal(want.PublicKey()) {
			t.Errorf("%s: %v, from its file %v, want %v; error %v", algorithm, key, again, want, err)
		}
		if _, err := keys.Parse(file, []byte("y")); !errors.Is(err, keys.ErrWrongPassphrase) {
			t.Errorf("%s: another passphrase gives %v", algorithm, err)
		}
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	if _, _, err := New(sig.Algorithm(-9), nil, []byte("x")); !errors.Is(err, sig.ErrUnknownAlgorithm) {
		t.Errorf("an unknown algorithm gives %v", err)
	}
	if _, _, err := New(sig.SM2, bytes.NewReader(make([]byte, 32)), []byte("x")); err == nil {
		t.Error("a scalar of zero is a key")
	}
	if _, _, err := New(sig.SM2, bytes.NewReader(nil), []byte("x")); err == nil {
		t.Error("no random bytes are a key")
	}
	if _, _, err := New(sig.SM2, nil, nil); err == nil {
		t.Error("no passphrase is one")
	}
}
