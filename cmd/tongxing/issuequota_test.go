package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/approval"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// One desk's files of a day count together, each once, and stand in the journal.
// [ISSUER-33]
func TestADaysRestrictionsCountTogether(t *testing.T) {
	reg, err := sqlite.Create(t.Context(), filepath.Join(t.TempDir(), "desk.db"), registry.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	now := time.Date(2022, 8, 10, 8, 0, 0, 0, time.UTC)
	a := &app{Program: &program.Program{Surroundings: program.Surroundings{Clock: func() time.Time { return now }}}}
	key := sigtest.New(sig.ES256, "quota-approver")
	count := func(job string, n uint64) error {
		p := &approving{states: adverseStates{2: n}, key: key}
		wanted := approval.Approval{Region: "33", Job: job, At: 1, Adverse: p.states, Keys: [][32]byte{{1}}}
		return a.count(context.Background(), p, batch.Options{Registry: reg, Job: job}, wanted, []byte("approval"))
	}
	for _, step := range []struct {
		job  string
		n    uint64
		pass bool
	}{{"a", 700, true}, {"a", 700, true}, {"b", 301, false}, {"c", 300, true}, {"d", 1, false}} {
		if err := count(step.job, step.n); (err == nil) != step.pass {
			t.Errorf("%s: %v", step.job, err)
		}
	}
	now = now.Add(24 * time.Hour)
	if err := count("d", 1); err != nil {
		t.Errorf("the next day: %v", err)
	}
	acts := ""
	for r, err := range reg.Records(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		acts += r.Act + " " + r.Object + "; "
	}
	if want := "issue approve a; issue approve a; issue approve c; issue approve d; "; acts != want {
		t.Errorf("the journal says %q, want %q", acts, want)
	}
}
