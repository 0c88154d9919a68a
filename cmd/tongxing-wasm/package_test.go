package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

// [BINDING-30] The module gives every vector the verdict of the verifier, byte for
// byte.
func TestTheModuleAgreesOnEveryVector(t *testing.T) {
	folder := t.TempDir()
	written := bindingtest.Write(t, folder)
	output := node(t, built(t), nil, filepath.Join("test", "vectors.mjs"), folder)
	if got := strings.TrimSpace(string(output)); got != strconv.Itoa(written) {
		t.Errorf("%s of %d vectors", got, written)
	}
}

func TestThePackageDoesWhatItSays(t *testing.T) {
	node(t, built(t), []string{"FRAMES=" + frames(t)}, "--test", filepath.Join("test", "package.test.mjs"))
}
