package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

const (
	// killedIssued credentials are there in the tests with children, and an
	// order of a child is on killedOrder of them.
	killedIssued = 8_000
	killedOrder  = 1_000
)

// withIssued makes a registry of killedIssued credentials.
func withIssued(t *testing.T) file {
	t.Helper()
	f := newFile(t, registry.Plan{})
	r := f.open(t)
	defer r.Close()
	registrytest.Issue(t, r, testPool, "job", killedIssued)
	return f
}

// childOrder is order n of a child: it goes over the credentials again and again,
// suspending them all, resuming them all.
func childOrder(references []registry.Reference, n int) registry.Order {
	per := len(references) / killedOrder
	action := registry.Suspend
	if n/per%2 == 1 {
		action = registry.Resume
	}
	return registrytest.Order(uint64(n), action, references[n%per*killedOrder:][:killedOrder])
}

func issuedReferences(ctx context.Context, r *Registry) (references []registry.Reference, err error) {
	entries, err := r.Committed(ctx, "job", 0)
	for _, entry := range entries {
		references = append(references, entry.Reference)
	}
	return references, err
}

// recordingChild records one order after the other, those that are recorded
// already too, and tells on standard output which were acknowledged.
func recordingChild(path string) error {
	ctx := context.Background()
	r, err := Open(ctx, path)
	if err != nil {
		return err
	}
	references, err := issuedReferences(ctx, r)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		receipt, err := r.Record(ctx, childOrder(references, n))
		if err != nil || receipt.Changed != killedOrder {
			return fmt.Errorf("order %d: %+v, error %w", n, receipt, err)
		}
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

// recordAndKill lets a child record and kills it some time after its first
// acknowledgement that is new. It returns the number of acknowledged orders.
func recordAndKill(t *testing.T, f file, known int, after time.Duration) (acknowledged int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childVariable+"=recording", "REGISTRY="+string(f))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line that was cut off was not acknowledged
		}
		var n int
		if _, err := fmt.Sscan(line, &n); err != nil || n != acknowledged {
			t.Fatalf("line %q after %d orders, error %v", line, acknowledged, err)
		}
		if acknowledged++; acknowledged == known+1 {
			time.AfterFunc(after, func() { child.Process.Kill() })
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the child was not killed but ended: %v", err)
	}
	return acknowledged
}

// requireOrders holds a registry to the orders of a child: at least those that
// were acknowledged, each whole, under a chain of marks. It returns their number.
func requireOrders(t *testing.T, f file, acknowledged int) (recorded int) {
	t.Helper()
	r := f.open(t)
	defer r.Close()
	references, err := issuedReferences(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var mark registry.Mark
	state := make(map[registry.Reference]status.State)
	for event, err := range r.Events(t.Context(), 0) {
		if err == nil {
			mark, err = mark.Next(event)
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := childOrder(references, int(event.Sequence-1)/killedOrder); event.Order != want.Key || event.Action != want.Action {
			t.Fatalf("event %d is %+v, want one of order %x", event.Sequence, event, want.Key)
		}
		state[event.Reference], _ = event.Action.Target()
	}
	if newest, err := r.Mark(t.Context()); err != nil || newest != mark || mark.Sequence%killedOrder != 0 {
		t.Fatalf("the mark is %+v, error %v, the events lead to %+v", newest, err, mark)
	}
	for _, reference := range references[:50] {
		if got, _, err := r.State(t.Context(), reference); err != nil || got != state[reference] {
			t.Fatalf("%v is %s, error %v, want %s", reference, got, err, state[reference])
		}
	}
	if recorded = int(mark.Sequence) / killedOrder; recorded < acknowledged {
		t.Fatalf("%d orders were acknowledged, %d are there", acknowledged, recorded)
	}
	if problem := integrity(t, r); problem != "ok" {
		t.Fatalf("integrity_check: %s", problem)
	}
	return recorded
}

// TestAKilledProcessLeavesEveryOrderWholeOrAbsent kills a process in the middle of
// its orders, many times over on one registry.
func TestAKilledProcessLeavesEveryOrderWholeOrAbsent(t *testing.T) {
	f := withIssued(t)
	recorded := 0
	for range 10 {
		acknowledged := recordAndKill(t, f, recorded, time.Duration(rand.IntN(150_000))*time.Microsecond)
		recorded = requireOrders(t, f, acknowledged)
	}
	t.Logf("%d orders recorded over 10 deaths", recorded)
}

// TestTwoProcessesRecordTheSameOrdersOnce lets this process and a child record
// the same orders at once.
func TestTwoProcessesRecordTheSameOrdersOnce(t *testing.T) {
	f := withIssued(t)
	r := f.open(t)
	defer r.Close()
	references, err := issuedReferences(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for n := range 12 {
			receipt, err := r.Record(context.Background(), childOrder(references, n))
			if err != nil || receipt.FirstEvent != uint64(n)*killedOrder+1 {
				t.Errorf("order %d beside another process: %+v, error %v", n, receipt, err)
			}
		}
	})
	acknowledged := recordAndKill(t, f, 10, 10*time.Millisecond)
	group.Wait()
	requireOrders(t, f, max(acknowledged, 12))
}

// TestAFullStorageLeavesEveryOrderWholeOrAbsent records until the registry may not
// grow, and again when it may.
func TestAFullStorageLeavesEveryOrderWholeOrAbsent(t *testing.T) {
	f := withIssued(t)
	r := f.open(t)
	defer r.Close()
	references, err := issuedReferences(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := r.write.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := r.write.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+60)); err != nil {
		t.Fatal(err)
	}
	full := 0
	for ; ; full++ {
		receipt, err := r.Record(t.Context(), childOrder(references, full))
		if err == nil {
			continue
		}
		if !errors.Is(err, registry.ErrStorageFull) || receipt != (registry.OrderReceipt{}) {
			t.Fatalf("order %d: %+v, error %v, want ErrStorageFull", full, receipt, err)
		}
		break
	}
	if full == 0 || requireOrders(t, f, full) != full {
		t.Fatalf("full after %d orders", full)
	}
	if _, err := r.write.Exec("PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if receipt, err := r.Record(t.Context(), childOrder(references, full)); err != nil || receipt.Repeated {
		t.Fatalf("with room again: %+v, error %v", receipt, err)
	}
	requireOrders(t, f, full+1)
}

