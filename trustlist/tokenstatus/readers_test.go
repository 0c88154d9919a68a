package tokenstatus_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	gocose "github.com/veraison/go-cose"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

var nodeFolder = filepath.Join("..", "..", "tools", "node")

// readElsewhere is what the readers in Node print.
type readElsewhere struct {
	Sub      string                      `json:"sub"`
	Iat      int64                       `json:"iat"`
	Exp      int64                       `json:"exp"`
	TTL      int64                       `json:"ttl"`
	Bits     int                         `json:"bits"`
	Places   uint64                      `json:"places"`
	Statuses map[uint32]tokenstatus.Type `json:"statuses"`
}

func elsewhere(t *tokenstatus.Token) readElsewhere {
	statuses := map[uint32]tokenstatus.Type{}
	for set, members := range map[tokenstatus.Type][]uint32{1: t.Sets.Revoked, 2: t.Sets.Suspended, 3: t.Sets.Superseded} {
		for _, index := range members {
			statuses[index] = set
		}
	}
	return readElsewhere{t.Subject, t.Issued, t.Expires, t.TTL, 2, (t.Places + 3) / 4 * 4, statuses}
}

// node runs a script of tools/node.
func node(t *testing.T, script string, arguments ...string) ([]byte, error) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(nodeFolder, "node_modules", "@sd-jwt", "jwt-status-list")); err != nil {
		t.Fatal("@sd-jwt/jwt-status-list is not installed: run make setup")
	}
	var complaint strings.Builder
	command := exec.Command("node", append([]string{filepath.Join(nodeFolder, script)}, arguments...)...)
	command.Stderr = &complaint
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, &complaint)
	}
	return output, nil
}

func written(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// jwkOf is the JWK of an ES256 key, with the private part where there is one.
func jwkOf(t *testing.T, key *sig.PublicKey, private []byte) string {
	t.Helper()
	point := key.Uncompressed()
	jwk := map[string]string{"kty": "EC", "crv": "P-256", "x": encode64(point[1:33]), "y": encode64(point[33:])}
	if private != nil {
		jwk["d"] = encode64(private)
	}
	data, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "key.json", data)
}

func encode64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// newKey is a key that a stranger's library signs with.
func newKey(t *testing.T) (*ecdsa.PrivateKey, *sig.PublicKey) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, err := sig.NewPublicKey(sig.ES256, point)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

// randomTokens are of different sizes and shares.
func randomTokens() []*tokenstatus.Token {
	r := mathrand.New(mathrand.NewPCG(8, 2022))
	var all []*tokenstatus.Token
	for i, places := range []uint64{1, 7, 1000, 1 << 16, 300_001} {
		all = append(all, tokenOf(randomSets(r, places, []float64{0, 1, 0.1, 0.01, 0.001}[i]), places))
	}
	all[1].Expires, all[1].TTL = 0, 0
	return all
}

func TestNodeReadsOurCWTsAsWeDo(t *testing.T) {
	signer := sigtest.New(sig.ES256, "status 33")
	key := jwkOf(t, signer.PublicKey(), nil)
	for _, token := range randomTokens() {
		output, err := node(t, "read-status-token.mjs", key, written(t, "token.cwt", signed(t, token, tokenstatus.CWT, signer)), strconv.Itoa(issued))
		if err != nil {
			t.Fatal(err)
		}
		var got readElsewhere
		if err := json.Unmarshal(output, &got); err != nil {
			t.Fatal(err)
		}
		if want := elsewhere(token); !reflect.DeepEqual(got, want) {
			t.Errorf("%d places: node reads %+v, want %+v", token.Places, got, want)
		}
	}
}

func TestNodeRefusesWhatWeRefuse(t *testing.T) {
	tried := 0
	for _, v := range tokens(t) {
		if v.Format != "cwt" || v.Key.Algorithm != int64(sig.ES256) {
			continue
		}
		switch v.Expect {
		case "signature", "type", "expired", "not_a_token":
			point := append(append([]byte{4}, v.Key.X...), v.Key.Y...)
			public, err := sig.NewPublicKey(sig.ES256, point)
			if err != nil {
				t.Fatal(err)
			}
			tried++
			file := written(t, "token.cwt", v.CWT)
			if output, err := node(t, "read-status-token.mjs", jwkOf(t, public, nil), file, strconv.FormatInt(v.Time, 10)); err == nil {
				t.Errorf("%s: node reads %s", v.Name, output)
			}
		}
	}
	if tried < 15 {
		t.Errorf("only %d vectors were tried", tried)
	}
}

func TestReaderInNodeHasAtMostAHundredLines(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(nodeFolder, "read-status-token.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(source, []byte("\n")); n > 100 {
		t.Errorf("%d lines", n)
	}
	for _, line := range strings.Split(string(source), "\n") {
		if strings.HasPrefix(line, "import ") && !strings.Contains(line, `"node:`) {
			t.Errorf("it needs more than Node: %s", line)
		}
	}
}

func TestJWTStatusListOfNPMReadsOurJWTsAsWeDo(t *testing.T) {
	signer := sigtest.New(sig.ES256, "status 33")
	key := jwkOf(t, signer.PublicKey(), nil)
	for _, token := range randomTokens() {
		output, err := node(t, "read-status-jwt.mjs", "read", key, written(t, "token.jwt", signed(t, token, tokenstatus.JWT, signer)), strconv.Itoa(issued))
		if err != nil {
			t.Fatal(err)
		}
		var got readElsewhere
		if err := json.Unmarshal(output, &got); err != nil {
			t.Fatal(err)
		}
		if want := elsewhere(token); !reflect.DeepEqual(got, want) {
			t.Errorf("%d places: npm reads %+v, want %+v", token.Places, got, want)
		}
	}
}

