package witness_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/registry/witness"
)

// A backup of the morning is put back in the evening: the registry is refused, and
// raised above what was handed out in between.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "witness")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path, file := filepath.Join(folder, "33.registry"), filepath.Join(folder, "33.witness")
	pool := registry.Pool{Region: 33, Month: 83}
	lease := func(n int) error {
		store, err := sqlite.Open(ctx, path)
		if err != nil {
			return err
		}
		defer store.Close()
		guard, err := witness.Open(ctx, store, file)
		if err != nil {
			return err
		}
		_, err = guard.Lease(ctx, pool, n)
		return err
	}
	made, err := sqlite.Create(ctx, path, registry.Plan{})
	if err == nil {
		err = errors.Join(made.Close(), lease(100))
	}
	morning, read := os.ReadFile(path)
	if err := errors.Join(err, read, lease(5000), os.WriteFile(path, morning, 0o600)); err != nil {
		fmt.Println(err)
		return
	}
	var older *witness.OlderError
	if errors.As(lease(1), &older) {
		fmt.Printf("refused: %d of %d references\n", older.Banks[0].Registry, older.Banks[0].Witness)
	}
	store, err := sqlite.Open(ctx, path)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := witness.Raise(ctx, store, file)
	fmt.Println("raised banks:", len(report.Banks), err, store.Close())
	fmt.Println("leased:", lease(1))
	// Output:
	// refused: 100 of 5100 references
	// raised banks: 1 <nil> <nil>
	// leased: <nil>
}
