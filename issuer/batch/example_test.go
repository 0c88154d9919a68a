package batch_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// Two records are planned as a job, issued and delivered; the third has no
// document and is refused.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "batch-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	until := `"status":{"state":0,"rule":0,"determined":"2022-08-10T07:00:00+08:00","until":"2022-08-17T07:00:00+08:00"}}`
	records := `{"name":"陈梓","document_type":"03","document_number":"E73000000",` + until + "\n" +
		`{"name":"廖浩然","document_type":"03","document_number":"E73000001",` + until + "\n" + "{}\n"
	input := filepath.Join(folder, "33.jsonl")
	if err := os.WriteFile(input, []byte(records), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	reg, err := sqlite.Create(ctx, filepath.Join(folder, "33.registry"), registry.Plan{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer reg.Close()
	iss, err := batchtest.Issuers(issuer.DefaultLifetime)
	if err != nil {
		fmt.Println(err)
		return
	}

	parts, key := filepath.Join(folder, "parts"), batch.Key{} // drawn at random, kept apart from the registry
	planned, err := batch.Plan(ctx, batch.PlanOptions{Issuer: iss, Jobs: reg, At: batchtest.Now, Now: batchtest.Now,
		Job: "morning", Parts: parts, Input: input, Key: key}, bytes.NewReader([]byte(records)))
	fmt.Println(planned.Records, "records in", planned.Chunks, "chunk", err)

	queue, err := batch.NewClaims(batch.ClaimsOptions{Registry: reg, Clock: batchtest.Clock{}, Worker: "w1", Job: "morning"})
	if err != nil {
		fmt.Println(err)
		return
	}
	worker, err := batch.NewWorker(batch.WorkerOptions{Registry: reg, Issuers: batchtest.Issuers, Parts: parts, Key: key, Clock: batchtest.Clock{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("worked:", worker.Run(ctx, queue))

	delivered, err := batch.Deliver(ctx, batch.DeliverOptions{Registry: reg, Job: "morning", Parts: parts,
		Refused: func(r batch.Refused) error { fmt.Println("line", r.Line, "is refused:", r.Refusal); return nil }})
	fmt.Println(delivered.Issued, "codes", err)
	// Output:
	// 3 records in 1 chunk <nil>
	// worked: <nil>
	// line 3 is refused: record
	// 2 codes <nil>
}
