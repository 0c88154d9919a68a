package sig_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	tjsm3 "github.com/tjfoc/gmsm/sm3"

	"github.com/tongxing/tongxing/format/sig"
)

func refuse(t *testing.T, key *sig.PublicKey, message, signature []byte, what string) {
	t.Helper()
	if err := key.Verify(message, signature); !errors.Is(err, sig.ErrSignature) {
		t.Errorf("%s: %s: %v", key.Algorithm(), what, err)
	}
}

// One signature in 128 has a short r or s: each must come out padded to 32
// bytes, or its halves are shifted.
func TestShortHalvesArePadded(t *testing.T) {
	for _, signer := range signers(1) {
		key := signer.PublicKey()
		var shortR, shortS int
		for n := 0; n < 1000 || shortR == 0 || shortS == 0; n++ {
			message := []byte{byte(n >> 8), byte(n)}
			signature, err := signer.Sign(message)
			if err != nil {
				t.Fatal(err)
			}
			if len(signature) != sig.SignatureSize {
				t.Fatalf("%d bytes", len(signature))
			}
			if err := key.Verify(message, signature); err != nil {
				t.Fatalf("%x: %v", signature, err)
			}
			if signature[0] == 0 {
				shortR++
			}
			if signature[32] == 0 {
				shortS++
			}
		}
		t.Logf("%s: %d short r, %d short s", key.Algorithm(), shortR, shortS)
	}
}

func TestEveryChangedBitOfASignatureIsRefused(t *testing.T) {
	message := []byte("message")
	for _, signer := range signers(1) {
		signature, err := signer.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		for bit := range len(signature) * 8 {
			changed := slices.Clone(signature)
			changed[bit/8] ^= 1 << (bit % 8)
			refuse(t, signer.PublicKey(), message, changed, "changed bit")
		}
		for n := range signature {
			refuse(t, signer.PublicKey(), message, signature[:n], "cut short")
		}
		refuse(t, signer.PublicKey(), message, append(signature, 0), "byte added")
	}
}

