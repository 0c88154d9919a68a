package cose_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/internal/openssltest"
)

// verifiedByOpenSSL has OpenSSL judge a signature over bytes that were put
// together by hand, so that neither our CBOR nor our cryptography has a part in
// it.
func verifiedByOpenSSL(t *testing.T, key *sig.PublicKey, structure string, signature []byte) {
	t.Helper()
	signed, err := hex.DecodeString(structure)
	if err != nil {
		t.Fatal(err)
	}
	openssltest.Verify(t, int64(key.Algorithm()), key.Uncompressed(), signed, signature)
}

func TestOpenSSLVerifiesACredentialWhoseStructureIsWrittenByHand(t *testing.T) {
	for algorithm, protected := range map[sig.Algorithm]string{
		sig.ES256: "49 a2 01 26 04 44 %x",         // 9 bytes: {1: -7, 4: kid}
		sig.SM2:   "4d a2 01 3a00020200 04 44 %x", // 13 bytes: {1: -131585, 4: kid}
	} {
		signer := sigtest.New(algorithm, "structure")
		data, err := cose.AppendSign1(nil, payload, signer)
		if err != nil {
			t.Fatal(err)
		}
		structure := joined("84 6a 5369676e617475726531 "+protected+" 40 45 a101623333", signer.PublicKey().KeyID())
		verifiedByOpenSSL(t, signer.PublicKey(), structure, data[len(data)-64:])
	}
}

func TestOpenSSLVerifiesADocumentWhoseStructureIsWrittenByHand(t *testing.T) {
	for algorithm, protected := range map[sig.Algorithm]string{
		sig.ES256: "5826 a2 01 26 04 5820 %x",         // 38 bytes: {1: -7, 4: kid}
		sig.SM2:   "582a a2 01 3a00020200 04 5820 %x", // 42 bytes: {1: -131585, 4: kid}
	} {
		signer := sigtest.New(algorithm, "structure")
		document := signedBy(t, "text/a", payload, signer)
		structure := joined("85 69 5369676e6174757265 49 a1 10 66 746578742f61 "+protected+" 40 45 a101623333", signer.PublicKey().Thumbprint())
		verifiedByOpenSSL(t, signer.PublicKey(), structure, document.Signatures()[0].Value)
		if got := hex.EncodeToString(document.ToBeSigned(signer.PublicKey())); got != structure {
			t.Errorf("%s, by hand %s", got, structure)
		}
	}
}

// joined is the hexadecimal without its blanks.
func joined(format string, arguments ...any) string {
	return strings.ReplaceAll(fmt.Sprintf(format, arguments...), " ", "")
}
