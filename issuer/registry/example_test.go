package registry_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// A job issues two credentials, dies before it heard that they were committed,
// and comes again.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "registry")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	r, err := sqlite.Create(ctx, filepath.Join(folder, "33.registry"), registry.Plan{})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()

	for attempt := range 2 {
		leased, err := r.Lease(ctx, registry.Pool{Region: 33, Month: 82}, 2)
		if err != nil {
			log.Fatal(err)
		}
		chunk := registry.Chunk{Job: "2026-11-22", Number: 0}
		for i := range leased.Len() {
			reference, _ := leased.At(i) // goes into the credential that is signed
			chunk.Entries = append(chunk.Entries, registry.Entry{
				Reference: reference,
				KeyID:     registry.KeyID{0xa1, 0xb2, 0xc3, 0xd4},
				Hash:      sha256.Sum256(fmt.Appendf(nil, "signed credential %d of attempt %d", i, attempt)),
				IssuedAt:  1_795_305_600,
				ExpiresAt: 1_795_910_400,
				State:     registry.Issued,
			})
		}
		receipt, err := r.Commit(ctx, chunk)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("attempt %d: %d entries, already committed: %v, these: %v\n", attempt, len(receipt.Entries),
			receipt.AlreadyCommitted, receipt.Entries[0].Hash == chunk.Entries[0].Hash)
	}
	pools, err := r.Pools(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d leased references are issued\n", pools[0].Issued, pools[0].Leased)
	// Output:
	// attempt 0: 2 entries, already committed: false, these: true
	// attempt 1: 2 entries, already committed: true, these: false
	// 2 of 4 leased references are issued
}

// A credential is suspended, which is known when it is looked up, and resumed,
// which is a second event.
func ExampleOrder() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "registry")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	r, err := sqlite.Create(ctx, filepath.Join(folder, "33.registry"), registry.Plan{})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	leased, err := r.Lease(ctx, registry.Pool{Region: 33, Month: 82}, 1)
	if err != nil {
		log.Fatal(err)
	}
	reference, _ := leased.At(0)
	entry := registry.Entry{
		Reference: reference, Hash: sha256.Sum256([]byte("signed credential")),
		IssuedAt: 1_795_305_600, ExpiresAt: 1_795_910_400, State: registry.Issued,
	}
	if _, err := r.Commit(ctx, registry.Chunk{Job: "desk", Entries: []registry.Entry{entry}}); err != nil {
		log.Fatal(err)
	}

	for i, action := range []registry.Action{registry.Suspend, registry.Suspend, registry.Resume} {
		order := registry.Order{
			Key: registry.OrderKey{byte(i + 1)}, Action: action, At: 1_795_320_000,
			Reason:     map[registry.Action]uint16{registry.Suspend: 15, registry.Resume: 16}[action], // under review, and not any more
			References: []registry.Reference{reference},
		}
		receipt, err := r.Record(ctx, order)
		if err != nil {
			log.Fatal(err)
		}
		state, _, err := r.State(ctx, reference)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %d changed, %d already, now %s\n", action, receipt.Changed, receipt.Already, state)
	}
	mark, err := r.Mark(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d events\n", mark.Sequence)
	// Output:
	// suspend: 1 changed, 0 already, now suspended
	// suspend: 0 changed, 1 already, now suspended
	// resume: 1 changed, 0 already, now active
	// 2 events
}
