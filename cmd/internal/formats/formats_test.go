package formats_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/formats"
	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/transport"
)

// known are the identifiers by their keys.
func known() map[string]string {
	ids := map[string]string{}
	for _, f := range formats.Wire() {
		ids[strings.TrimPrefix(f.Key, "format_")] = f.ID
	}
	return ids
}

// training are the files that the gate has its training from: real ones.
func training(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "gate", "training", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestWhatVersionSaysStandsInRealFiles holds the identifiers against a bundle and a
// code that were written by others than this package.
func TestWhatVersionSaysStandsInRealFiles(t *testing.T) {
	ids, bundle := known(), training(t, "national.bundle")
	for _, name := range []string{"bundle", "policy", "status_list"} {
		if !bytes.Contains(bundle, []byte(ids[name])) {
			t.Errorf("%s: the bundle does not have %q", name, ids[name])
		}
	}
	text, digits, ok := strings.Cut(ids["credential"], " ")
	codes := string(training(t, "codes.csv"))
	at := strings.Index(codes, text)
	if !ok || at < 0 || !strings.HasPrefix(transport.EncodeDigits(make([]byte, 70)), digits) {
		t.Fatalf("credential: %q", ids["credential"])
	}
	code, _, _ := strings.Cut(codes[at:], "\n")
	data, err := transport.Decode(strings.TrimRight(code, "\"\r"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := strconv.ParseInt(ids["payload_key"], 10, 64)
	if err != nil || !bytes.Contains(data, cborx.AppendInt(nil, key)) {
		t.Errorf("payload key %q (%v)", ids["payload_key"], err)
	}
}

func TestEveryIdentifierIsSaidOnce(t *testing.T) {
	seen := map[string]bool{}
	for name, id := range known() {
		if id == "" || seen[id] {
			t.Errorf("%s: %q", name, id)
		}
		seen[id] = true
	}
	if len(seen) != len(formats.Wire()) {
		t.Errorf("%d of %d", len(seen), len(formats.Wire()))
	}
}

func ExampleWire() {
	fmt.Println(formats.Wire()[0])
	// Output: {format_credential TX1: 861}
}
