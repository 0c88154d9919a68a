package cose_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

var write = flag.Bool("write-seeds", false, "write testdata/messages.txt anew")

const seedFile = "testdata/messages.txt"

// seeds are messages of both kinds, one in hexadecimal a line.
func seeds(tb testing.TB) [][]byte {
	tb.Helper()
	content, err := os.ReadFile(seedFile)
	if err != nil {
		tb.Fatal(err)
	}
	var all [][]byte
	for line := range strings.Lines(string(content)) {
		data, err := hex.DecodeString(strings.TrimSpace(line))
		if err != nil {
			tb.Fatalf("%s: %v", seedFile, err)
		}
		all = append(all, data)
	}
	if len(all) == 0 {
		tb.Fatalf("%s has no messages", seedFile)
	}
	return all
}

func writeSeeds(t *testing.T) {
	var text strings.Builder
	list, _ := signers(4)
	for n := range list {
		credential, err := cose.AppendSign1(nil, payload, list[n])
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(hex.EncodeToString(credential) + "\n")
		text.WriteString(hex.EncodeToString(marshal(t, signedBy(t, typ, payload, list[:n+1]...))) + "\n")
	}
	if err := os.WriteFile(seedFile, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Messages that were signed once verify for ever.
func TestKeptMessagesVerify(t *testing.T) {
	if *write {
		writeSeeds(t)
	}
	list, keys := signers(4)
	for _, data := range seeds(t) {
		if credential, err := cose.ParseSign1(data); err == nil {
			verified := 0
			for _, key := range keys {
				if credential.Verify(key) == nil {
					verified++
				}
			}
			if verified != 1 {
				t.Errorf("%x: %d keys verify it", data, verified)
			}
			continue
		}
		document := parse(t, data)
		if got := document.Signers(keys); len(got) == 0 || len(got) != len(document.Signatures()) || len(got) > len(list) {
			t.Errorf("%x: signers %v", data, got)
		}
	}
}

// FuzzParseSign1: a message that is read is the one form of what was read.
func FuzzParseSign1(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	keys := []*sig.PublicKey{sigtest.New(sig.ES256, "signer 0").PublicKey(), sigtest.New(sig.SM2, "signer 1").PublicKey()}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := cose.ParseSign1(data)
		if err != nil {
			if m != nil {
				t.Fatalf("message beside %v", err)
			}
			return
		}
		kid := m.KeyID()
		again := sign1{
			protected:   bstr(header(algorithmOf(m.Algorithm()), bstr(kid[:]...))...),
			unprotected: []byte{0xa0},
			payload:     bstr(m.UnverifiedPayload()...),
			signature:   bstr(data[len(data)-sig.SignatureSize:]...),
		}
		if !bytes.Equal(again.bytes(), data) {
			t.Fatalf("%x: read as %x", data, again.bytes())
		}
		for _, key := range keys {
			if m.Algorithm() != key.Algorithm() && m.Verify(key) == nil {
				t.Fatalf("%x: verified by a key of another algorithm", data)
			}
			_ = m.Verify(key)
		}
	})
}

// FuzzParseSign: a document that is read is the one form of what was read, and
// counts no signer twice.
func FuzzParseSign(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	_, keys := signers(4)
	f.Fuzz(func(t *testing.T, data []byte) {
		document, err := cose.ParseSign(data)
		if err != nil {
			if document != nil {
				t.Fatalf("document beside %v", err)
			}
			return
		}
		again, err := document.Marshal()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x: read as %x (%v)", data, again, err)
		}
		if byHand := message(document.Type(), document.UnverifiedPayload(), document.Signatures()); !bytes.Equal(byHand, data) {
			t.Fatalf("%x: by hand %x", data, byHand)
		}
		if got := document.Signers(append(keys, keys...)); len(got) > len(document.Signatures()) || len(got) > len(keys) {
			t.Fatalf("%x: %d signers", data, len(got))
		}
	})
}
