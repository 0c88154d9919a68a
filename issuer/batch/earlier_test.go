package batch_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// TestAJobInARestoredRegistryIsWhatWasDelivered restores the backup that was made
// when the job was planned: nobody is given a second credential.
func TestAJobInARestoredRegistryIsWhatWasDelivered(t *testing.T) {
	t.Parallel()
	b, backup := newBulk(t, 35), filepath.Join(t.TempDir(), "backup")
	b.plan(t)
	if err := b.registry.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	first := b.requireOnce(t)
	b.restore(t, backup)
	if again := b.requireOnce(t); !bytes.Equal(again, first) {
		t.Error("after the restore it is another output")
	}
}

// restore goes on with a copy of the registry.
func (b *bulk) restore(t *testing.T, backup string) {
	t.Helper()
	restored, err := sqlite.Open(t.Context(), backup)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { restored.Close() })
	b.registry = restored
}

// TestAnEarlierPartThatWasTamperedWithIsNotTaken puts a part in the place of a
// chunk's whose name fits its content and one of whose signatures does not verify,
// and one that has the codes of two people exchanged.
func TestAnEarlierPartThatWasTamperedWithIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, codes [][]byte){
		"another signature": func(t *testing.T, codes [][]byte) {
			data, err := transport.Decode(string(codes[3]))
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)-1] ^= 1
			codes[3] = []byte(transport.Encode(data))
		},
		"exchanged": func(_ *testing.T, codes [][]byte) { codes[3], codes[4] = codes[4], codes[3] },
	} {
		b, backup := newBulk(t, 10), filepath.Join(t.TempDir(), "backup")
		b.plan(t)
		if err := b.registry.Backup(t.Context(), backup); err != nil {
			t.Fatal(err)
		}
		first := b.requireOnce(t)
		b.forge(t, func(codes [][]byte) { harm(t, codes) })
		b.restore(t, backup)
		if again := b.requireOnce(t); bytes.Equal(again, first) {
			t.Errorf("%s: the part was taken", name)
		}
	}
}

// forge changes the codes of the only part and names it by its new content.
func (b *bulk) forge(t *testing.T, change func(codes [][]byte)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(b.folder, "parts", "*", "00000000-*.jsonl"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	content, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	var codes [][]byte
	lines := bytes.SplitAfter(content, []byte("\n"))
	for _, line := range lines[:len(lines)-1] {
		_, code, _ := bytes.Cut(line, []byte(`"code":"`))
		codes = append(codes, bytes.Clone(code[:len(code)-3]))
	}
	before := bytes.Join(codes, nil)
	change(codes)
	if bytes.Equal(bytes.Join(codes, nil), before) {
		t.Fatal("nothing was changed")
	}
	var forged []byte
	for i, code := range codes {
		head, _, _ := bytes.Cut(lines[i], []byte(`"code":"`))
		forged = append(append(append(forged, head...), `"code":"`...), code...)
		forged = append(forged, "\"}\n"...)
	}
	sum := sha256.Sum256(forged)
	if err := os.Remove(paths[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(paths[0]), fmt.Sprintf("00000000-%x.jsonl", sum[:8])), forged, 0o600); err != nil {
		t.Fatal(err)
	}
}
