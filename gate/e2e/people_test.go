package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/gate/training"
)

func TestADocumentAloneOpensTheStoredCode(t *testing.T) {
	binary, files := program(t), material(t)
	key := filepath.Join(t.TempDir(), "venue.key")
	if output, err := exec.Command(binary, "enrol-key", "--out", key).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	g := begin(t, binary, training.At, filepath.Join(files, "root.cose"), "--watch", files, "--counters",
		"--enrol", filepath.Join(t.TempDir(), "people.enrolled"), "--enrol-key", key)
	out := t.TempDir()
	judge(t, run(t, "people.mjs", map[string]any{"address": g.address, "out": out, "codes": codes(t), "holder": holder}, nil))
	compare(t, out, 3)
}
