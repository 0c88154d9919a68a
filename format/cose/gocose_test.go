package cose_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"testing"

	gocose "github.com/veraison/go-cose"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec/vectors"
)

// goCOSEVerifier verifies with go-cose, which shares the CBOR library with us and
// nothing of COSE.
func goCOSEVerifier(t *testing.T, point []byte) gocose.Verifier {
	t.Helper()
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	v, err := gocose.NewVerifier(gocose.AlgorithmES256, key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// goCOSE reads a credential with go-cose and verifies it.
func goCOSE(data []byte, v gocose.Verifier) (*gocose.Sign1Message, error) {
	m := gocose.NewSign1Message()
	if err := m.UnmarshalCBOR(data); err != nil {
		return nil, err
	}
	return m, m.Verify(nil, v)
}

// checkHeaders compares what go-cose reads of a credential with what we read.
func checkHeaders(t *testing.T, theirs *gocose.Sign1Message, data []byte) {
	t.Helper()
	ours, err := cose.ParseSign1(data)
	if err != nil {
		t.Fatal(err)
	}
	algorithm, err := theirs.Headers.Protected.Algorithm()
	kid, _ := theirs.Headers.Protected[gocose.HeaderLabelKeyID].([]byte)
	id := ours.KeyID()
	if err != nil || int64(algorithm) != int64(ours.Algorithm()) || !bytes.Equal(kid, id[:]) ||
		len(theirs.Headers.Protected) != 2 || len(theirs.Headers.Unprotected) != 0 || !bytes.Equal(theirs.Payload, ours.UnverifiedPayload()) {
		t.Errorf("go-cose reads %v %v %x (%v)", theirs.Headers.Protected, theirs.Headers.Unprotected, theirs.Payload, err)
	}
}

func TestGoCOSEVerifiesOurES256Credentials(t *testing.T) {
	for _, name := range []string{"a", "b", "c", "d"} {
		signer := sigtest.New(sig.ES256, "go-cose "+name)
		v := goCOSEVerifier(t, signer.PublicKey().Uncompressed())
		for range 50 {
			data, err := cose.AppendSign1(nil, payload, signer)
			if err != nil {
				t.Fatal(err)
			}
			m, err := goCOSE(data, v)
			if err != nil {
				t.Fatalf("%x: %v", data, err)
			}
			checkHeaders(t, m, data)
			data[len(data)-1-len(name)] ^= 1 // of the signature
			if _, err := goCOSE(data, v); !errors.Is(err, gocose.ErrVerification) {
				t.Errorf("%x: %v", data, err)
			}
		}
	}
}

func TestGoCOSEVerifiesEveryGoodES256Vector(t *testing.T) {
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	verified := 0
	for _, vector := range all {
		ours, err := cose.ParseSign1(vector.CBOR)
		if err != nil || !vector.Good() || ours.Algorithm() != sig.ES256 {
			continue
		}
		kid := ours.KeyID()
		for _, region := range vector.Trust.Regions {
			for _, key := range region.Keys {
				if !bytes.Equal(key.KID, kid[:]) {
					continue
				}
				m, err := goCOSE(vector.CBOR, goCOSEVerifier(t, cat([]byte{4}, key.X, key.Y)))
				if err != nil {
					t.Errorf("%s: %v", vector.Name, err)
					continue
				}
				checkHeaders(t, m, vector.CBOR)
				verified++
			}
		}
	}
	if verified == 0 {
		t.Error("no good vector with ES256")
	}
}

// What go-cose writes with the same headers is one of our credentials.
func TestWhatGoCOSESignsWeVerify(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	key, err := sig.NewPublicKey(sig.ES256, point)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gocose.NewSigner(gocose.AlgorithmES256, private)
	if err != nil {
		t.Fatal(err)
	}
	kid := key.KeyID()
	headers := gocose.Headers{Protected: gocose.ProtectedHeader{
		gocose.HeaderLabelAlgorithm: gocose.AlgorithmES256, gocose.HeaderLabelKeyID: kid[:],
	}}
	data, err := gocose.Sign1(rand.Reader, signer, headers, payload, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := cose.ParseSign1(data)
	if err != nil {
		t.Fatalf("%x: %v", data, err)
	}
	if err := m.Verify(key); err != nil || m.KeyID() != kid || !bytes.Equal(m.UnverifiedPayload(), payload) {
		t.Errorf("%x: %v", data, err)
	}
}
