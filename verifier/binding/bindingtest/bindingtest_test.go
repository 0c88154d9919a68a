package bindingtest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/verifier/binding"
)

// run is what a program in any language does with the folder.
func run(t *testing.T, folder string) (cases, instances int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "cases.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var instance *binding.Instance
	var name string
	var answer []byte
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		kind, rest := line[0], line[2:]
		switch kind {
		case '=':
			name = string(rest)
		case '*':
			instance, instances = binding.New(), instances+1
			if string(rest) == "-" {
				continue
			}
			request, err := os.ReadFile(filepath.Join(folder, string(rest)))
			if err != nil {
				t.Fatal(err)
			}
			if response := instance.Call(request); !bytes.HasPrefix(response, []byte(`{"ok":true`)) {
				t.Fatalf("%s: %s", rest, response)
			}
		case '>':
			answer = instance.Call(rest)
		case '<':
			if cases++; !bytes.Equal(answer, rest) {
				t.Errorf("%s:\n%s\nwant\n%s", name, answer, rest)
			}
		}
	}
	return cases, instances
}

// [BINDING-30] [BINDING-31] A vector has the verdict of the verifier, byte for byte.
func TestEveryVectorHasTheVerdictOfTheVerifier(t *testing.T) {
	folder := t.TempDir()
	written := Write(t, folder)
	if cases, instances := run(t, folder); cases != written || instances < 50 {
		t.Errorf("%d of %d cases, %d instances", cases, written, instances)
	}
}
