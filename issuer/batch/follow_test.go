package batch_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/trustlist"
)

// TestNewTrustMaterialDecidesWhatARunningWorkerSigns takes its keys away in the
// middle of a job, ends the programme, and publishes its rules no more: the job is set aside, no record of it
// becomes a refusal, and with the keys back it goes on.
func TestNewTrustMaterialDecidesWhatARunningWorkerSigns(t *testing.T) {
	t.Parallel()
	region, rules, err := batchtest.Published()
	if err != nil {
		t.Fatal(err)
	}
	for name, next := range map[string]struct {
		region *trustlist.Region
		end    int64
		policy *trustlist.Policy
	}{
		"no key may sign":                 {nil, 0, rules},
		"the programme has ended":         {region, batchtest.Now.Unix() - 1, rules},
		"its rules are published no more": {region, 0, nil},
	} {
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
					return made.Under(next.region, next.end, next.policy)
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
