package witness

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
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// childVariable makes the test binary play a process that leases and is killed.
const childVariable = "WITNESS_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	err := leasingChild(site{registry: os.Getenv("REGISTRY"), witness: os.Getenv("WITNESS")})
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// leasingChild leases for ever and tells on standard output what was handed out to
// it: list and index of every reference.
func leasingChild(s site) error {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, s.registry)
	if err != nil {
		return err
	}
	g, err := Open(ctx, store, s.witness)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for {
		leased, err := g.Lease(ctx, testPool, 1+rand.IntN(20))
		if err != nil {
			return err
		}
		for i := range leased.Len() {
			reference, _ := leased.At(i)
			fmt.Fprintln(out, reference.List, reference.Index)
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

// run starts processes that lease at once, kills them all after a while, and
// returns what they were handed out.
func (s site) run(t *testing.T, processes int, after time.Duration) []registry.Reference {
	t.Helper()
	var mutex sync.Mutex
	var all []registry.Reference
	var group sync.WaitGroup
	failures := make([]error, processes)
	for i := range processes {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), childVariable+"=1", "REGISTRY="+s.registry, "WITNESS="+s.witness)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			var references []registry.Reference
			failures[i] = collect(out, func(r registry.Reference) {
				if len(references) == 0 {
					time.AfterFunc(after, func() { child.Process.Kill() })
				}
				references = append(references, r)
			})
			child.Wait()
			mutex.Lock()
			defer mutex.Unlock()
			all = append(all, references...)
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	return all
}

// collect reads whole lines of list and index.
func collect(from io.Reader, use func(registry.Reference)) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // killed, perhaps within a line
			return nil
		}
		reference := registry.Reference{Region: testPool.Region}
		if _, err := fmt.Sscan(line, &reference.List, &reference.Index); err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
		use(reference)
	}
}

// TestNothingIsHandedOutTwiceWhateverIsKilledAndRestored kills two processes that
// lease at once, anywhere between the registry and its witness, and puts an earlier
// copy of the registry back now and then. What is opened without a complaint hands
// out nothing that was handed out before; what is refused does so when it is raised.
func TestNothingIsHandedOutTwiceWhateverIsKilledAndRestored(t *testing.T) {
	s := newSite(t)
	handed := make(map[registry.Reference]bool)
	s.work(t, func(*Guard) {}) // from here on there is a witness
	backups := []func(){s.backup(t)}
	refused, died := 0, 0
	for round := range 14 {
		for _, reference := range s.run(t, 2, time.Duration(rand.IntN(40_000))*time.Microsecond) {
			if handed[reference] {
				t.Fatalf("round %d: %v was handed out twice", round, reference)
			}
			handed[reference] = true
		}
		died += 2
		if round%2 == 1 {
			backups[rand.IntN(len(backups))]()
			if err := reopen(t, s); err != nil {
				refused++
			}
		}
		s.work(t, func(*Guard) {}) // folds the log back into the file
		backups = append(backups, s.backup(t))
	}
	if refused < 5 || len(handed) < 14 {
		t.Errorf("%d of 7 backups were refused, %d references handed out: nothing was in flight", refused, len(handed))
	}
	t.Logf("%d references over %d deaths; %d of 7 old backups refused", len(handed), died, refused)
}

// reopen opens the registry, raising it where it is refused. It returns why.
func reopen(t *testing.T, s site) error {
	t.Helper()
	store := s.store(t)
	defer store.Close()
	_, refusal := Open(t.Context(), store, s.witness)
	if refusal == nil {
		return nil
	}
	if !errors.Is(refusal, ErrOlder) {
		t.Fatal(refusal)
	}
	if _, err := Raise(t.Context(), store, s.witness); err != nil {
		t.Fatal(err)
	}
	return refusal
}

// A process that was killed behind the registry and before the witness has handed
// out nothing of what it took: another may find it lost, and a backup from before
// is not refused for it.
func TestAWitnessBehindItsRegistryIsBroughtUp(t *testing.T) {
	s := newSite(t)
	s.work(t, func(*Guard) {})
	restore := s.backup(t)
	store := s.store(t)
	if _, err := store.Lease(t.Context(), testPool, 100); err != nil { // and killed
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	behind := s.backup(t)
	restore()
	s.work(t, func(*Guard) {})
	behind()
	s.work(t, func(*Guard) {})
	if written, _, err := read(s.witness); err != nil || len(written.banks) != 1 || written.banks[0].Leased != 100 {
		t.Errorf("witness has %+v, error %v", written.banks, err)
	}
	restore()
	s.requireOlder(t)
}
