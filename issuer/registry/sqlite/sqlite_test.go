package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// file is the storage of a registry under test.
type file string

func newFile(t testing.TB, plan registry.Plan) file {
	t.Helper()
	path := filepath.Join(t.TempDir(), "33.registry")
	r, err := Create(t.Context(), path, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return file(path)
}

func (f file) Open(t testing.TB) registry.Registry { return f.open(t) }

func (f file) open(t testing.TB) *Registry {
	t.Helper()
	r, err := Open(t.Context(), string(f))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestConformance(t *testing.T) {
	registrytest.Run(t, func(t *testing.T) registrytest.Storage { return newFile(t, registry.Plan{}) })
}
