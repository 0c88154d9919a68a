package keys

import (
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"github.com/tongxing/tongxing/format/sig"
)

// foreign is a kind of keeping that knows digests alone, as hardware does.
type foreign struct {
	key  *PrivateKey
	seen [][32]byte
	err  error
}

func (f *foreign) PublicKey() *sig.PublicKey { return f.key.PublicKey() }

func (f *foreign) SignDigest(digest [32]byte) ([]byte, error) {
	f.seen = append(f.seen, digest)
	if f.err != nil {
		return nil, f.err
	}
	return f.key.SignDigest(digest)
}

// TestASignatureOverTheDigestIsOneOverTheMessage holds both ways to sign to be
// one, and the digest to be the one that the standards say.
func TestASignatureOverTheDigestIsOneOverTheMessage(t *testing.T) {
	message := []byte("message")
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		device := &foreign{key: generate(t, algorithm)}
		signature, err := Messages(device).Sign(message)
		if err != nil || len(signature) != sig.SignatureSize || device.PublicKey().Verify(message, signature) != nil {
			t.Fatalf("%x, error %v", signature, err)
		}
		want := sha256.Sum256(message)
		if algorithm == sig.SM2 {
			za, err := sm2.CalculateZA(&device.key.secret().sm2.PublicKey, []byte("1234567812345678"))
			if err != nil {
				t.Fatal(err)
			}
			want = sm3.Sum(append(za, message...))
		}
		if len(device.seen) != 1 || device.seen[0] != want {
			t.Errorf("the device signed %x, want %x", device.seen, want)
		}
	})
}

func TestAFaultOfTheDeviceIsTheSignersFault(t *testing.T) {
	fault := errors.New("device removed")
	device := &foreign{key: generate(t, sig.SM2), err: fault}
	if signature, err := Messages(device).Sign(nil); !errors.Is(err, fault) || signature != nil {
		t.Errorf("%x beside error %v", signature, err)
	}
}

func TestTheZeroKeySignsNoDigest(t *testing.T) {
	if signature, err := new(PrivateKey).SignDigest([32]byte{}); err == nil || signature != nil {
		t.Errorf("%x beside error %v", signature, err)
	}
}
