package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

var testPool = registry.Pool{Region: 33, Month: 83}

// listing returns the names in a folder with their modes and sizes.
func listing(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]string)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		names[entry.Name()] = fmt.Sprint(info.Mode(), info.Size())
	}
	return names
}

func TestAllFilesAreForTheirOwnerAlone(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o777} {
		folder := t.TempDir()
		path := filepath.Join(folder, "33.registry")
		previous := syscall.Umask(mask)
		r, err := Create(t.Context(), path, registry.Plan{})
		if err == nil {
			_, err = r.Lease(t.Context(), testPool, 1)
		}
		syscall.Umask(previous)
		if err != nil {
			t.Fatalf("umask %04o: %v", mask, err)
		}
		files := listing(t, folder)
		for _, name := range []string{"33.registry", "33.registry-wal", "33.registry-shm"} {
			if !strings.HasPrefix(files[name], "-rw------- ") {
				t.Errorf("umask %04o: %s has %q", mask, name, files[name])
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if files := listing(t, folder); len(files) != 1 {
			t.Errorf("after Close there are %v", files)
		}
	}
}

func TestAnExistingFileIsNeverTouchedByCreate(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := os.WriteFile(path, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, taken := range []string{path, folder, string(newFile(t, registry.Plan{}))} {
		if r, err := Create(t.Context(), taken, registry.Plan{}); !errors.Is(err, fs.ErrExist) || r != nil {
			t.Errorf("%s: error %v, want fs.ErrExist", taken, err)
		}
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "text" {
		t.Errorf("the file holds %q, error %v", data, err)
	}
	missing := filepath.Join(folder, "missing", "33.registry")
	if r, err := Create(t.Context(), missing, registry.Plan{}); !errors.Is(err, fs.ErrNotExist) || r != nil {
		t.Errorf("a missing folder: %v, want fs.ErrNotExist", err)
	}
}

func TestAFailedCreateLeavesNoFile(t *testing.T) {
	folder := t.TempDir()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := Create(ended, filepath.Join(folder, "a"), registry.Plan{}); !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("an ended context: %v", err)
	}
	for _, plan := range []registry.Plan{{Places: 1000}, {Places: registry.MaxPlaces + 1}, {Shards: 257}} {
		if r, err := Create(t.Context(), filepath.Join(folder, "b"), plan); !errors.Is(err, registry.ErrInvalid) || r != nil {
			t.Errorf("%+v: %v, want ErrInvalid", plan, err)
		}
	}
	if files := listing(t, folder); len(files) != 0 {
		t.Errorf("left behind are %v", files)
	}
}

// TestWhatIsNoRegistryIsSaidAndLeftAsItWas opens what users give by mistake.
func TestWhatIsNoRegistryIsSaidAndLeftAsItWas(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(folder, "foreign.db")
	execute(t, foreign, "CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('张三')")
	newer := string(newFile(t, registry.Plan{}))
	execute(t, newer, fmt.Sprintf("PRAGMA user_version = %d", schemaVersion+1))
	registryHead, err := os.ReadFile(string(newFile(t, registry.Plan{})))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path string
		want error
	}{
		"missing":            {filepath.Join(folder, "missing"), fs.ErrNotExist},
		"in a missing place": {filepath.Join(folder, "missing", "file"), fs.ErrNotExist},
		"a folder":           {folder, registry.ErrNotARegistry},
		"empty":              {write("empty", nil), registry.ErrNotARegistry},
		"text":               {write("people.csv", []byte(strings.Repeat("姓名,证件号码\n", 500))), registry.ErrNotARegistry},
		"short text":         {write("short", []byte("x")), registry.ErrNotARegistry},
		"another database":   {foreign, registry.ErrNotARegistry},
		"a newer schema":     {newer, registry.ErrNewerSchema},
		"cut short":          {write("short.registry", registryHead[:100]), registry.ErrDamaged},
	}
	for name, test := range tests {
		before := listing(t, folder)
		r, err := Open(t.Context(), test.path)
		if !errors.Is(err, test.want) || r != nil {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
			continue
		}
		if !strings.Contains(err.Error(), test.path) {
			t.Errorf("%s: error %q does not name the file", name, err)
		}
		if after := listing(t, folder); fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%s: files were\n%v, are\n%v", name, before, after)
		}
	}
}

