package batch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// Planners of one input under two names go to the registry when both have read it and
// asked whether they may: one plans, the other is told its name and leaves no plan.
func TestTwoPlannersUnderTwoNamesPlanOnce(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 95)
	other, err := sqlite.Open(t.Context(), registryIn(b.folder))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	iss, err := batchtest.Issuers(issuer.DefaultLifetime)
	if err != nil {
		t.Fatal(err)
	}
	var agreed, group sync.WaitGroup
	names, failures := [2]string{"day", "night"}, [2]error{}
	agreed.Add(len(names))
	for i, name := range names {
		group.Go(func() {
			agree := func(context.Context, registry.Job) error {
				agreed.Done()
				agreed.Wait()
				return nil
			}
			file, err := os.Open(b.input)
			if err != nil {
				agreed.Done()
				failures[i] = err
				return
			}
			defer file.Close()
			_, failures[i] = batch.Plan(t.Context(), batch.PlanOptions{Issuer: iss, Jobs: []registry.Jobs{b.registry, other}[i], At: batchtest.Now, Now: batchtest.Now,
				Job: name, Parts: filepath.Join(b.folder, "parts"), Input: b.input, Key: batchtest.Key, Chunk: 10, Agree: agree}, file)
		})
	}
	group.Wait()
	planned := 0
	if failures[0] != nil {
		planned = 1
	}
	var as *registry.PlannedAsError
	if failures[planned] != nil || !errors.As(failures[1-planned], &as) || as.Name != names[planned] {
		t.Fatalf("errors are %v, want one PlannedAsError", failures)
	}
	if plans, err := filepath.Glob(filepath.Join(b.folder, "parts", "*", "plan-*")); err != nil || len(plans) != 1 {
		t.Errorf("plans are %q, error %v", plans, err)
	}
	pools, err := b.registry.Pools(t.Context())
	if err != nil || len(pools) != 1 || pools[0].Leased != 95 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
}
