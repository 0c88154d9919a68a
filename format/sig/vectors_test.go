package sig_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	tjsm3 "github.com/tjfoc/gmsm/sm3"

	"github.com/tongxing/tongxing/format/sig"
)

func fromHex(tb testing.TB, text string) []byte {
	tb.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func readJSON(tb testing.TB, file string, v any) {
	tb.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(content, v); err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
}

func newKey(tb testing.TB, algorithm sig.Algorithm, point []byte) *sig.PublicKey {
	tb.Helper()
	key, err := sig.NewPublicKey(algorithm, point)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func TestThumbprintIsThatOfTheExampleInRFC9679(t *testing.T) {
	x := fromHex(t, "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d")
	y := fromHex(t, "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c")
	key := newKey(t, sig.ES256, slices.Concat([]byte{4}, x, y))
	got := key.Thumbprint()
	if want := "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"; hex.EncodeToString(got[:]) != want {
		t.Errorf("%x, want %s", got, want)
	}
	if id := key.KeyID(); id != [4]byte{0x49, 0x6b, 0xd8, 0xaf} {
		t.Errorf("key identifier %x", id)
	}
}

type sm2Vector struct {
	X, Y, ZA, Msg, E, R, S string
}

func readSM2Vector(tb testing.TB) (v sm2Vector, point, signature []byte) {
	tb.Helper()
	readJSON(tb, "testdata/sm2_vector.json", &v)
	return v, fromHex(tb, "04"+v.X+v.Y), fromHex(tb, v.R+v.S)
}

func TestSM2VectorOfTheStandardVerifies(t *testing.T) {
	v, point, signature := readSM2Vector(t)
	key := newKey(t, sig.SM2, point)
	message := []byte(v.Msg)
	if digest := key.Digest(message); hex.EncodeToString(digest[:]) != v.E {
		t.Errorf("e is %x, want %s", digest, v.E)
	}
	// That e is right for the ZA of the standard shows that ZA is.
	if e := tjsm3.Sm3Sum(append(fromHex(t, v.ZA), message...)); hex.EncodeToString(e) != v.E {
		t.Errorf("the vector's e is not that of its ZA: %x", e)
	}
	if err := key.Verify(message, signature); err != nil {
		t.Error(err)
	}
	for i := range signature {
		signature[i] ^= 1
		if err := key.Verify(message, signature); !errors.Is(err, sig.ErrSignature) {
			t.Errorf("signature with byte %d changed: %v", i, err)
		}
		signature[i] ^= 1
	}
	if err := key.Verify(append(message, 0), signature); !errors.Is(err, sig.ErrSignature) {
		t.Errorf("another message: %v", err)
	}
}

type wycheproof struct {
	NumberOfTests int
	TestGroups    []struct {
		PublicKey struct{ Uncompressed string }
		Tests     []struct {
			TcID                      int
			Comment, Msg, Sig, Result string
		}
	}
}

func readWycheproof(tb testing.TB) wycheproof {
	tb.Helper()
	var w wycheproof
	readJSON(tb, "testdata/ecdsa_secp256r1_sha256_p1363_test.json", &w)
	if len(w.TestGroups) == 0 {
		tb.Fatal("no groups")
	}
	return w
}

// Every "valid" is accepted, the twins r, n-s of malleability among them, and
// every "invalid" refused. The file has no "acceptable": if one comes in with a
// newer version, this test asks for a decision.
func TestWycheproofAgrees(t *testing.T) {
	w := readWycheproof(t)
	count := 0
	for _, group := range w.TestGroups {
		point := fromHex(t, group.PublicKey.Uncompressed)
		key := newKey(t, sig.ES256, point)
		for _, c := range group.Tests {
			count++
			err := key.Verify(fromHex(t, c.Msg), fromHex(t, c.Sig))
			switch c.Result {
			case "valid":
				if err != nil {
					t.Errorf("%d %s: %v", c.TcID, c.Comment, err)
				}
			case "invalid":
				if !errors.Is(err, sig.ErrSignature) {
					t.Errorf("%d %s: %v, want refused", c.TcID, c.Comment, err)
				}
			default:
				t.Errorf("%d %s: %q is not decided", c.TcID, c.Comment, c.Result)
			}
		}
	}
	if count == 0 || count != w.NumberOfTests {
		t.Errorf("%d vectors, the file says %d", count, w.NumberOfTests)
	}
}