// TestAnOrderThatTheSystemRefusesHarmsNothing lets a child run into a limit of the
// operating system in the middle of an order.
func TestAnOrderThatTheSystemRefusesHarmsNothing(t *testing.T) {
	f := withIssued(t)
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childVariable+"=limited-orders", "REGISTRY="+string(f))
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	var acknowledged int
	if _, err := fmt.Sscan(string(out), &acknowledged); err != nil {
		t.Fatalf("child said %q: %v", out, err)
	}
	if recorded := requireOrders(t, f, acknowledged); recorded != acknowledged || recorded == 0 {
		t.Errorf("%d orders were acknowledged, %d are there", acknowledged, recorded)
	}
}

// limitedOrdersChild records until the system refuses to let a file grow, and
// says how many orders were acknowledged.
func limitedOrdersChild(path string) error {
	ctx := context.Background()
	r, err := Open(ctx, path)
	if err != nil {
		return err
	}
	references, err := issuedReferences(ctx, r)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 300_000, Max: 300_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for n := range 1000 {
		if _, err := r.Record(ctx, childOrder(references, n)); err != nil {
			fmt.Println(n)
			return nil // as it must
		}
	}
	return errors.New("1,000 orders were recorded within 300,000 bytes")
}

// TestAnOlderCopyIsToldByItsMarks copies a registry, records in it, and restores
// the copy, which then records another order of as many events.
func TestAnOlderCopyIsToldByItsMarks(t *testing.T) {
	f := withIssued(t)
	data, err := os.ReadFile(string(f))
	if err != nil {
		t.Fatal(err)
	}
	restored := file(string(f) + "-restored")
	if err := os.WriteFile(string(restored), data, 0o600); err != nil {
		t.Fatal(err)
	}
	r, older := f.open(t), restored.open(t)
	defer r.Close()
	defer older.Close()
	references, err := issuedReferences(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	before, err := r.Mark(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Record(t.Context(), registrytest.Order(1, registry.Revoke, references[:10])); err != nil {
		t.Fatal(err)
	}
	published, err := r.Mark(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(){
		func() {},
		func() {
			if _, err := older.Record(t.Context(), registrytest.Order(2, registry.Revoke, references[10:20])); err != nil {
				t.Fatal(err)
			}
		},
	} {
		change()
		if holds, err := older.Holds(t.Context(), published); err != nil || holds {
			t.Errorf("the older copy holds what it forgot: error %v", err)
		}
		if holds, err := older.Holds(t.Context(), before); err != nil || !holds {
			t.Errorf("the older copy does not hold what it knew: error %v", err)
		}
	}
	if holds, err := r.Holds(t.Context(), published); err != nil || !holds {
		t.Errorf("the registry does not hold its own mark: error %v", err)
	}
}
