package batch_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
)

// damagedRegistry has a wrong bit in the first entry of chunk 1.
type damagedRegistry struct{ batch.WorkerRegistry }

func (r damagedRegistry) Committed(ctx context.Context, job string, number uint32) ([]registry.Entry, error) {
	entries, err := r.WorkerRegistry.Committed(ctx, job, number)
	if err == nil && number == 1 {
		entries[0].Hash[7] ^= 1
	}
	return entries, err
}

// Where a part is whole and has all other codes of its chunk, it is the registry that is
// damaged: nobody is to revoke what is good.
func TestADamagedRegistryIsNotTakenForALostPart(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 35)
	b.plan(t)
	b.requireOnce(t)
	options := batch.DeliverOptions{Registry: b.registry, Job: "job", Parts: filepath.Join(b.folder, "parts")}
	if _, err := batch.Deliver(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	options.Registry = damagedRegistry{b.registry}
	if _, err := batch.Deliver(t.Context(), options); !errors.Is(err, registry.ErrDamaged) || errors.Is(err, batch.ErrOutputLost) {
		t.Errorf("error %v", err)
	}
}
