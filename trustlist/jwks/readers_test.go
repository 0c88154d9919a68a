package jwks_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	jwa2 "github.com/lestrrat-go/jwx/v2/jwa"
	jwk2 "github.com/lestrrat-go/jwx/v2/jwk"
	jws2 "github.com/lestrrat-go/jwx/v2/jws"
	tjfoc "github.com/tjfoc/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// outer is an export as readers that are not ours see it.
type outer struct {
	Payload    string `json:"payload"`
	Signatures []struct {
		Protected string `json:"protected"`
		Signature string `json:"signature"`
	} `json:"signatures"`
}

func outerOf(t testing.TB, data []byte) outer {
	t.Helper()
	var o outer
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// header is a protected header as encoding/json reads it.
func header(t testing.TB, protected string) (h struct{ Alg, KID, Typ string }) {
	t.Helper()
	if err := json.Unmarshal(bytesOf(t, protected), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

func bytesOf(t testing.TB, text string) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rootKeys are the keys that sign, by kid.
func rootKeys(n *nation.Nation) map[string]*sig.PublicKey {
	keys := map[string]*sig.PublicKey{}
	for _, signer := range n.RootSigners {
		keys[kidOf(signer.PublicKey())] = signer.PublicKey()
	}
	return keys
}

func standardKey(t testing.TB, key *sig.PublicKey) *ecdsa.PublicKey {
	t.Helper()
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key.Uncompressed())
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// es256Keys are the ES256 keys of the nation's regions that are not compromised.
func es256Keys(n *nation.Nation) map[string]*sig.PublicKey {
	keys := map[string]*sig.PublicKey{}
	for _, r := range n.Regions {
		for _, k := range r.KeySet.Keys {
			if k.Public.Algorithm() == sig.ES256 && k.State != trustlist.Compromised {
				keys[kidOf(k.Public)] = k.Public
			}
		}
	}
	return keys
}

// [JWKS-14]
func TestJWXVersion2ReadsTheES256Part(t *testing.T) {
	n := smallNation(t)
	o := outerOf(t, export(t, n))
	roots := rootKeys(n)
	verified := 0
	for _, s := range o.Signatures {
		h := header(t, s.Protected)
		if h.Alg != "ES256" {
			continue
		}
		compact := s.Protected + "." + o.Payload + "." + s.Signature
		payload, err := jws2.Verify([]byte(compact), jws2.WithKey(jwa2.ES256, standardKey(t, roots[h.KID])))
		if err != nil || base64.RawURLEncoding.EncodeToString(payload) != o.Payload {
			t.Errorf("%s: %v", h.KID, err)
		}
		verified++
	}
	if verified != 2 {
		t.Errorf("%d ES256 signatures, want 2", verified)
	}
	set, err := jwk2.Parse(bytesOf(t, o.Payload), jwk2.WithIgnoreParseError(true))
	if err != nil {
		t.Fatal(err)
	}
	want := es256Keys(n)
	for i := range set.Len() {
		key, _ := set.Key(i)
		var public ecdsa.PublicKey
		err := key.Raw(&public)
		if curve, _ := key.Get("crv"); curve != jwa2.P256 {
			if err == nil {
				t.Errorf("key %s of %v is a key", key.KeyID(), curve)
			}
			continue
		}
		if err != nil || want[key.KeyID()] == nil || !public.Equal(standardKey(t, want[key.KeyID()])) {
			t.Errorf("key %s: %v", key.KeyID(), err)
		}
		delete(want, key.KeyID())
	}
	if len(want) != 0 {
		t.Errorf("%d keys are not read", len(want))
	}
}

// The second SM2 library knows nothing of ours: it verifies what is on the wire.
func TestTheSM2SignaturesAreThoseOfAnotherLibraryToo(t *testing.T) {
	n := smallNation(t)
	o := outerOf(t, export(t, n))
	roots := rootKeys(n)
	verified := 0
	for _, s := range o.Signatures {
		h := header(t, s.Protected)
		if h.Alg != "SGD_SM3_SM2" {
			continue
		}
		point, value := roots[h.KID].Uncompressed(), bytesOf(t, s.Signature)
		public := &tjfoc.PublicKey{Curve: tjfoc.P256Sm2(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
		r, v := new(big.Int).SetBytes(value[:32]), new(big.Int).SetBytes(value[32:])
		if !tjfoc.Sm2Verify(public, []byte(s.Protected+"."+o.Payload), []byte("1234567812345678"), r, v) {
			t.Errorf("%s does not verify", h.KID)
		}
		verified++
	}
	if verified != 2 {
		t.Errorf("%d SM2 signatures, want 2", verified)
	}
	// The keys of the payload are points of the curve to it.
	var set struct {
		Keys []struct{ Crv, X, Y string }
	}
	if err := json.Unmarshal(bytesOf(t, o.Payload), &set); err != nil {
		t.Fatal(err)
	}
	points := 0
	for _, k := range set.Keys {
		if k.Crv != "SM2" {
			continue
		}
		if !tjfoc.P256Sm2().IsOnCurve(new(big.Int).SetBytes(bytesOf(t, k.X)), new(big.Int).SetBytes(bytesOf(t, k.Y))) {
			t.Errorf("%s is not on the curve", k.X)
		}
		points++
	}
	if points != 4 {
		t.Errorf("%d SM2 keys, want 4", points)
	}
}

// thumbprints are those of RFC 7638, as jwx v2 computes them.
func thumbprint7638(t *testing.T, key *sig.PublicKey) string {
	t.Helper()
	jwk, err := jwk2.FromRaw(standardKey(t, key))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

func TestJoseUnderNodeVerifiesAndImports(t *testing.T) {
	n := smallNation(t)
	folder := t.TempDir()
	signers, count := []map[string]string{}, 0
	for kid, key := range rootKeys(n) {
		if key.Algorithm() == sig.ES256 {
			point := key.Uncompressed()
			signers = append(signers, map[string]string{"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": kid,
				"x": base64.RawURLEncoding.EncodeToString(point[1:33]), "y": base64.RawURLEncoding.EncodeToString(point[33:])})
		}
	}
	keys, err := json.Marshal(map[string]any{"keys": signers})
	if err != nil {
		t.Fatal(err)
	}
	read := runJose(t, writeFile(t, folder, "keys.json", keys), writeFile(t, folder, "export.json", export(t, n)))
	if len(read.Verified) != 2 || read.General == "" {
		t.Errorf("verified %v, the whole by %q", read.Verified, read.General)
	}
	want := es256Keys(n)
	for _, k := range read.Imported {
		if want[k.KID] == nil || k.Thumbprint != thumbprint7638(t, want[k.KID]) {
			t.Errorf("%+v is another key", k)
		}
		count++
	}
	if count != len(want) || len(read.Selected) != len(want) {
		t.Errorf("%d keys imported, %d selected, want %d", count, len(read.Selected), len(want))
	}
}

// joseRead is what verify-jwks.mjs prints.
type joseRead struct {
	Verified []string                           `json:"verified"`
	General  string                             `json:"general"`
	Imported []struct{ KID, Thumbprint string } `json:"imported"`
	Selected []string                           `json:"selected"`
}

func runJose(t *testing.T, files ...string) (read joseRead) {
	t.Helper()
	folder := filepath.Join("..", "..", "tools", "node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "jose")); err != nil {
		t.Fatal("jose is not installed: run make setup")
	}
	command := exec.Command("node", append([]string{filepath.Join(folder, "verify-jwks.mjs")}, files...)...)
	var complaint strings.Builder
	command.Stderr = &complaint
	output, err := command.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, &complaint)
	}
	if err := json.Unmarshal(output, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func writeFile(t *testing.T, folder, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
