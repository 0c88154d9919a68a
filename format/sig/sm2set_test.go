package sig_test

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	tjsm2 "github.com/tjfoc/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

// sm2Set is spec/vectors/sm2/sm2_sm3_p1363_test.json, by its cases.
type sm2Set struct {
	NumberOfTests int
	Notes         map[string]struct{ Description string }
	TestGroups    []struct {
		PublicKey struct{ Uncompressed, WX, WY string }
		Tests     []sm2Case
	}
}

type sm2Case struct {
	TcID                              int
	Comment, UserID, Msg, Sig, Result string
	Flags                             []string
	point, id, message, signature     []byte
}

func (c sm2Case) valid() bool    { return c.Result == "valid" }
func (c sm2Case) String() string { return fmt.Sprintf("%d %v %s", c.TcID, c.Flags, c.Comment) }

// halves returns r and s of a signature of 64 bytes.
func (c sm2Case) halves() (r, s *big.Int) {
	return new(big.Int).SetBytes(c.signature[:32]), new(big.Int).SetBytes(c.signature[32:])
}

func readSM2Set(tb testing.TB) []sm2Case {
	tb.Helper()
	var set sm2Set
	readJSON(tb, filepath.Join("..", "..", "spec", "vectors", "sm2", "sm2_sm3_p1363_test.json"), &set)
	var cases []sm2Case
	for _, group := range set.TestGroups {
		for _, c := range group.Tests {
			c.point = fromHex(tb, group.PublicKey.Uncompressed)
			c.id, c.message, c.signature = fromHex(tb, c.UserID), fromHex(tb, c.Msg), fromHex(tb, c.Sig)
			cases = append(cases, c)
			for _, flag := range c.Flags {
				if set.Notes[flag].Description == "" {
					tb.Errorf("%s: the notes do not explain %s", c, flag)
				}
			}
			if c.Result != "valid" && c.Result != "invalid" {
				tb.Errorf("%s: %q is not decided", c, c.Result)
			}
		}
	}
	if len(cases) < 120 || len(cases) != set.NumberOfTests {
		tb.Fatalf("%d cases, the file says %d", len(cases), set.NumberOfTests)
	}
	return cases
}

// A key here has one identity. A case over another one that is valid is refused,
// as the signature of another signer; for one that is invalid the default may
// have signed, and the file says nothing of that.
func TestSM2SetAgrees(t *testing.T) {
	for _, c := range readSM2Set(t) {
		key, err := sig.NewPublicKey(sig.SM2, c.point)
		if err != nil {
			t.Errorf("%s: %v", c, err)
			continue
		}
		ours := string(c.id) == string(userID)
		if !ours && !c.valid() {
			continue
		}
		err = key.Verify(c.message, c.signature)
		if want := c.valid() && ours; (err == nil) != want || err != nil && !errors.Is(err, sig.ErrSignature) {
			t.Errorf("%s: %v", c, err)
		}
	}
}

// oracle is an implementation that is asked for every case whose signature has
// 64 bytes: none of them reads r || s, so that what they say to another length
// would be what this test makes of it.
type oracle struct {
	name   string
	accept func(t *testing.T, c sm2Case) bool
	// disagrees has, by comment, the cases on which the implementation says the
	// contrary of the set, under every key that has them, and why.
	disagrees map[string]string
}

const (
	emptyIsDefault = "the empty identity is taken for the default"
	failedSum      = "adding two equal or two opposite points gives x1 = 0, and nothing looks for that"
	offByOne       = "identities of 65535/8 bytes and more are refused: the longest has exactly that many"
)

// Each is explained in spec/vectors/sm2/README.md.
var (
	disagreementsOfEmmansun = map[string]string{
		"the empty identity":                      emptyIsDefault,
		"signed with the default, identity empty": emptyIsDefault,
	}
	disagreementsOfTjfoc = map[string]string{
		"the empty identity":                      emptyIsDefault,
		"signed with the default, identity empty": emptyIsDefault,
		"sG = tQ, r = e":                          failedSum,
		"sG = tQ, r = e, no message":              failedSum,
		"sG = -tQ, r = e":                         failedSum,
		"sG = -tQ, r = e, no message":             failedSum,
	}
	disagreementsOfOpenSSL = map[string]string{
		"the longest identity, 8191 bytes": offByOne,
	}
)

func TestOthersAgreeOnTheSM2Set(t *testing.T) {
	cases := readSM2Set(t)
	for _, o := range []oracle{
		{"emmansun/gmsm", acceptEmmansun, disagreementsOfEmmansun},
		{"tjfoc/gmsm", acceptTjfoc, disagreementsOfTjfoc},
		{"OpenSSL", acceptOpenSSL, disagreementsOfOpenSSL},
	} {
		t.Run(o.name, func(t *testing.T) {
			said := make([]bool, len(cases))
			inParallel(len(cases), func(i int) {
				said[i] = len(cases[i].signature) == sig.SignatureSize && o.accept(t, cases[i])
			})
			found := map[string]bool{}
			for i, c := range cases {
				if len(c.signature) != sig.SignatureSize {
					continue
				}
				found[c.Comment] = true
				if why := o.disagrees[c.Comment]; said[i] != (c.valid() == (why == "")) {
					t.Errorf("%s: accepts: %v; known disagreement: %q", c, said[i], why)
				}
			}
			for comment := range o.disagrees {
				if !found[comment] {
					t.Errorf("no case %s: take it from the list", comment)
				}
			}
		})
	}
}

// inParallel calls do for 0 to n-1 from two goroutines.
func inParallel(n int, do func(i int)) {
	var group sync.WaitGroup
	for first := range 2 {
		group.Go(func() {
			for i := first; i < n; i += 2 {
				do(i)
			}
		})
	}
	group.Wait()
}

func acceptEmmansun(_ *testing.T, c sm2Case) bool {
	key, err := sm2.NewPublicKey(c.point)
	if err != nil {
		return false
	}
	r, s := c.halves()
	return sm2.VerifyWithSM2(key, c.id, c.message, r, s)
}

func acceptTjfoc(_ *testing.T, c sm2Case) bool {
	r, s := c.halves()
	return tjsm2.Sm2Verify(tjfocKey(c.point), c.message, c.id, r, s)
}

func tjfocKey(point []byte) *tjsm2.PublicKey {
	return &tjsm2.PublicKey{Curve: tjsm2.P256Sm2(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
}

func derOf(t *testing.T, r, s *big.Int) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Error(err)
	}
	return der
}

func acceptOpenSSL(t *testing.T, c sm2Case) bool {
	folder := t.TempDir()
	r, s := c.halves()
	command := exec.Command("openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER",
		"-inkey", write(t, filepath.Join(folder, "key.der"), append(fromHex(t, keyHead[sig.SM2]), c.point...)),
		"-in", write(t, filepath.Join(folder, "message"), c.message),
		"-sigfile", write(t, filepath.Join(folder, "signature"), derOf(t, r, s)),
		"-rawin", "-digest", "sm3", "-pkeyopt", "hexdistid:"+c.UserID)
	output, err := command.CombinedOutput()
	switch said := string(output); {
	case err == nil && strings.Contains(said, "Signature Verified Successfully"):
		return true
	case strings.Contains(said, "Signature Verification Failure"):
		return false
	}
	t.Errorf("%s: openssl says neither yes nor no: %v\n%s", c, err, output)
	return false
}
