package batch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

var (
	now    = batchtest.Now
	signer = batchtest.Signer()
)

func newIssuer(wrap func(sig.Signer) sig.Signer) (*issuer.Issuer, error) {
	return batchtest.NewIssuer(wrap(signer), 0)
}

// counting counts what is signed.
type counting struct {
	sig.Signer
	signed func()
}

func (c counting) Sign(message []byte) ([]byte, error) {
	c.signed()
	return c.Signer.Sign(message)
}

// workshop is a folder with a registry, and an issuer.
type workshop struct {
	folder   string
	issuer   *issuer.Issuer
	registry *sqlite.Registry
}

func open(t testing.TB, folder string) *workshop {
	t.Helper()
	iss, err := newIssuer(func(s sig.Signer) sig.Signer { return s })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "33.registry")
	reg, err := sqlite.Open(t.Context(), path)
	if errors.Is(err, os.ErrNotExist) {
		reg, err = sqlite.Create(t.Context(), path, registry.Plan{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	return &workshop{folder, iss, reg}
}

func newWorkshop(t testing.TB) *workshop {
	t.Helper()
	return open(t, t.TempDir())
}

// options are those of job "job" in chunks of 10.
func (w *workshop) options() batch.Options {
	return batch.Options{
		Issuer: w.issuer, Registry: w.registry, At: now, Job: "job", Parts: filepath.Join(w.folder, "parts"), Chunk: 10,
	}
}

// run runs the job and returns its output.
func run(t testing.TB, o batch.Options, records []byte) ([]byte, batch.Summary) {
	t.Helper()
	var out bytes.Buffer
	summary, err := batch.Run(t.Context(), o, bytes.NewReader(records), &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), summary
}

func fails(t testing.TB, o batch.Options, records []byte) error {
	t.Helper()
	var out bytes.Buffer
	summary, err := batch.Run(t.Context(), o, bytes.NewReader(records), &out)
	if err == nil || out.Len() != 0 || summary != (batch.Summary{}) {
		t.Fatalf("summary %+v, error %v, output %q", summary, err, out.Bytes())
	}
	return err
}

// lines decodes an output.
func lines(t testing.TB, out []byte) []batch.Line {
	t.Helper()
	var all []batch.Line
	for text := range strings.Lines(string(out)) {
		var line batch.Line
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	return all
}

// requireOnce holds an output to its input: the codes of exactly the given
// lines, in their order, each with a reference of its own that the registry
// knows, and with the holder of its record.
func requireOnce(t testing.TB, w *workshop, out []byte, holders map[int]int, order []int) {
	t.Helper()
	all := lines(t, out)
	if len(all) != len(order) {
		t.Fatalf("%d codes for %d records", len(all), len(order))
	}
	used := map[registry.Reference]bool{}
	for i, line := range all {
		if line.Line != order[i] {
			t.Fatalf("code %d is of line %d, want %d", i, line.Line, order[i])
		}
		reference := registry.Reference{Region: 33, List: line.List, Index: line.Index}
		if used[reference] {
			t.Fatalf("reference %v stands twice", reference)
		}
		used[reference] = true
		requireCode(t, w, line, reference, holders[line.Line])
	}
}

func requireCode(t testing.TB, w *workshop, line batch.Line, reference registry.Reference, person int) {
	t.Helper()
	c, data := parse(t, line.Code)
	document, err := format.NewDocument(3, batchtest.Number(person))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Matches(document) || c.IssuedAt != line.Issued || c.Expires != line.Expires || c.Ref != (format.Ref{List: line.List, Index: line.Index}) {
		t.Fatalf("line %d: the code says %+v, the line %+v", line.Line, c, line)
	}
	entry, err := w.registry.Lookup(context.Background(), reference)
	if err != nil || entry.Hash != hash(data) || entry.IssuedAt != line.Issued || entry.ExpiresAt != line.Expires || fmt.Sprintf("%x", entry.KeyID) != line.Key {
		t.Fatalf("line %d: the registry has %+v, %v", line.Line, entry, err)
	}
}