// execute runs SQL on a file, apart from any registry.
func execute(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

func TestAnyNameOfAFileWorks(t *testing.T) {
	for _, name := range []string{"浙江 省.registry", "a?b=c&d#e%20f", "a'b\"c;--", "-x", ":memory:", "%2e%2e"} {
		path := filepath.Join(t.TempDir(), name)
		r, err := Create(t.Context(), path, registry.Plan{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		registrytest.Lease(t, r, testPool, 5)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if files := listing(t, filepath.Dir(path)); len(files) != 1 || files[name] == "" {
			t.Errorf("%s: files are %v", name, files)
		}
		again := file(path).open(t)
		if pools, err := again.Pools(t.Context()); err != nil || len(pools) != 1 || pools[0].Leased != 5 {
			t.Errorf("%s: %v, error %v", name, pools, err)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestThePlanHoldsForEveryPool(t *testing.T) {
	f := newFile(t, registry.Plan{Shards: 100, Places: 2 << 20})
	r := f.open(t)
	defer r.Close()
	shards := make(map[uint32]int)
	for _, reference := range registrytest.Lease(t, r, testPool, 10_000) {
		shards[reference.List&0xff]++
	}
	// 10,000 references over 100 lists: about 100 each, though they are of one
	// lease.
	for shard, n := range shards {
		if shard >= 100 || n < 50 || n > 160 {
			t.Errorf("shard %d has %d references", shard, n)
		}
	}
	if len(shards) != 100 {
		t.Errorf("%d shards are used", len(shards))
	}
}

func TestAPoolThatIsFullSaysSo(t *testing.T) {
	f := newFile(t, registry.Plan{Shards: registry.MaxShards})
	r := f.open(t)
	defer r.Close()
	registrytest.Lease(t, r, testPool, 1)
	if _, err := r.write.Exec("UPDATE bank SET leased = shards * places - 10"); err != nil {
		t.Fatal(err)
	}
	registrytest.Lease(t, r, testPool, 10)
	if leased, err := r.Lease(t.Context(), testPool, 1); !errors.Is(err, registry.ErrFull) || leased.Len() != 0 {
		t.Errorf("error %v, want ErrFull", err)
	}
	registrytest.Lease(t, r, registry.Pool{Region: 33, Month: 84}, 1)
}

// TestRegistriesHaveUnrelatedOrders holds that two registries, two months and
// two regions begin with different references.
func TestRegistriesHaveUnrelatedOrders(t *testing.T) {
	a, b := newFile(t, registry.Plan{}).open(t), newFile(t, registry.Plan{}).open(t)
	defer a.Close()
	defer b.Close()
	indices := func(r *Registry, pool registry.Pool) (all []uint32) {
		for _, reference := range registrytest.Lease(t, r, pool, 2000) {
			all = append(all, reference.Index)
		}
		return all
	}
	base := indices(a, testPool)
	for name, other := range map[string][]uint32{
		"another registry": indices(b, testPool),
		"another month":    indices(a, registry.Pool{Region: 33, Month: 84}),
		"another region":   indices(a, registry.Pool{Region: 34, Month: 83}),
	} {
		same, shared := 0, 0
		for i := range base {
			if base[i] == other[i] {
				same++
			}
			if slices.Contains(base, other[i]) {
				shared++
			}
		}
		// 2,000 of 1,048,576 places: about 4 in common by chance.
		if same > 1 || shared > 20 {
			t.Errorf("%s: %d equal, %d in common", name, same, shared)
		}
	}
}
