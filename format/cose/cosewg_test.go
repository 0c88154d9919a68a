package cose_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
)

// hexBytes are written in hexadecimal.
type hexBytes []byte

func (b *hexBytes) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	*b = decoded
	return err
}

// workingGroup are the examples of the COSE working group for COSE_Sign1 with
// ES256. Our envelope is stricter than COSE, so that none of them is a
// credential: they test what lies beneath, Sig_structure and ES256.
type workingGroup struct {
	Source   string                  `json:"source"`
	Key      struct{ X, Y hexBytes } `json:"key"`
	Examples []struct {
		Name          string   `json:"name"`
		Message       hexBytes `json:"message"`
		ExternalAAD   hexBytes `json:"external_aad"`
		Signed        hexBytes `json:"signed"`         // what its author signed
		SignatureGood bool     `json:"signature_good"` // of the message as it is
		Why           string   `json:"why"`
	} `json:"examples"`
}

// anySign1 is a COSE_Sign1 as COSE has it.
type anySign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected cbor.RawMessage
	Payload     []byte
	Signature   []byte
}

// readAny takes a message apart, tagged or not.
func readAny(t *testing.T, message []byte) anySign1 {
	t.Helper()
	content := message
	var tag cbor.RawTag
	if cbor.Unmarshal(message, &tag) == nil {
		content = tag.Content
	}
	var m anySign1
	if err := cbor.Unmarshal(content, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// structureOf is the Sig_structure of a message with external_aad. An empty
// protected header counts as no bytes in either form (RFC 9052 section 4.4).
func structureOf(m anySign1, external []byte) []byte {
	protected := m.Protected
	if bytes.Equal(protected, []byte{0xa0}) {
		protected = nil
	}
	if len(external) == 0 {
		return cose.Sign1Structure(protected, m.Payload)
	}
	return cat([]byte("\x84\x6aSignature1"), bstr(protected...), bstr(external...), cborx.AppendBytes(nil, m.Payload))
}

func TestWorkingGroupExamplesOfSign1(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("testdata", "cosewg_sign1.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file workingGroup
	if err := json.Unmarshal(content, &file); err != nil || len(file.Examples) != 10 {
		t.Fatalf("%d examples: %v", len(file.Examples), err)
	}
	key, err := sig.NewPublicKey(sig.ES256, cat([]byte{4}, file.Key.X, file.Key.Y))
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range file.Examples {
		t.Run(example.Name, func(t *testing.T) {
			m := readAny(t, example.Message)
			structure := structureOf(m, example.ExternalAAD)
			if err := key.Verify(structure, m.Signature); (err == nil) != example.SignatureGood {
				t.Errorf("the signature: %v, good: %v; %s", err, example.SignatureGood, example.Why)
			}
			if err := key.Verify(example.Signed, m.Signature); err != nil {
				t.Errorf("the signature of what was signed: %v", err)
			}
			if same := bytes.Equal(structure, example.Signed); same != example.SignatureGood {
				t.Errorf("Sig_structure %x, signed was %x; %s", structure, []byte(example.Signed), example.Why)
			}
			if _, err := cose.ParseSign1(example.Message); err == nil {
				t.Errorf("accepted as a credential's envelope; %s", example.Why)
			}
		})
	}
}
