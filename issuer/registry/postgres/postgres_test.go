package postgres

import (
	"os"
	"testing"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// testPool is the one that most tests work in.
var testPool = registry.Pool{Region: 33, Month: 83}

// database is the storage of a registry under test: its address.
type database string

// created makes a registry in the database at an address.
func created(t testing.TB, address string, plan registry.Plan) database {
	t.Helper()
	r, err := Create(t.Context(), address, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return database(address)
}

func (d database) Open(t testing.TB) registry.StateKeeper { return d.open(t) }

// open opens the registry; the caller closes it.
func (d database) open(t testing.TB) *Registry {
	t.Helper()
	r, err := Open(t.Context(), string(d))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestConformance(t *testing.T) {
	registrytest.Run(t, func(t *testing.T) registrytest.Storage {
		return created(t, postgrestest.Database(t), registry.Plan{})
	})
}
