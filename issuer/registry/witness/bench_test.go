package witness

import (
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// BenchmarkLease leases a thousand references, each lease synced in the registry,
// and in the witness too.
func BenchmarkLease(b *testing.B) {
	for _, guarded := range []bool{false, true} {
		name := map[bool]string{false: "registry", true: "witness"}[guarded]
		b.Run(name, func(b *testing.B) {
			s := newSite(b)
			var r registry.Registry = s.store(b)
			if guarded {
				r = s.guard(b)
			}
			for b.Loop() {
				registrytest.Lease(b, r, testPool, 1000)
			}
		})
	}
}
