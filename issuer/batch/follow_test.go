package batch_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
)

// TestNewTrustMaterialDecidesWhatARunningWorkerSigns takes its keys away in the
// middle of a job, and ends the programme: the job is set aside, no record of it
// becomes a refusal, and with the keys back it goes on.
func TestNewTrustMaterialDecidesWhatARunningWorkerSigns(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]int64{"no key may sign": 0, "the programme has ended": batchtest.Now.Unix() - 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBulk(t, 95)
			b.plan(t)
			var done atomic.Int64
			err := b.work(t, func(o *batch.WorkerOptions) {
				before := o.Issuers
				o.AtOnce = 1
				o.Done = func(d batch.Done) {
					if d.Issued != 10 || d.Refused != 0 || d.Took < 0 {
						t.Errorf("done is %+v", d)
					}
					done.Add(1)
				}
				o.Issuers = func(lifetime time.Duration) (*issuer.Issuer, error) {
					made, err := before(lifetime)
					if err != nil || done.Load() < 3 {
						return made, err
					}
					return made.Under(nil, end)
				}
			})
			var aside *batch.SetAsideError
			if !errors.As(err, &aside) || !errors.Is(err, batch.ErrMayNotSign) || done.Load() != 3 {
				t.Fatalf("after %d chunks: %v", done.Load(), err)
			}
			b.requireOnce(t)
		})
	}
}
