package cose_test

import (
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

// forged returns a document with n signatures that all name key, none of them
// good: more than [cose.Sign.With] lets anybody collect, and well-formed.
func forged(t *testing.T, key *sig.PublicKey, n int) *cose.Sign {
	t.Helper()
	thumbprint := key.Thumbprint()
	header := cborx.AppendInt(cborx.AppendUint(cborx.AppendMap(nil, 2), 1), int64(key.Algorithm()))
	header = cborx.AppendBytes(cborx.AppendUint(header, 4), thumbprint[:])
	body := cborx.AppendText(cborx.AppendUint(cborx.AppendMap(nil, 1), 16), typ)
	data := cborx.AppendArray(cborx.AppendTag(nil, 98), 4)
	data = cborx.AppendMap(cborx.AppendBytes(data, body), 0)
	data = cborx.AppendArray(cborx.AppendBytes(data, []byte{0x01}), n)
	for i := range n {
		value := make([]byte, sig.SignatureSize)
		value[0], value[31], value[63] = 1, byte(i), 1
		data = cborx.AppendBytes(cborx.AppendArray(data, 3), header)
		data = cborx.AppendBytes(cborx.AppendMap(data, 0), value)
	}
	return parse(t, data)
}

// Each signature is checked at most once for each key, however often the key is
// among those asked for: sixteen forgeries cost sixteen checks, not 256.
func TestAKeyThatIsAskedForTwiceIsTriedOnce(t *testing.T) {
	for _, algorithm := range algorithms {
		key := sigtest.New(algorithm, "one").PublicKey()
		document := forged(t, key, cose.MaxSignatures)
		many := make([]*sig.PublicKey, cose.MaxSignatures)
		for i := range many {
			many[i] = key
		}
		cost := func(keys []*sig.PublicKey) float64 {
			return testing.AllocsPerRun(3, func() {
				if signers := document.Signers(keys); len(signers) != 0 {
					t.Fatalf("signed by %v", signers)
				}
			})
		}
		if once, often := cost(many[:1]), cost(many); often > 1.5*once {
			t.Errorf("%s: %v allocations for one key, %v for the same key %d times", algorithm, once, often, len(many))
		}
	}
}
