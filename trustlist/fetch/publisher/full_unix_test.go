//go:build unix

package publisher_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/fetch/publisher"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// fullEnv is for a process that may write no file larger than so many bytes: how
// a disk fills up in the middle of one. Folder, bundle and bytes, a line each.
const fullEnv = "TONGXING_TEST_FULL"

const statusFull = 7

// publishFull publishes on a disk that is full, and says so by its status.
func publishFull(setting string) int {
	parts := strings.Split(setting, "\n")
	bundle, err := os.ReadFile(parts[1])
	if err != nil {
		return 1
	}
	p, err := publisher.Open(parts[0], publisher.Options{})
	if err != nil {
		return 1
	}
	most, err := strconv.ParseUint(parts[2], 10, 64)
	if err != nil {
		return 1
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		return 1
	}
	switch _, err = p.Publish(bundle, nation.Now); {
	case err == nil:
		return 0
	case errors.Is(err, syscall.EFBIG):
		return statusFull
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// [DIST-31] A disk that fills up in the bundle, the delta or the pointer leaves the
// publication before.
func TestAFullDiskLeavesThePublicationBefore(t *testing.T) {
	all := days(t, 2)
	second := filepath.Join(t.TempDir(), "second")
	if err := os.WriteFile(second, all[1], 0o644); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	publish(t, open(t, folder, 3), all[0])
	put := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, in := range []struct {
		name string
		done func() // what is there already, so that the disk is full in what follows
	}{
		{"the bundle", func() {}},
		{"the delta", func() { put(layout.BundleName(sha256.Sum256(all[1])), all[1]) }},
		{"the pointer", func() {
			d := mustDelta(t, all[0], all[1])
			put(layout.DeltaName(sha256.Sum256(d)), d)
		}},
	} {
		in.done()
		before := snapshot(t, folder)
		for _, most := range []int{0, 1, 100} {
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), fmt.Sprintf("%s=%s\n%s\n%d", fullEnv, folder, second, most))
			out, _ := child.CombinedOutput()
			if status := child.ProcessState.ExitCode(); status != statusFull {
				t.Fatalf("in %s at %d bytes: status %d: %s", in.name, most, status, out)
			}
			requireSame(t, "in "+in.name, before, snapshot(t, folder))
		}
	}
	requireWhole(t, folder)
	publish(t, open(t, folder, 3), all[1])
	requireWhole(t, folder)
}
