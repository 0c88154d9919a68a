package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// childVariable makes the test binary play a process that is to be killed.
const childVariable = "REGISTRY_TEST_CHILD"

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(childVariable) {
	case "":
		os.Exit(m.Run())
	case "killed":
		err = killedChild(os.Getenv("REGISTRY"))
	case "limited":
		err = limitedChild(os.Getenv("REGISTRY"))
	case "recording":
		err = recordingChild(os.Getenv("REGISTRY"))
	case "limited-orders":
		err = limitedOrdersChild(os.Getenv("REGISTRY"))
	case "working":
		err = workingChild(os.Getenv("REGISTRY"))
	case "migrating":
		err = migratingChild(os.Getenv("REGISTRY"))
	case "stepping":
		err = steppingChild(os.Getenv("REGISTRY"), os.Getenv("STEPS"))
	case "cramped":
		err = crampedChild(os.Getenv("REGISTRY"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

const killedChunk = 200

// killedChild leases and commits for ever, and tells on standard output what
// was acknowledged to it: "L list index" for every reference of a lease,
// "C number" for a chunk.
func killedChild(path string) error {
	ctx := context.Background()
	r, err := Open(ctx, path)
	if err != nil {
		return err
	}
	number, err := firstFree(ctx, r)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for ; ; number++ {
		references, err := leaseAll(ctx, r, killedChunk)
		if err != nil {
			return err
		}
		for _, reference := range references {
			fmt.Fprintln(out, "L", reference.List, reference.Index)
		}
		if err := out.Flush(); err != nil {
			return err
		}
		receipt, err := r.Commit(ctx, registrytest.Chunk("job", number, references))
		if err != nil || receipt.AlreadyCommitted {
			return fmt.Errorf("chunk %d: already %v, error %v", number, receipt.AlreadyCommitted, err)
		}
		fmt.Fprintln(out, "C", number, 0)
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

// firstFree returns the first chunk number of "job" that is not committed.
func firstFree(ctx context.Context, r *Registry) (number uint32, err error) {
	for ; ; number++ {
		_, err := r.Committed(ctx, "job", number)
		if errors.Is(err, registry.ErrNotFound) {
			return number, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

func leaseAll(ctx context.Context, r *Registry, n int) ([]registry.Reference, error) {
	leased, err := r.Lease(ctx, testPool, n)
	references := make([]registry.Reference, leased.Len())
	for i := range references {
		references[i], _ = leased.At(i)
	}
	return references, err
}

// commitNext commits one chunk of 1,000 through a handle of its own.
func commitNext(path string, number uint32) error {
	ctx := context.Background()
	r, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer r.Close()
	references, err := leaseAll(ctx, r, 1000)
	if err != nil {
		return err
	}
	_, err = r.Commit(ctx, registrytest.Chunk("job", number, references))
	return err
}

// TestAKilledProcessLosesNothingThatWasAcknowledged kills a process in the
// middle of its leases and commits, many times over on one registry, and then
// holds it to this: no reference was handed out twice, also not across deaths;
// every acknowledged chunk is there; every chunk is whole or absent.
func TestAKilledProcessLosesNothingThatWasAcknowledged(t *testing.T) {
	f := newFile(t, registry.Plan{})
	leased := make(map[registry.Reference]int)
	acknowledged := make(map[uint32]bool)
	for round := range 15 {
		runAndKill(t, f, time.Duration(rand.IntN(60_000))*time.Microsecond, round, leased, acknowledged)
		requireWhole(t, f, leased, acknowledged)
	}
	if len(acknowledged) < 15 {
		t.Errorf("only %d chunks were acknowledged: nothing was in flight", len(acknowledged))
	}
	t.Logf("%d references leased, %d chunks acknowledged over 15 deaths", len(leased), len(acknowledged))
}

// runAndKill lets a child work for a while after up to three chunks, kills it, and takes in what it told.
func runAndKill(t *testing.T, f file, after time.Duration, round int, leased map[registry.Reference]int, acknowledged map[uint32]bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childVariable+"=killed", "REGISTRY="+string(f))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(out)
	if _, err := reader.Peek(1); err != nil {
		t.Fatalf("round %d: the child told nothing: %v, %v", round, err, child.Wait())
	}
	done := 0 // chunks: however slow the machine is, there is one to lose
	for {
		line, err := reader.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // a line that was cut off was not acknowledged
		}
		if err != nil {
			t.Fatal(err)
		}
		take(t, line, round, leased, acknowledged)
		if line[0] != 'C' {
			continue
		}
		if done++; done == 1+round%3 {
			time.AfterFunc(after, func() { child.Process.Kill() })
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("round %d: the child was not killed but ended: %v", round, err)
	}
}

func take(t *testing.T, line string, round int, leased map[registry.Reference]int, acknowledged map[uint32]bool) {
	t.Helper()
	var kind string
	var a, b uint32
	if _, err := fmt.Sscan(line, &kind, &a, &b); err != nil {
		t.Fatalf("line %q: %v", line, err)
	}
	switch kind {
	case "L":
		reference := registry.Reference{Region: testPool.Region, List: a, Index: b}
		if earlier, ok := leased[reference]; ok {
			t.Fatalf("%v was handed out in round %d and again in round %d", reference, earlier, round)
		}
		leased[reference] = round
	case "C":
		acknowledged[a] = true
	}
}

// requireWhole holds the registry to what was acknowledged.
func requireWhole(t *testing.T, f file, leased map[registry.Reference]int, acknowledged map[uint32]bool) {
	t.Helper()
	r := f.open(t)
	defer r.Close()
	used := make(map[registry.Reference]bool)
	free, err := firstFree(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for number := range free {
		entries, err := r.Committed(t.Context(), "job", number)
		if err != nil || len(entries) != killedChunk {
			t.Fatalf("chunk %d has %d entries, error %v", number, len(entries), err)
		}
		references := make([]registry.Reference, len(entries))
		for i, entry := range entries {
			if used[entry.Reference] {
				t.Fatalf("%v was committed twice", entry.Reference)
			}
			used[entry.Reference] = true
			references[i] = entry.Reference
		}
		for i, want := range registrytest.Chunk("job", number, references).Entries {
			if entries[i] != want {
				t.Fatalf("chunk %d, entry %d is %+v, want %+v", number, i, entries[i], want)
			}
		}
	}
	for number := range acknowledged {
		if number >= free {
			t.Fatalf("chunk %d was acknowledged and is gone", number)
		}
	}
	pools, err := r.Pools(t.Context())
	if err != nil || len(pools) != 1 || pools[0].Issued != uint64(len(used)) || pools[0].Leased < uint64(len(leased)) {
		t.Fatalf("pools are %+v, error %v; %d are committed, %d leased", pools, err, len(used), len(leased))
	}
	if problem := integrity(t, r); problem != "ok" {
		t.Fatalf("integrity_check: %s", problem)
	}
}

// TestTwoProcessesShareARegistry lets two children work at once.
func TestTwoProcessesShareARegistry(t *testing.T) {
	f := newFile(t, registry.Plan{})
	r := f.open(t)
	defer r.Close()
	leased := make(map[registry.Reference]int)
	acknowledged := make(map[uint32]bool)
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		for range 40 {
			if _, err := r.Lease(context.Background(), testPool, 100); err != nil {
				t.Errorf("Lease beside another process: %v", err)
			}
		}
	})
	runAndKill(t, f, 300*time.Millisecond, 0, leased, acknowledged)
	requireWhole(t, f, leased, acknowledged)
}
