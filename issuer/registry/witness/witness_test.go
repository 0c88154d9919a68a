package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

var testPool = registry.Pool{Region: 33, Month: 83}

// site is a registry and, in another folder, its witness.
type site struct{ registry, witness string }

func newSite(t testing.TB) site {
	t.Helper()
	s := site{registry: filepath.Join(t.TempDir(), "33.registry"), witness: filepath.Join(t.TempDir(), "33.witness")}
	r, err := sqlite.Create(t.Context(), s.registry, registry.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

// store opens the registry without its guard.
func (s site) store(t testing.TB) *sqlite.Registry {
	t.Helper()
	r, err := sqlite.Open(t.Context(), s.registry)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func (s site) guard(t testing.TB) *Guard {
	t.Helper()
	g, err := Open(t.Context(), s.store(t), s.witness)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Open implements registrytest.Storage.
func (s site) Open(t testing.TB) registry.StateKeeper {
	t.Helper()
	r, err := sqlite.Open(t.Context(), s.registry)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Open(t.Context(), r, s.witness)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// backup copies the closed registry, and returns what puts the copy back.
func (s site) backup(t testing.TB) (restore func()) {
	t.Helper()
	data, err := os.ReadFile(s.registry)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		for _, suffix := range []string{"-wal", "-shm"} {
			if err := os.Remove(s.registry + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(s.registry, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// work lets use the guarded registry and closes it, so that its file is whole.
func (s site) work(t testing.TB, use func(*Guard)) {
	t.Helper()
	g := s.guard(t)
	use(g)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
}

// requireOlder opens a registry that must be refused.
func (s site) requireOlder(t testing.TB) *OlderError {
	t.Helper()
	store := s.store(t)
	defer store.Close()
	g, err := Open(t.Context(), store, s.witness)
	older, ok := errors.AsType[*OlderError](err)
	if !ok || g != nil || !errors.Is(err, ErrOlder) {
		t.Fatalf("Open: error %v, want an *OlderError", err)
	}
	return older
}

// [STATUS-16] A guarded registry is a registry in every respect.
func TestConformance(t *testing.T) {
	registrytest.Run(t, func(t *testing.T) registrytest.Storage { return newSite(t) })
}

func TestAnOldBackupIsRefusedUntilItIsRaised(t *testing.T) {
	s := newSite(t)
	handed := make(map[registry.Reference]bool)
	use := func(pool registry.Pool, n int) func(*Guard) {
		return func(g *Guard) {
			for _, reference := range registrytest.Lease(t, g, pool, n) {
				if handed[reference] {
					t.Fatalf("%v was handed out twice", reference)
				}
				handed[reference] = true
			}
		}
	}
	s.work(t, use(testPool, 100))
	restore := s.backup(t)
	s.work(t, use(testPool, 500))
	next := registry.Pool{Region: 33, Month: 84}
	s.work(t, use(next, 7))
	restore()
	older := s.requireOlder(t)
	want := []Behind{
		{Geometry: registry.Geometry{Pool: testPool, Shards: 1, Places: registry.DefaultPlaces}, Registry: 100, Witness: 600},
		{Geometry: registry.Geometry{Pool: next, Shards: 1, Places: registry.DefaultPlaces}, Witness: 7},
	}
	if !slices.Equal(older.Banks, want) || older.Events != nil || older.Journal != nil || older.Path != s.witness {
		t.Errorf("%+v, want %+v", older, want)
	}
	s.requireOlder(t) // it does not wear off
	store := s.store(t)
	report, err := Raise(t.Context(), store, s.witness)
	if err != nil || !slices.Equal(report.Banks, want) || report.Events != nil || report.Journal != nil {
		t.Fatalf("Raise: %+v, error %v", report, err)
	}
	if again, err := Raise(t.Context(), store, s.witness); err != nil || again.Banks != nil {
		t.Errorf("Raise again: %+v, error %v", again, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s.work(t, use(testPool, 1000))
	s.work(t, use(next, 1000))
	restore() // the same once more, behind the raise
	s.requireOlder(t)
}

func TestABackupFromBeforeAnOrderOrAnActIsRefused(t *testing.T) {
	s := newSite(t)
	var references []registry.Reference
	s.work(t, func(g *Guard) { references = registrytest.Issue(t, g, testPool, "job", 20) })
	beforeOrder := s.backup(t)
	s.work(t, func(g *Guard) {
		if _, err := g.Record(t.Context(), registrytest.Order(1, registry.Revoke, references[:3])); err != nil {
			t.Fatal(err)
		}
	})
	beforeAct := s.backup(t)
	s.work(t, func(g *Guard) {
		for i := range 2 {
			if _, err := g.Append(t.Context(), registrytest.Record(i)); err != nil {
				t.Fatal(err)
			}
		}
	})
	beforeAct()
	if older := s.requireOlder(t); older.Banks != nil || older.Events != nil || *older.Journal != (Gap{Registry: 0, Witness: 2}) {
		t.Errorf("%+v", older)
	}
	beforeOrder()
	older := s.requireOlder(t)
	if older.Banks != nil || *older.Events != (Gap{Registry: 0, Witness: 3}) || *older.Journal != (Gap{Registry: 0, Witness: 2}) {
		t.Errorf("%+v", older)
	}
	raising := s.store(t)
	report, err := Raise(t.Context(), raising, s.witness)
	if err := raising.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil || *report.Events != *older.Events || *report.Journal != *older.Journal {
		t.Errorf("Raise: %+v, error %v", report, err)
	}
	// Other events than those that were: as long a chain is not the same chain.
	restore := s.backup(t)
	s.work(t, func(g *Guard) {
		if _, err := g.Append(t.Context(), registrytest.Record(5)); err != nil {
			t.Fatal(err)
		}
	})
	restore()
	store := s.store(t)
	if _, err := store.Append(t.Context(), registrytest.Record(6)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if older := s.requireOlder(t); *older.Journal != (Gap{Registry: 1, Witness: 1}) {
		t.Errorf("%+v", older)
	}
}

func TestAWitnessIsOfOneRegistry(t *testing.T) {
	a, b := newSite(t), newSite(t)
	a.work(t, func(g *Guard) { registrytest.Lease(t, g, testPool, 10) })
	store := b.store(t)
	for what, err := range map[string]error{
		"Open":  func() error { _, err := Open(t.Context(), store, a.witness); return err }(),
		"Raise": func() error { _, err := Raise(t.Context(), store, a.witness); return err }(),
		"Renew": Renew(t.Context(), store, a.witness, 0),
	} {
		other, ok := errors.AsType[*OtherRegistryError](err)
		if !ok || other.Registry != store.Identity() || other.Witness != a.store(t).Identity() {
			t.Errorf("%s: %v, want an *OtherRegistryError", what, err)
		}
	}
	a.work(t, func(*Guard) {})
}

func TestALostWitnessIsTold(t *testing.T) {
	s := newSite(t)
	s.work(t, func(g *Guard) { registrytest.Lease(t, g, testPool, 10) })
	if err := os.Remove(s.witness); err != nil {
		t.Fatal(err)
	}
	store := s.store(t)
	_, opened := Open(t.Context(), store, s.witness)
	_, raised := Raise(t.Context(), store, s.witness)
	for _, err := range []error{opened, raised} {
		missing, ok := errors.AsType[*MissingError](err)
		if !ok || missing.Path != s.witness || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v, want a *MissingError", err)
		}
	}
	if err := Renew(t.Context(), store, s.witness, 5000); err != nil {
		t.Fatal(err)
	}
	banks, err := s.guard(t).Banks(t.Context())
	if err != nil || len(banks) != 1 || banks[0].Leased != 5010 {
		t.Errorf("banks are %+v, error %v", banks, err)
	}
}

// A guard whose file vanishes does not write a new one as if nothing had been.
func TestAWitnessThatVanishesStopsLeasing(t *testing.T) {
	s := newSite(t)
	g := s.guard(t)
	registrytest.Lease(t, g, testPool, 10)
	if err := os.Remove(s.witness); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Lease(t.Context(), testPool, 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Lease: %v, want a *MissingError", err)
	}
}

func TestADamagedWitnessIsTold(t *testing.T) {
	s := newSite(t)
	s.work(t, func(g *Guard) { registrytest.Lease(t, g, testPool, 10) })
	good, err := os.ReadFile(s.witness)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"empty":       {},
		"cut":         good[:len(good)/2],
		"more":        append(slices.Clone(good), "{}"...),
		"a newline":   append(slices.Clone(good), '\n'),
		"a count":     []byte(strings.Replace(string(good), `"leased":10`, `"leased":11`, 1)),
		"a field":     []byte(strings.Replace(string(good), `"witness":`, `"x":1,"witness":`, 1)),
		"blanks":      []byte(strings.Replace(string(good), `{"witness"`, `{ "witness"`, 1)),
		"another":     []byte(`{"witness":{},"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}`),
		"a text file": []byte("33.witness\n"),
		"too large":   make([]byte, maxFile+1),
	} {
		if err := os.WriteFile(s.witness, data, 0o600); err != nil {
			t.Fatal(err)
		}
		store := s.store(t)
		_, opened := Open(t.Context(), store, s.witness)
		_, raised := Raise(t.Context(), store, s.witness)
		for _, err := range []error{opened, raised} {
			if damaged, ok := errors.AsType[*DamagedError](err); !ok || damaged.Path != s.witness {
				t.Errorf("%s: error %v, want a *DamagedError", name, err)
			}
		}
		if after, err := os.ReadFile(s.witness); err != nil || string(after) != string(data) {
			t.Errorf("%s: the file was changed, error %v", name, err)
		}
		store.Close()
	}
	if err := Renew(t.Context(), s.store(t), s.witness, 0); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(s.witness); err != nil || string(after) != string(good) {
		t.Errorf("the new witness is %s, error %v", after, err)
	}
}

func TestAnIntactWitnessIsNotRenewedForAnOldBackup(t *testing.T) {
	s := newSite(t)
	s.work(t, func(g *Guard) { registrytest.Lease(t, g, testPool, 10) })
	restore := s.backup(t)
	s.work(t, func(g *Guard) { registrytest.Lease(t, g, testPool, 10) })
	restore()
	if err := Renew(t.Context(), s.store(t), s.witness, 100); !errors.Is(err, ErrOlder) {
		t.Errorf("Renew: %v, want ErrOlder", err)
	}
	if err := Renew(t.Context(), s.store(t), s.witness, 1<<33); !errors.Is(err, registry.ErrInvalid) {
		t.Errorf("Renew with a margin of 2^33: %v, want ErrInvalid", err)
	}
}

// TestAMarginGoesOnInFurtherBanks skips more than the first bank has left.
func TestAMarginGoesOnInFurtherBanks(t *testing.T) {
	bank := func(first, shards uint16, leased uint64) registry.BankCount {
		return registry.BankCount{Geometry: registry.Geometry{Pool: testPool, FirstShard: first, Shards: shards, Places: 10}, Leased: leased}
	}
	other := bank(0, 1, 4)
	other.Pool.Month++
	got := skip([]registry.BankCount{bank(0, 1, 10), bank(1, 1, 3), other}, 20)
	want := []registry.BankCount{bank(1, 1, 10), bank(2, 2, 13), other, {}, {}}
	want[2].Leased = 10
	want[3], want[4] = bank(1, 1, 10), bank(2, 2, 4)
	want[3].Pool, want[4].Pool = other.Pool, other.Pool
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	full := skip([]registry.BankCount{bank(0, registry.MaxShards, 2555)}, 100)
	if len(full) != 1 || full[0].Leased != 2560 {
		t.Errorf("a pool that becomes full: %+v", full)
	}
}

// swapped is a server of which an older copy can take the place.
type swapped struct{ registry.Store }

func TestAServerThatBecomesOlderIsNoticed(t *testing.T) {
	s := newSite(t)
	s.work(t, func(g *Guard) { registrytest.Lease(t, g, testPool, 10) })
	old := filepath.Join(t.TempDir(), "old")
	data, err := os.ReadFile(s.registry)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, data, 0o600); err != nil {
		t.Fatal(err)
	}
	server := &swapped{s.store(t)}
	guard, err := Open(t.Context(), server, s.witness)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(t.Context(), server, s.witness)
	if err != nil {
		t.Fatal(err)
	}
	registrytest.Lease(t, guard, testPool, 1000)
	leased := registrytest.Lease(t, guard, testPool, 1)
	reference := leased[0]
	chunk := registry.Chunk{Job: "job", Entries: []registry.Entry{{
		Reference: reference, Hash: [32]byte{1}, IssuedAt: 1_795_320_000, ExpiresAt: 1_795_320_000 + 86400, State: registry.Issued,
	}}}
	older, err := sqlite.Open(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	defer older.Close()
	server.Store = older
	if receipt, err := guard.Commit(t.Context(), chunk); !errors.Is(err, ErrOlder) || len(receipt.Entries) != 0 {
		t.Errorf("what was leased before is committed: %v, error %v", receipt, err)
	}
	if _, _, err := guard.PlannedChunk(t.Context(), "job", 0); !errors.Is(err, ErrOlder) {
		t.Errorf("a job that was planned since: %v", err)
	}
	for name, g := range map[string]*Guard{"who leased": guard, "who did not": other} {
		if leased, err := g.Lease(t.Context(), testPool, 5); !errors.Is(err, ErrOlder) || leased.Len() != 0 {
			t.Errorf("%s gets %d references, error %v", name, leased.Len(), err)
		}
	}
}

func TestWhatIsNotWrittenIsNotHandedOut(t *testing.T) {
	s := newSite(t)
	g := s.guard(t)
	registrytest.Lease(t, g, testPool, 10)
	before, err := os.ReadFile(s.witness)
	if err != nil {
		t.Fatal(err)
	}
	// A folder that is not empty stands where the new file is to be written.
	if err := os.MkdirAll(filepath.Join(s.witness+".partial", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if leased, err := g.Lease(t.Context(), testPool, 5); err == nil || leased.Len() != 0 {
		t.Fatalf("%d references, error %v", leased.Len(), err)
	}
	job, plan := registrytest.Job("night", 2)
	chunks := func(yield func(registry.PlannedChunk, error) bool) {
		for _, c := range plan {
			if !yield(c, nil) {
				return
			}
		}
	}
	if planned, err := g.PlanJob(t.Context(), job, chunks, job.At); err == nil || planned {
		t.Fatalf("planned %v, error %v", planned, err)
	}
	if _, leased, err := g.PlannedChunk(t.Context(), "night", 0); err == nil || leased != nil {
		t.Fatalf("%v, error %v", leased, err)
	}
	if after, err := os.ReadFile(s.witness); err != nil || string(after) != string(before) {
		t.Errorf("the witness was changed, error %v", err)
	}
	if err := os.RemoveAll(s.witness + ".partial"); err != nil {
		t.Fatal(err)
	}
	// The job is planned all the same; its references are witnessed when they are read.
	if planned, err := g.PlanJob(t.Context(), job, chunks, job.At); err != nil || planned {
		t.Fatalf("planned %v, error %v", planned, err)
	}
	if _, leased, err := g.PlannedChunk(t.Context(), "night", 0); err != nil || len(leased) != 2 {
		t.Fatalf("%v, error %v", leased, err)
	}
	written, _, err := read(s.witness)
	if err != nil || written.banks[0].Leased != 10+5+14 {
		t.Errorf("witness has %+v, error %v", written.banks, err)
	}
}

func TestAMissingFolderIsTold(t *testing.T) {
	s := newSite(t)
	if _, err := Open(t.Context(), s.store(t), filepath.Join(t.TempDir(), "none", "33.witness")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	for want, err := range map[string]error{
		"33.witness": &MissingError{Path: "33.witness"},
		"cut":        &DamagedError{Path: "33.witness", Reason: errors.New("cut")},
		"0100":       &OtherRegistryError{Path: "33.witness", Witness: registry.Identity{1}},
		"5 of 9":     &OlderError{Banks: []Behind{{Registry: 5, Witness: 9}}},
		"event 9":    &OlderError{Events: &Gap{5, 9}},
		"record 9":   &OlderError{Journal: &Gap{5, 9}},
	} {
		if !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "witness: ") {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func FuzzWitness(f *testing.F) {
	entries, err := os.ReadDir("testdata")
	if err != nil || len(entries) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, entry := range entries {
		if entry.IsDir() { // what fuzzing found
			continue
		}
		data, err := os.ReadFile(filepath.Join("testdata", entry.Name()))
		if err != nil {
			f.Fatal(err)
		}
		if _, err := decode(data); err != nil {
			f.Fatalf("%s: %v", entry.Name(), err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decode(data)
		if err != nil {
			if fmt.Sprint(s) != fmt.Sprint(state{}) {
				t.Errorf("%+v beside error %v", s, err)
			}
			return
		}
		again, err := s.encode()
		if err != nil || string(again) != string(data) {
			t.Errorf("%q was read, and written as %q, error %v", data, again, err)
		}
	})
}
