//go:build unix

package service_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

// BenchmarkIssueOverTLS is single issues as a desk sees them: TLS with connections
// that are kept, a token, the signature with its verification, and the commit on
// stable storage, clients and service on one machine. It reports issues a second,
// the slowest of a hundred, and the share of the bare signing rate on all cores.
func BenchmarkIssueOverTLS(b *testing.B) {
	const clients = 32
	bench := newBench(b, nil)
	server := httptest.NewUnstartedServer(bench.service)
	server.StartTLS()
	defer server.Close()
	client := server.Client()
	transport := client.Transport.(*http.Transport)
	transport.MaxIdleConnsPerHost = clients
	transport.TLSClientConfig.MinVersion = tls.VersionTLS13
	body, err := json.Marshal(green())
	if err != nil {
		b.Fatal(err)
	}
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	begun, used := time.Now(), processorTime(b)
	for range clients {
		all.Go(func() {
			for {
				n := next.Add(1) - 1
				if n >= int64(b.N) {
					return
				}
				at := time.Now()
				if err := post(client, server.URL, bench.tokens["desk-7"], fmt.Sprint("key-", n), body); err != nil {
					b.Error(err)
					return
				}
				took[n] = time.Since(at)
			}
		})
	}
	all.Wait()
	elapsed := time.Since(begun)
	used = processorTime(b) - used
	b.StopTimer()
	slices.Sort(took)
	rate := float64(b.N) / elapsed.Seconds()
	b.ReportMetric(rate, "issues/s")
	b.ReportMetric(float64(took[b.N*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-us/issue")
	b.ReportMetric(rate/bareRate(b), "x-bare-signing")
}

// processorTime is what the process has used so far, client and service together:
// it tells on a loaded machine what a quiet one would do.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func post(client *http.Client, url, token, key string, body []byte) error {
	r, err := http.NewRequest(http.MethodPost, url+"/v1/credentials", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", key)
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("status %d: %s", answer.StatusCode, data)
	}
	return err
}

// bareRate is how many signatures a second two cores make, with nothing
// around them.
func bareRate(b *testing.B) float64 {
	b.Helper()
	key := sigtest.New(sig.SM2, "33 all")
	message := make([]byte, 160)
	const each = 2000
	var all sync.WaitGroup
	begun := time.Now()
	const workers = 2
	for range workers {
		all.Go(func() {
			for range each {
				if _, err := key.Sign(message); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return workers * each / time.Since(begun).Seconds()
}
