package postgres

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// A bit that the storage changed in what a chunk holds is seen, and the chunk named.
func TestAChangedEntryIsNamedByItsChunk(t *testing.T) {
	d := fresh(t)
	r := d.open(t)
	defer r.Close()
	registrytest.KeepEntries(t, r)
	if unchecked, err := r.CheckEntries(t.Context()); err != nil || unchecked != 0 {
		t.Fatalf("%d entries have no checksum, error %v", unchecked, err)
	}
	for name, statements := range map[string][2]string{
		"a hash":         {"UPDATE tongxing.segment SET entries = set_byte(entries, 100, get_byte(entries, 100) # 1)", ""},
		"a request key":  {"UPDATE tongxing.segment SET requests = set_byte(requests, 1, get_byte(requests, 1) # 1)", ""},
		"a checksum":     {"UPDATE tongxing.segment SET checksum = checksum # (1::bigint << 40)", ""},
		"another number": {"UPDATE tongxing.chunk SET number = number + 10", "UPDATE tongxing.chunk SET number = number - 10"},
	} {
		d.mustExecute(t, statements[0])
		var damaged *registry.DamagedChunkError
		_, err := registry.Audit(t.Context(), r)
		if !errors.As(err, &damaged) || !errors.Is(err, registry.ErrDamaged) || damaged.Job != "night" {
			t.Errorf("%s: %v, want a DamagedChunkError", name, err)
		}
		if statements[1] == "" {
			statements[1] = statements[0] // changes it back
		}
		d.mustExecute(t, statements[1])
		if _, err := registry.Audit(t.Context(), r); err != nil {
			t.Fatalf("%s: changed back: %v", name, err)
		}
	}
}