// halves is r || s of 32 bytes each.
func halves(r, s *big.Int) []byte {
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

func TestHalvesOutsideOneToOrderAreRefused(t *testing.T) {
	message := []byte("message")
	for _, signer := range signers(1) {
		key := signer.PublicKey()
		signature, err := signer.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		n := curves[key.Algorithm()].Params().N
		most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
		for _, wrong := range []*big.Int{new(big.Int), n, new(big.Int).Add(n, big.NewInt(1)), most} {
			refuse(t, key, message, halves(wrong, s), "r out of range")
			refuse(t, key, message, halves(r, wrong), "s out of range")
			refuse(t, key, message, halves(wrong, wrong), "r and s out of range")
		}
		for _, value := range []*big.Int{r, s} {
			if beyond := new(big.Int).Add(value, n); beyond.BitLen() <= 256 {
				refuse(t, key, message, halves(beyond, s), "r + n")
				refuse(t, key, message, halves(r, beyond), "s + n")
			}
		}
		refuse(t, key, message, halves(r, new(big.Int).Sub(n, r)), "r + s = n")
		refuse(t, key, message, halves(s, r), "halves exchanged")
	}
}

// The twin r, n-s is as valid as r, s for ECDSA and for no SM2 signature: nothing
// may be keyed by a signature.
func TestTwinSignatureIsValidForECDSAAlone(t *testing.T) {
	message := []byte("message")
	for _, signer := range signers(1) {
		key := signer.PublicKey()
		signature, err := signer.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		s := new(big.Int).SetBytes(signature[32:])
		twin := halves(new(big.Int).SetBytes(signature[:32]), s.Sub(curves[key.Algorithm()].Params().N, s))
		if err := key.Verify(message, twin); (err == nil) != (key.Algorithm() == sig.ES256) {
			t.Errorf("%s: %v", key.Algorithm(), err)
		}
	}
}

func TestPlainECDSAOverTheSM2CurveIsRefused(t *testing.T) {
	private, err := ecdsa.GenerateKey(sm2.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := newKey(t, sig.SM2, elliptic.Marshal(private.Curve, private.X, private.Y)) //nolint:staticcheck // no other form for this curve
	message := []byte("message")
	ofSHA256, ofSM3, withZA := sha256.Sum256(message), tjsm3.Sm3Sum(message), key.Digest(message)
	for name, digest := range map[string][]byte{"SHA-256": ofSHA256[:], "SM3": ofSM3, "SM3 with ZA": withZA[:]} {
		r, s, err := ecdsa.Sign(rand.Reader, private, digest)
		if err != nil {
			t.Fatal(err)
		}
		if !ecdsa.Verify(&private.PublicKey, digest, r, s) {
			t.Errorf("%s: crypto/ecdsa refuses it: the case proves nothing", name)
		}
		refuse(t, key, message, halves(r, s), "ECDSA over "+name)
	}
}

// schemeOfSM2 signs digest by GB/T 32918.2 section 6.1 over any curve.
func schemeOfSM2(curve elliptic.Curve, d *big.Int, digest []byte) (r, s *big.Int) {
	n := curve.Params().N
	k := new(big.Int).Add(d, big.NewInt(12345))
	x, _ := curve.ScalarBaseMult(k.Bytes()) //nolint:staticcheck // the point itself is wanted
	r = new(big.Int).SetBytes(digest)
	r.Mod(r.Add(r, x), n)
	s = new(big.Int).Mul(r, d)
	s.Sub(k, s)
	inverse := new(big.Int).ModInverse(new(big.Int).Add(d, big.NewInt(1)), n)
	return r, s.Mod(s.Mul(s, inverse), n)
}

func TestSM2SchemeOverP256IsRefused(t *testing.T) {
	d := new(big.Int).SetBytes(fromHex(t, "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
	message := []byte("message digest")
	for _, algorithm := range algorithms {
		x, y := curves[algorithm].ScalarBaseMult(d.Bytes())                    //nolint:staticcheck // as above
		key := newKey(t, algorithm, elliptic.Marshal(curves[algorithm], x, y)) //nolint:staticcheck // as above
		digests := [][]byte{tjsm3.Sm3Sum(message), sum(key.Digest(message)), sum(sha256.Sum256(message))}
		for i, digest := range digests {
			r, s := schemeOfSM2(curves[algorithm], d, digest)
			if algorithm == sig.SM2 && i == 1 {
				if err := key.Verify(message, halves(r, s)); err != nil {
					t.Errorf("the scheme itself: %v", err)
				}
				continue
			}
			refuse(t, key, message, halves(r, s), "SM2 scheme")
		}
	}
}

func sum(digest [32]byte) []byte { return digest[:] }

// An SM2 signature made with another user identity, or with the ZA of another
// key, is over another digest.
func TestSM2SignatureWithoutTheUserIdentityIsRefused(t *testing.T) {
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := newKey(t, sig.SM2, elliptic.Marshal(private.Curve, private.X, private.Y)) //nolint:staticcheck // as above
	message := []byte("message")
	sign := func(digest []byte) []byte {
		der, err := private.Sign(rand.Reader, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		rs, err := sig.FromDER(der)
		if err != nil {
			t.Fatal(err)
		}
		return rs
	}
	if err := key.Verify(message, sign(sum(key.Digest(message)))); err != nil {
		t.Error(err)
	}
	refuse(t, key, message, sign(tjsm3.Sm3Sum(message)), "no ZA")
	other := signers(1)[1].PublicKey()
	refuse(t, key, message, sign(sum(other.Digest(message))), "ZA of another key")
	for _, id := range []string{"12345678", "123456781234567", "1234567812345679", "ALICE123@YAHOO.COM"} {
		der, err := private.Sign(rand.Reader, message, sm2.NewSM2SignerOption(true, []byte(id)))
		if err != nil {
			t.Fatal(err)
		}
		rs, err := sig.FromDER(der)
		if err != nil {
			t.Fatal(err)
		}
		refuse(t, key, message, rs, "user identity "+id)
	}
}
