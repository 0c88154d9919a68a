package vectors_test

import (
	"crypto/elliptic"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

func find(t *testing.T, name string) vectors.Vector {
	t.Helper()
	all := load(t)
	i := slices.IndexFunc(all, func(v vectors.Vector) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("no vector %s", name)
	}
	return all[i]
}

func credential(t *testing.T, name string) *format.Credential {
	t.Helper()
	reason, _, unverified := parseReason(t, find(t, name).Text)
	if unverified == nil {
		t.Fatalf("%s: %s", name, reason)
	}
	return unverified.UnverifiedCredential()
}

// [CRED-71]
func TestConvertedCodeKeepsTheTimesOfItsSource(t *testing.T) {
	source, converted := credential(t, "good-conversion-source"), credential(t, "good-conversion")
	_, _, unverified := parseReason(t, find(t, "good-conversion-source").Text)
	if converted.Origin == nil || source.Origin != nil {
		t.Fatal("origin stands on the converted code and only there")
	}
	if converted.Origin.Region != source.Issuer || converted.Origin.KeyID != unverified.KeyID() {
		t.Errorf("origin %+v is not the key of the source", converted.Origin)
	}
	if converted.Expires > source.Expires || converted.IssuedAt <= source.IssuedAt {
		t.Errorf("issued %d, expires %d; the source %d, %d", converted.IssuedAt, converted.Expires, source.IssuedAt, source.Expires)
	}
	if converted.Determined() != source.Determined() || converted.Reported(converted.Tests[0]) != source.Reported(source.Tests[0]) {
		t.Error("the times of determination and report moved")
	}
}

// The example that credential.md shows is a vector, and stays one.
func TestExampleOfTheTextIsAVector(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "credential.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, unverified := parseReason(t, find(t, "good-status-sm2").Text)
	c, kid := unverified.UnverifiedCredential(), unverified.KeyID()
	for _, part := range []string{
		fmt.Sprintf("{1: %d, 4: h'%x'}", unverified.Algorithm(), kid),
		fmt.Sprintf("1: %q, ", c.Issuer), fmt.Sprintf("4: %d,", c.Expires), fmt.Sprintf("6: %d,", c.IssuedAt),
		fmt.Sprintf("1: [%q, %d, %q, h'%x']", c.Holder.Name, c.Holder.Class, c.Holder.LastTwo, c.Holder.Tag),
		fmt.Sprintf("2: [%d, %d]", c.Ref.List, c.Ref.Index),
		fmt.Sprintf("3: [%d, %d, %d]", c.Status.State, c.Status.Rule, c.Status.Minutes),
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("credential.md has no %s", part)
		}
	}
}

// [CRED-34]
func TestUnknownExtensionLeavesNoTrace(t *testing.T) {
	with, without := credential(t, "good-extension-uint"), credential(t, "good-status-sm2")
	if !reflect.DeepEqual(with, without) {
		t.Errorf("with the extension %+v, without %+v", with, without)
	}
}