func TestTokensMadeByJWTStatusListOfNPMAreRead(t *testing.T) {
	private, public := newKey(t)
	secret, err := private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	key := jwkOf(t, public, secret)
	r := mathrand.New(mathrand.NewPCG(9, 2022))
	for _, bits := range []int{1, 2, 4, 8} {
		statuses := make([]int, 1000)
		want := map[uint32]tokenstatus.Type{}
		for i := range statuses {
			if statuses[i] = r.IntN(min(1<<bits, 4)); statuses[i] != 0 {
				want[uint32(i)] = tokenstatus.Type(statuses[i])
			}
		}
		says, err := json.Marshal(map[string]any{
			"sub": "https://example.com/statuslists/1", "iat": issued, "exp": issued + 1000, "ttl": 500, "bits": bits, "statuses": statuses,
		})
		if err != nil {
			t.Fatal(err)
		}
		output, err := node(t, "read-status-jwt.mjs", "make", key, written(t, "says.json", says))
		if err != nil {
			t.Fatal(err)
		}
		token, err := reader(t, tokenstatus.Options{Key: public, Subject: "https://example.com/statuslists/1"}).Read(bytes.TrimSpace(output), issued)
		if err != nil {
			t.Fatalf("%d bits: %v", bits, err)
		}
		if got := elsewhere(token); !maps.Equal(got.Statuses, want) || token.Places != 1000 || token.TTL != 500 {
			t.Errorf("%d bits: %+v", bits, got)
		}
	}
}

func TestGoCOSEVerifiesOurCWTs(t *testing.T) {
	signer := sigtest.New(sig.ES256, "status 33")
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), signer.PublicKey().Uncompressed())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := gocose.NewVerifier(gocose.AlgorithmES256, public)
	if err != nil {
		t.Fatal(err)
	}
	var m gocose.Sign1Message
	if err := m.UnmarshalCBOR(signed(t, tokenOf(status.Sets{Revoked: []uint32{5}}, 64), tokenstatus.CWT, signer)); err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(nil, verifier); err != nil {
		t.Error(err)
	}
	kid := signer.PublicKey().Thumbprint()
	if p := m.Headers.Protected; len(p) != 3 || !reflect.DeepEqual(p[gocose.HeaderLabelKeyID], kid[:]) || len(m.Headers.Unprotected) != 0 {
		t.Errorf("headers %v and %v", p, m.Headers.Unprotected)
	}
}

// The payload is the draft's own example (section 5.2), the header another
// library's.
func TestTokensMadeByGoCOSEAreRead(t *testing.T) {
	private, public := newKey(t)
	signer, err := gocose.NewSigner(gocose.AlgorithmES256, private)
	if err != nil {
		t.Fatal(err)
	}
	m := gocose.NewSign1Message()
	m.Headers.Protected.SetAlgorithm(gocose.AlgorithmES256)
	m.Headers.Protected[int64(16)] = "application/statuslist+cwt"
	m.Headers.Unprotected[gocose.HeaderLabelKeyID] = []byte("12")
	m.Payload = exampleClaims(t)
	if err := m.Sign(rand.Reader, nil, signer); err != nil {
		t.Fatal(err)
	}
	data, err := m.MarshalCBOR()
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader(t, tokenstatus.Options{Key: public}).Read(data, 1686920170)
	want := &tokenstatus.Token{
		Subject: "https://example.com/statuslists/1", Issued: 1686920170, Expires: 2291720170, TTL: 43200, Places: 16,
		Sets: status.Sets{Revoked: []uint32{0, 3, 4, 5, 7, 8, 9, 13, 15}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func exampleClaims(t *testing.T) []byte {
	t.Helper()
	data, err := hex.DecodeString("a502782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea" +
		"041a8898dfea19fffe19a8c019fffda2646269747301636c73744a78dadbb918000217015d")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestJWXVerifiesOurJWTsAndWeReadThoseThatItSigns(t *testing.T) {
	private, public := newKey(t)
	token := tokenOf(status.Sets{Suspended: []uint32{5}}, 64)
	signer := sigtest.New(sig.ES256, "status 33")
	ours, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), signer.PublicKey().Uncompressed())
	if err != nil {
		t.Fatal(err)
	}
	payload, err := jws.Verify(signed(t, token, tokenstatus.JWT, signer), jws.WithKey(jwa.ES256(), ours))
	if err != nil {
		t.Fatal(err)
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.TypeKey, "statuslist+jwt"); err != nil {
		t.Fatal(err)
	}
	theirs, err := jws.Sign(payload, jws.WithKey(jwa.ES256(), private, jws.WithProtectedHeaders(headers)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := reader(t, tokenstatus.Options{Key: public}).Read(theirs, issued); err != nil || !reflect.DeepEqual(got, token) {
		t.Errorf("%+v, %v", got, err)
	}
	bare, err := jws.Sign(payload, jws.WithKey(jwa.ES256(), private))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader(t, tokenstatus.Options{Key: public}).Read(bare, issued); !errors.Is(err, tokenstatus.ErrType) {
		t.Errorf("without a typ: %v", err)
	}
}
