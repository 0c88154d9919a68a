// Package batchtest is what the tests of bulk issuing have in common: a province
// with a key, files of people, and the law that every end is held to, each record
// exactly once.
package batchtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

// The moment of issue, and the evidence of every adverse state.
const (
	IssuedAt = 1660089600 // 2022-08-10T08:00:00+08:00
	Evidence = "浙疾控2022-EVIDENCE-7341"
	usage    = trustlist.UsageStatus | trustlist.UsageAdverse | trustlist.UsageTest | trustlist.UsageVaccination
)

// Now is the moment of issue.
var Now = time.Unix(IssuedAt, 0)

// Key is the key of the jobs' names.
var Key = batch.Key{1, 2, 3}

// Clock is the machine's, where tests wait for other processes.
type Clock struct{}

// Now implements [batch.Clock].
func (Clock) Now() time.Time { return time.Now() }

// After implements [batch.Clock].
func (Clock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// NewIssuer returns the issuer of province 33 with a key for everything, wrapped,
// whose credentials last so long; 0 is the default.
func NewIssuer(key sig.Signer, lifetime time.Duration) (*issuer.Issuer, error) {
	region, policy, err := publishedFor(key)
	if err != nil {
		return nil, err
	}
	return issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{key}, Lifetime: lifetime, Policy: policy})
}

// Published returns the trust material of [Issuers]: province 33 and the policy with its
// rules.
func Published() (*trustlist.Region, *trustlist.Policy, error) { return publishedFor(Signer()) }

func publishedFor(key sig.Signer) (*trustlist.Region, *trustlist.Policy, error) {
	m := &trusttest.Material{Issued: IssuedAt - 3600, Policy: trusttest.Rules(IssuedAt-86400*40, 3), Regions: []trusttest.Region{{Code: "33", Usage: usage, Keys: []trustlist.Key{{
		Public: key.PublicKey(), Usage: usage,
		SignFrom: format.DayStart(format.Day(IssuedAt) - 30), SignUntil: format.DayStart(format.Day(IssuedAt) + 30),
	}}}}}
	trust, err := m.Load()
	if err != nil {
		return nil, nil, err
	}
	region, _ := trust.Region("33")
	return region, trust.Policy(), nil
}

// Signer returns the same key in every process.
func Signer() sig.Signer { return sigtest.New(sig.SM2, "33") }

// Issuers is for [batch.WorkerOptions].
var Issuers = issuersOf(Signer)

func issuersOf(signer func() sig.Signer) func(time.Duration) (*issuer.Issuer, error) {
	var mutex sync.Mutex
	made := map[time.Duration]*issuer.Issuer{}
	return func(lifetime time.Duration) (*issuer.Issuer, error) {
		mutex.Lock()
		defer mutex.Unlock()
		if made[lifetime] == nil {
			iss, err := NewIssuer(signer(), lifetime)
			if err != nil {
				return nil, err
			}
			made[lifetime] = iss
		}
		return made[lifetime], nil
	}
}

