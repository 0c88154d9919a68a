package revocation_test

import (
	"crypto/elliptic"
	"crypto/sha256"
	"math/big"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/revocation"
)

// TestTheTwinSignatureIsTheSameCredential: SIG-6.
func TestTheTwinSignatureIsTheSameCredential(t *testing.T) {
	data := credential(t)
	hash := sha256.Sum256(data)
	twin := append([]byte(nil), data...)
	s := new(big.Int).SetBytes(twin[len(twin)-32:])
	new(big.Int).Sub(elliptic.P256().Params().N, s).FillBytes(twin[len(twin)-32:])
	if !revocation.IsCredential(data, hash) || !revocation.IsCredential(twin, hash) {
		t.Error("the credential or its twin is not the credential")
	}
	for at := range data {
		other := append([]byte(nil), data...)
		other[at] ^= 1
		if revocation.IsCredential(other, hash) {
			t.Fatalf("byte %d changed: taken for the credential", at)
		}
	}
	for _, short := range [][]byte{nil, data[:len(data)-1], make([]byte, 64)} {
		if revocation.IsCredential(short, hash) {
			t.Errorf("%d bytes are taken for the credential", len(short))
		}
	}
}

// credential returns a credential signed with ES256.
func credential(t *testing.T) []byte {
	t.Helper()
	document, err := format.NewDocument(1, "11010519491231002X")
	if err != nil {
		t.Fatal(err)
	}
	ref := format.Ref{List: august + 7, Index: 734003}
	holder, err := format.NewHolder("33", ref, "张三", document)
	if err != nil {
		t.Fatal(err)
	}
	data, err := format.Encode(&format.Credential{
		Issuer: "33", IssuedAt: noon, Expires: noon + 3600, Holder: holder, Ref: ref, Status: &format.Status{},
	}, sigtest.New(sig.ES256, "33"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
