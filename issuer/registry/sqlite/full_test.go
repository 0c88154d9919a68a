package sqlite

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// TestAFullStorageLeavesEveryChunkWholeOrAbsent commits until the registry may
// not grow, and again when it may.
func TestAFullStorageLeavesEveryChunkWholeOrAbsent(t *testing.T) {
	f := newFile(t, registry.Plan{})
	r := f.open(t)
	defer r.Close()
	if _, err := r.write.Exec("PRAGMA max_page_count = 200"); err != nil {
		t.Fatal(err)
	}
	references := registrytest.Lease(t, r, testPool, 50_000)
	var full uint32
	for number := uint32(0); ; number++ {
		chunk := registrytest.Chunk("job", number, references[number*1000:(number+1)*1000])
		receipt, err := r.Commit(t.Context(), chunk)
		if err == nil {
			continue
		}
		if !errors.Is(err, registry.ErrStorageFull) || receipt.Entries != nil {
			t.Fatalf("chunk %d: error %v, want ErrStorageFull", number, err)
		}
		full = number
		break
	}
	requireChunks(t, f, full)
	if _, err := r.write.Exec("PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	chunk := registrytest.Chunk("job", full, references[full*1000:(full+1)*1000])
	if receipt, err := r.Commit(t.Context(), chunk); err != nil || receipt.AlreadyCommitted {
		t.Fatalf("with room again: %+v, error %v", receipt, err)
	}
	requireChunks(t, f, full+1)
}

// requireChunks holds a registry to exactly the chunks 0 to n-1 of "job", of
// 1,000 entries each.
func requireChunks(t *testing.T, f file, n uint32) {
	t.Helper()
	if n == 0 {
		t.Fatal("not one chunk was committed")
	}
	r := f.open(t)
	defer r.Close()
	for number := range n {
		entries, err := r.Committed(t.Context(), "job", number)
		if err != nil || len(entries) != 1000 {
			t.Fatalf("chunk %d has %d entries, error %v", number, len(entries), err)
		}
	}
	if _, err := r.Committed(t.Context(), "job", n); !errors.Is(err, registry.ErrNotFound) {
		t.Fatalf("chunk %d: error %v, want ErrNotFound", n, err)
	}
	pools, err := r.Pools(t.Context())
	if err != nil || len(pools) != 1 || pools[0].Issued != uint64(n)*1000 {
		t.Fatalf("pools are %+v, error %v", pools, err)
	}
}

// TestAWriteThatTheSystemRefusesHarmsNothing lets a child run into a limit of
// the operating system in the middle of a write.
func TestAWriteThatTheSystemRefusesHarmsNothing(t *testing.T) {
	f := newFile(t, registry.Plan{})
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childVariable+"=limited", "REGISTRY="+string(f))
	child.Dir = t.TempDir()
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	r := f.open(t)
	defer r.Close()
	var n uint32
	for {
		entries, err := r.Committed(t.Context(), "job", n)
		if errors.Is(err, registry.ErrNotFound) {
			break
		}
		if err != nil || len(entries) != 1000 {
			t.Fatalf("chunk %d has %d entries, error %v", n, len(entries), err)
		}
		n++
	}
	requireChunks(t, f, n)
	if problem := integrity(t, r); problem != "ok" {
		t.Errorf("integrity_check: %s", problem)
	}
}

func integrity(t *testing.T, r *Registry) (result string) {
	t.Helper()
	if err := r.read.QueryRow("PRAGMA integrity_check").Scan(&result); err != nil {
		t.Fatal(err)
	}
	return result
}

// limitedChild commits until the system refuses to let a file grow.
func limitedChild(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 500_000, Max: 500_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for number := range uint32(100) {
		if err := commitNext(path, number); errors.Is(err, registry.ErrStorageFull) {
			return nil // as it must
		} else if err != nil {
			return err
		}
	}
	return errors.New("100 chunks were committed within 500,000 bytes of " + filepath.Base(path))
}