// People is Records for a test.
func People(tb testing.TB, n int) []byte {
	tb.Helper()
	file, err := Records(n)
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

// Records is a file of n records. Every third has an adverse state with evidence,
// and credentials end in two different months.
func Records(n int) ([]byte, error) {
	var file []byte
	for i := range n {
		until := Now.Add(7 * 24 * time.Hour)
		if i%5 == 0 {
			until = Now.Add(40 * 24 * time.Hour)
		}
		r := &record.Record{Name: fmt.Sprintf("张三%04d丰", i), DocumentType: "03", DocumentNumber: Number(i),
			Status: &record.Status{Determined: Now.Add(-time.Hour), Until: until}}
		if i%3 == 0 {
			r.Status.State, r.Status.Rule, r.Status.Evidence = 1, 101, Evidence
		}
		var err error
		if file, err = record.AppendJSON(file, r); err != nil {
			return nil, err
		}
	}
	return file, nil
}

// Number is the document number of person i.
func Number(i int) string { return fmt.Sprintf("E%08d", 73000000+i) }

// WriteInput writes a file of records and returns its path.
func WriteInput(tb testing.TB, folder string, records []byte) string {
	tb.Helper()
	path := filepath.Join(folder, "input.jsonl")
	if err := os.WriteFile(path, records, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// Plan plans the input as job "job" in chunks of so many records.
func Plan(ctx context.Context, jobs registry.Jobs, folder, input string, chunk int) (batch.Planned, error) {
	iss, err := Issuers(issuer.DefaultLifetime)
	if err != nil {
		return batch.Planned{}, err
	}
	file, err := os.Open(input)
	if err != nil {
		return batch.Planned{}, err
	}
	defer file.Close()
	return batch.Plan(ctx, batch.PlanOptions{Issuer: iss, Jobs: jobs, At: Now, Now: Now, Job: "job",
		Parts: filepath.Join(folder, "parts"), Input: input, Key: Key, Chunk: chunk}, file)
}

// Work returns the options of a worker.
func Work(reg batch.WorkerRegistry, folder string) batch.WorkerOptions {
	return batch.WorkerOptions{Registry: reg, Issuers: Issuers, Parts: filepath.Join(folder, "parts"), Key: Key, Clock: Clock{}}
}

// Deliver delivers job "job" and tidies up behind it.
func Deliver(tb testing.TB, reg batch.WorkerRegistry, folder string) (codes []byte, refused []batch.Refused) {
	tb.Helper()
	var out bytes.Buffer
	o := batch.DeliverOptions{Registry: reg, Job: "job", Parts: filepath.Join(folder, "parts"),
		Codes:   func(_ uint32, lines []byte) error { out.Write(lines); return nil },
		Refused: func(r batch.Refused) error { refused = append(refused, r); return nil },
	}
	if _, err := batch.Deliver(tb.Context(), o); err != nil {
		tb.Fatal(err)
	}
	if _, err := batch.Tidy(tb.Context(), o); err != nil {
		tb.Fatal(err)
	}
	parts, err := filepath.Glob(filepath.Join(folder, "parts", "*", "[0-9]*.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	state, err := reg.JobState(tb.Context(), "job")
	if err != nil || len(parts) != int(state.Chunks) {
		tb.Fatalf("%d parts are left of %d chunks, error %v", len(parts), state.Chunks, err)
	}
	return out.Bytes(), refused
}

// RequireOnce holds the output of People(n) to its law: the codes of lines 1 to n
// in order, each with a reference of its own whose entry the registry has with the
// code's hash, and with the holder of its record; and no entry besides.
func RequireOnce(tb testing.TB, reg registry.Registry, out []byte, n int) {
	tb.Helper()
	used := map[registry.Reference]bool{}
	line := 0
	for text := range strings.Lines(string(out)) {
		var said batch.Line
		if err := json.Unmarshal([]byte(text), &said); err != nil {
			tb.Fatal(err)
		}
		line++
		if said.Line != line {
			tb.Fatalf("code %d is of line %d", line, said.Line)
		}
		reference := registry.Reference{Region: 33, List: said.List, Index: said.Index}
		if used[reference] {
			tb.Fatalf("reference %v stands twice", reference)
		}
		used[reference] = true
		if err := checkCode(tb.Context(), reg, said, reference); err != nil {
			tb.Fatalf("line %d: %v", line, err)
		}
	}
	if line != n {
		tb.Fatalf("%d codes of %d records", line, n)
	}
	pools, err := reg.Pools(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	issued := 0
	for _, pool := range pools {
		issued += int(pool.Issued)
	}
	if issued != n {
		tb.Fatalf("the registry has %d credentials of %d records", issued, n)
	}
}

func checkCode(ctx context.Context, reg registry.Registry, said batch.Line, reference registry.Reference) error {
	data, err := transport.Decode(said.Code)
	if err != nil {
		return err
	}
	unverified, err := format.Parse(data)
	if err != nil {
		return err
	}
	c, err := unverified.Verify(Signer().PublicKey())
	if err != nil {
		return err
	}
	document, err := format.NewDocument(3, Number(said.Line-1))
	if err != nil {
		return err
	}
	if !c.Matches(document) || c.Ref != (format.Ref{List: said.List, Index: said.Index}) {
		return errors.New("the code is another person's")
	}
	entry, err := reg.Lookup(ctx, reference)
	if err == nil && entry.Hash != sha256.Sum256(data) {
		err = errors.New("the registry has another hash")
	}
	return err
}
