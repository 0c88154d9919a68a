package sqlite

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// A bit that the storage changed in what a chunk holds is seen, and the chunk named,
// though every page of the file is whole (Check) and nothing else contradicts it.
func TestAChangedEntryIsNamedByItsChunk(t *testing.T) {
	for name, statement := range map[string]string{
		"a hash":         "UPDATE segment SET entries = CAST(substr(entries, 1, 100) || x'ff' || substr(entries, 102) AS BLOB) WHERE position = (SELECT max(position) FROM segment)",
		"a request key":  "UPDATE segment SET requests = CAST(x'ab' || substr(requests, 2) AS BLOB) WHERE position = (SELECT max(position) FROM segment)",
		"a checksum":     "UPDATE segment SET checksum = checksum + 1 WHERE position = (SELECT max(position) FROM segment)",
		"another chunk":  "UPDATE segment SET chunk = 3 WHERE position = (SELECT max(position) FROM segment)",
		"another number": "UPDATE chunk SET number = 99 WHERE id = 3",
	} {
		f := newFile(t, registry.Plan{})
		r := f.open(t)
		registrytest.KeepEntries(t, r)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		execute(t, string(f), statement)
		r = f.open(t)
		var damaged *registry.DamagedChunkError
		_, err := registry.Audit(t.Context(), r)
		if !errors.As(err, &damaged) || !errors.Is(err, registry.ErrDamaged) || damaged.Job != "night" {
			t.Errorf("%s: %v, want a DamagedChunkError", name, err)
		}
		if err := errors.Join(r.Check(t.Context()), r.Close()); err != nil {
			t.Errorf("%s: the file: %v", name, err)
		}
	}
}

// What is committed after a migration has a checksum, as in a new registry; what was
// there before has none.
func TestEntriesCommittedAfterAMigrationAreChecked(t *testing.T) {
	f := oldFile(t, schemaVersion-1)
	r := f.open(t)
	defer r.Close()
	before, err := r.CheckEntries(t.Context())
	if err != nil || before == 0 {
		t.Fatalf("%d entries have no checksum, error %v", before, err)
	}
	registrytest.Issue(t, r, testPool, "after", 30)
	if after, err := r.CheckEntries(t.Context()); err != nil || after != before {
		t.Errorf("%d entries have no checksum, were %d, error %v", after, before, err)
	}
	execute(t, string(f), "UPDATE segment SET entries = CAST(x'00' || substr(entries, 2) AS BLOB) WHERE position = (SELECT max(position) FROM segment WHERE checksum IS NOT NULL)")
	var damaged *registry.DamagedChunkError
	if unchecked, err := r.CheckEntries(t.Context()); !errors.As(err, &damaged) || damaged.Job != "after" || unchecked != 0 {
		t.Errorf("%d beside error %v", unchecked, err)
	}
}
