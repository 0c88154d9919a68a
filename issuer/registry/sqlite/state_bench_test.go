package sqlite

import (
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// issued commits n credentials in chunks of 1,000 to a new registry of a
// province's plan, and returns them in an order of their own.
func issued(b *testing.B, n int) (*Registry, []registry.Reference) {
	b.Helper()
	r := newFile(b, registry.Plan{Shards: 128}).open(b)
	b.Cleanup(func() { r.Close() })
	all := make([]registry.Reference, n)
	for number := range n / 1000 {
		references := registrytest.Lease(b, r, testPool, 1000)
		if _, err := r.Commit(b.Context(), registrytest.Chunk("job", uint32(number), references)); err != nil {
			b.Fatal(err)
		}
		for i, reference := range references {
			all[(number*1000+i)*7919%n] = reference
		}
	}
	return r, all
}

// BenchmarkRecord records orders on references out of 600,000 committed ones,
// each synced. An order takes ever other credentials until none is left, then
// suspends and resumes.
func BenchmarkRecord(b *testing.B) {
	for _, n := range []int{1, 1000, registry.MaxOrder} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r, references := issued(b, 600_000)
			per := len(references) / n
			for number := 0; b.Loop(); number++ {
				action := registry.Suspend
				if number/per%2 == 1 {
					action = registry.Resume
				}
				order := registrytest.Order(uint64(number), action, references[number%per*n:][:n])
				if receipt, err := r.Record(b.Context(), order); err != nil || receipt.Changed != n {
					b.Fatal(receipt, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
		})
	}
}

// BenchmarkMillionEvents reads a million events, as a build of status lists does.
func BenchmarkMillionEvents(b *testing.B) {
	const n = 1_000_000
	r, references := issued(b, n)
	for first := 0; first < n; first += registry.MaxOrder {
		order := registrytest.Order(uint64(first), registry.Revoke, references[first:min(first+registry.MaxOrder, n)])
		if _, err := r.Record(b.Context(), order); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		seen := 0
		for _, err := range r.Events(b.Context(), 0) {
			if err != nil {
				b.Fatal(err)
			}
			seen++
		}
		if seen != n {
			b.Fatal(seen)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/event")
}

func BenchmarkState(b *testing.B) {
	r, references := issued(b, 600_000)
	if _, err := r.Record(b.Context(), registrytest.Order(1, registry.Revoke, references[:6000])); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		state, _, err := r.State(b.Context(), references[i%12_000])
		if want := i%12_000 < 6000; err != nil || (state == status.Revoked) != want {
			b.Fatal(state, err)
		}
	}
}
