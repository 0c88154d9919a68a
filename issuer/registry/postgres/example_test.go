package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
)

func Example() {
	ctx := context.Background()
	address, err := postgrestest.ExampleDatabase() // postgres://issuer@db/tongxing, say
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := postgres.Create(ctx, address, registry.Plan{Shards: 128}) // once; from then on postgres.Open
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	leased, err := r.Lease(ctx, registry.Pool{Region: 33, Month: 83}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	chunk := registry.Chunk{Job: "night-1", Number: 0}
	for i := range leased.Len() {
		reference, _ := leased.At(i)
		chunk.Entries = append(chunk.Entries, registry.Entry{
			Reference: reference, Hash: sha256.Sum256([]byte{byte(i)}), State: registry.Issued,
			IssuedAt: 1_795_305_600, ExpiresAt: 1_795_392_000,
		})
	}
	for range 2 { // the second one finds the first
		receipt, err := r.Commit(ctx, chunk)
		fmt.Println(receipt.AlreadyCommitted, len(receipt.Entries), err)
	}
	// Output:
	// false 2 <nil>
	// true 2 <nil>
}