// [PRIV-2]
func TestNothingPrintsAnUnverifiedClaim(t *testing.T) {
	_, _, unverified := parseReason(t, find(t, "good-status-sm2").Text)
	name := unverified.UnverifiedCredential().Holder.Name
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if printed := fmt.Sprintf(verb, unverified); strings.Contains(printed, name) {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
	bad := find(t, "claims-name-25-bytes")
	if _, err := format.Parse(bad.CBOR); err == nil || strings.Contains(err.Error(), "A*") {
		t.Errorf("the error names the holder, or there is none: %v", err)
	}
}

// [VERIFY-3]
func TestEveryTruncationOfEveryTextHasAReason(t *testing.T) {
	for _, name := range []string{"good-every-claim", "good-digits"} {
		text := find(t, name).Text
		for n := range len(text) {
			if reason, _, _ := parseReason(t, text[:n]); !decidedByParsing[reason] {
				t.Errorf("%s cut to %d characters: %s", name, n, reason)
			}
		}
	}
	if reason, _, _ := parseReason(t, strings.Repeat("TX1:", 10<<20/4)); reason != spec.ReasonNotACode {
		t.Errorf("10 MB of text: %s", reason)
	}
}

// [TEXT-30]
func TestBothFormsCarryTheSameBytes(t *testing.T) {
	for _, v := range load(t) {
		if v.CBOR == nil {
			continue
		}
		for _, text := range []string{transport.Encode(v.CBOR), transport.EncodeDigits(v.CBOR)} {
			data, err := transport.Decode(text)
			if short := len(v.CBOR) < transport.MinDigitsData; !short && (err != nil || string(data) != string(v.CBOR)) {
				t.Errorf("%s: %s decodes to %x, %v", v.Name, text, data, err)
			}
		}
	}
}

// [CRED-80]
func TestClassesAreThoseOfTheCodeTable(t *testing.T) {
	for _, c := range loadDerived(t).Numbers {
		d, ok := spec.DocumentTypeByNumber(c.DocumentType)
		if !ok || uint64(d.Class) != c.Class {
			t.Errorf("document type %s is of class %d, want %d", c.DocumentType, d.Class, c.Class)
		}
	}
	for _, d := range spec.DocumentTypes() {
		if d.CitizenNumber != (d.Class == format.ClassCitizen) {
			t.Errorf("%s carries the citizen number: %v, class %d", d.Label.ZH, d.CitizenNumber, d.Class)
		}
	}
}

// [PRIV-3]
func TestTagDependsOnTheNumberThroughSixteenBits(t *testing.T) {
	ref := func(index uint32) format.Ref { return format.Ref{List: 7936, Index: index} }
	document := func(n int) format.Document {
		d, err := format.NewDocument(3, fmt.Sprintf("E%08d", n))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	// Tags in two codes: numbers that share both share v, almost surely.
	seen := map[[4]byte]int{}
	for n := range 4000 {
		a, b := format.HolderTag("33", ref(1), document(n)), format.HolderTag("33", ref(2), document(n))
		pair := [4]byte{a[0], a[1], b[0], b[1]}
		twin, found := seen[pair]
		if !found {
			seen[pair] = n
			continue
		}
		for index := range uint32(100) {
			if format.HolderTag("41", ref(index), document(n)) != format.HolderTag("41", ref(index), document(twin)) {
				t.Errorf("numbers %d and %d differ in code %d", twin, n, index)
			}
		}
		return
	}
	t.Error("no two of 4,000 numbers share v: then the tag tells more than 16 bits")
}

// [SIG-10]
func TestPointsThatAreNoKeyAreRefused(t *testing.T) {
	p256 := elliptic.P256().Params()
	join := func(x, y *big.Int) []byte {
		return append(append([]byte{4}, x.FillBytes(make([]byte, 32))...), y.FillBytes(make([]byte, 32))...)
	}
	beyond := new(big.Int).Add(p256.P, big.NewInt(5)) // x = 5 is on the curve
	for name, point := range map[string][]byte{
		"infinity":                 {0},
		"origin":                   join(new(big.Int), new(big.Int)),
		"off the curve":            join(p256.Gx, new(big.Int).Add(p256.Gy, big.NewInt(1))),
		"x not below p":            append([]byte{2}, beyond.FillBytes(make([]byte, 32))...),
		"short":                    join(p256.Gx, p256.Gy)[:64],
		"hybrid form":              append([]byte{6}, join(p256.Gx, p256.Gy)[1:]...),
		"no bytes":                 {},
		"private key as a point":   make([]byte, 32),
		"trailing byte":            append(join(p256.Gx, p256.Gy), 0),
		"compressed, not a square": append([]byte{2}, big.NewInt(1).FillBytes(make([]byte, 32))...),
	} {
		if key, err := sig.NewPublicKey(sig.ES256, point); err == nil {
			t.Errorf("%s: accepted as %x", name, key.Compressed())
		}
	}
	if _, err := sig.NewPublicKey(sig.SM2, join(p256.Gx, p256.Gy)); err == nil {
		t.Error("a point of P-256 is accepted as an SM2 key")
	}
	if _, err := sig.NewPublicKey(sig.ES256, join(p256.Gx, p256.Gy)); err != nil {
		t.Errorf("the base point: %v", err)
	}
}
