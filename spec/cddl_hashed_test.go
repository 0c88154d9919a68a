package spec_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
)

// hashedInput collects structures with their names for the reader of CDDL.
type hashedInput struct {
	t      *testing.T
	encode cbor.EncMode
	lines  bytes.Buffer
	names  []string
}

func newHashedInput(t *testing.T) *hashedInput {
	t.Helper()
	encode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	return &hashedInput{t: t, encode: encode}
}

// add encodes a structure and returns its bytes.
func (in *hashedInput) add(name string, structure any) []byte {
	in.t.Helper()
	data, err := in.encode.Marshal(structure)
	if err != nil {
		in.t.Fatal(err)
	}
	in.addBytes(name, data)
	return data
}

func (in *hashedInput) addBytes(name string, data []byte) {
	name = fmt.Sprintf("%s-%d", name, len(in.names))
	in.names = append(in.names, name)
	fmt.Fprintf(&in.lines, "%s %s\n", name, hex.EncodeToString(data))
}

// The structures are made here from the text, by a library that the module's own
// encoders do not use, and are right when what is computed of them is what the
// vectors have, and when the CDDL matches them.
func TestWhatIsHashedMatchesTheCDDLAndGivesTheValuesOfTheVectors(t *testing.T) {
	in := newHashedInput(t)
	addDerived(t, in)
	addSigned(t, in)
	addStatus(t, in)
	verdicts := runCDDL(t, "hashed.cddl", &in.lines)
	for _, name := range in.names {
		if verdicts[name] != "valid" {
			t.Errorf("%s: %q", name, verdicts[name])
		}
	}
	if len(in.names) < 40 {
		t.Errorf("%d structures", len(in.names))
	}
	wrong := newHashedInput(t)
	wrong.add("context", []any{"Signature2", []byte{1}, []byte{}, []byte{1}})
	wrong.add("external", []any{"Signature1", []byte{1}, []byte{1}, []byte{1}})
	wrong.add("sign bit for y", map[int]any{1: 2, -1: 1, -2: make([]byte, 32), -3: true})
	wrong.add("short x", map[int]any{1: 2, -1: 1, -2: make([]byte, 31), -3: make([]byte, 32)})
	wrong.add("other domain", []any{"tongxing/holder/2", 1, "E1"})
	wrong.add("integer region", []any{33, 7936, 1})
	wrong.add("three sets", []any{[]any{7936, []any{0, []byte{}}, []any{0, []byte{}}}})
	for name, verdict := range runCDDL(t, "hashed.cddl", &wrong.lines) {
		if verdict == "valid" {
			t.Errorf("%s: the CDDL admits it", name)
		}
	}
}

// addDerived adds the COSE_Keys of thumbprints and the two structures of tags.
func addDerived(t *testing.T, in *hashedInput) {
	t.Helper()
	derived, err := vectors.LoadDerived()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range derived.Thumbprints {
		curve := map[int64]int{-7: 1, -131585: -131584}[c.Algorithm]
		got := sha256.Sum256(in.add("key", map[int]any{1: 2, -1: curve, -2: []byte(c.X), -3: []byte(c.Y)}))
		if !bytes.Equal(got[:], c.Thumbprint) {
			t.Errorf("thumbprint %x, want %x", got, []byte(c.Thumbprint))
		}
	}
	for _, c := range derived.Tags {
		v := sha256.Sum256(in.add("number", []any{"tongxing/holder/1", c.Class, c.Number}))
		mac := hmac.New(sha256.New, in.add("tag-key", []any{c.Issuer, c.List, c.Index}))
		mac.Write(v[:2])
		if tag := mac.Sum(nil)[:2]; !bytes.Equal(tag, c.Tag) {
			t.Errorf("tag %x, want %x", tag, []byte(c.Tag))
		}
	}
}

// addSigned adds what credentials and documents sign, and the hashes of documents.
func addSigned(t *testing.T, in *hashedInput) {
	t.Helper()
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if !v.Good() || len(in.names) > 40 {
			continue
		}
		var parts [4]any
		if err := cbor.Unmarshal(v.CBOR[1:], &parts); err != nil {
			t.Fatal(err)
		}
		message := in.add("sign1", []any{"Signature1", parts[0], []byte{}, parts[2]})
		if !verifies(t, v, message, parts[3].([]byte)) {
			t.Errorf("%s: signed is not %x", v.Name, message)
		}
	}
	documents, err := vectors.LoadDocuments()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range documents {
		if v.Expect != "ok" {
			continue
		}
		var parts [4]any
		if err := cbor.Unmarshal(v.Document[2:], &parts); err != nil {
			t.Fatal(err)
		}
		got := sha256.Sum256(in.add("document", []any{parts[0], parts[2]}))
		if !bytes.Equal(got[:], v.Hash) {
			t.Errorf("%s: hash %x, want %x", v.Name, got, []byte(v.Hash))
		}
		signature := parts[3].([]any)[0].([]any)
		in.add("sign", []any{"Signature", parts[0], signature[0], []byte{}, parts[2]})
	}
}

// verifies tells whether a key of the vector's first region, which is that of the
// issuer, made the signature.
func verifies(t *testing.T, v vectors.Vector, message, signature []byte) bool {
	t.Helper()
	for _, k := range v.Trust.Regions[0].Keys {
		key, err := sig.NewPublicKey(sig.Algorithm(k.Algorithm), slices.Concat([]byte{4}, k.X, k.Y))
		if err != nil {
			t.Fatal(err)
		}
		if key.Verify(message, signature) == nil {
			return true
		}
	}
	return false
}

// addStatus adds what the status hash of a region is over.
func addStatus(t *testing.T, in *hashedInput) {
	t.Helper()
	encoded, err := status.Encode([]uint32{5, 9, 12, 40})
	if err != nil {
		t.Fatal(err)
	}
	empty, four := []any{0, []byte{}}, []any{4, encoded}
	lists := []*trustlist.StatusList{
		{List: 7937, Suspended: trustlist.StatusSet{Members: 4, Encoded: encoded}},
		{List: 7936, Revoked: trustlist.StatusSet{Members: 4, Encoded: encoded}},
	}
	got := sha256.Sum256(in.add("status", []any{[]any{7936, four, empty, empty}, []any{7937, empty, empty, four}}))
	if got != trustlist.StatusHash(lists) {
		t.Errorf("status hash %x, want %x", got, trustlist.StatusHash(lists))
	}
	if got := sha256.Sum256(in.add("status", []any{})); got != trustlist.StatusHash(nil) {
		t.Errorf("status hash of no lists %x", got)
	}
}
