package metrics_test

import (
	"bufio"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/batch/metrics"
)

// figures returns the figures of ours, without those that say how long it took.
func figures(w *metrics.Worker) string {
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	var all strings.Builder
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "tongxing_") && !strings.Contains(line, "_bucket") {
			fmt.Fprintln(&all, line)
		}
	}
	return all.String()
}

func current(key sig.Signer) func() *issuer.Issuer {
	made, err := batchtest.NewIssuer(key, 0)
	if err != nil {
		panic(err) // an example has no test to fail
	}
	return func() *issuer.Issuer { return made }
}

func Example() {
	w := metrics.New(metrics.Options{Issuer: current(batchtest.Signer()), Clock: func() time.Time { return batchtest.Now }})
	w.Done(batch.Done{Task: batch.Task{Job: "morning", Number: 3}, Issued: 999, Refused: 1, Took: 400 * time.Millisecond})
	w.Failed(errors.New("the database is being restarted"))
	w.SetAside(&batch.SetAsideError{})
	fmt.Print(figures(w))
	// Output:
	// tongxing_worker_chunk_seconds_sum 0.4
	// tongxing_worker_chunk_seconds_count 1
	// tongxing_worker_chunks_total 1
	// tongxing_worker_keys 1
	// tongxing_worker_last_commit_timestamp_seconds 1.6600896e+09
	// tongxing_worker_records_total{outcome="issued"} 999
	// tongxing_worker_records_total{outcome="refused"} 1
	// tongxing_worker_retries_total 1
	// tongxing_worker_set_aside_total 1
	// tongxing_worker_signer 1
	// tongxing_worker_stopped_keys 0
}

// gone is a signer that is away, or one that signs something else.
type gone struct {
	sig.Signer
	wrong bool
}

func (g gone) Sign(message []byte) ([]byte, error) {
	if g.wrong {
		return g.Signer.Sign(append([]byte("not "), message...))
	}
	return nil, errors.New("away")
}

// TestASignerThatIsAwayOrWrongShowsBeforeThereIsWork: the figures ask it to sign.
func TestASignerThatIsAwayOrWrongShowsBeforeThereIsWork(t *testing.T) {
	for wrong, stopped := range map[bool]string{false: "0", true: "1"} {
		w := metrics.New(metrics.Options{Issuer: current(gone{batchtest.Signer(), wrong}), Clock: time.Now})
		figures(w)
		if said := figures(w); !strings.Contains(said, "tongxing_worker_signer 0\n") || !strings.Contains(said, "tongxing_worker_stopped_keys "+stopped+"\n") {
			t.Errorf("wrong %v: %s", wrong, said)
		}
	}
}
