package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

func TestARegistryThatMayNotBeReadIsAMatterOfPermission(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "33.registry")
	r, err := Create(t.Context(), path, registry.Plan{})
	if err == nil {
		err = errors.Join(r.Close(), os.Chmod(path, 0), os.Chmod(folder, 0o755), os.Chmod(filepath.Dir(folder), 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this
		if err := syscall.Setfsuid(65534); err != nil {
			opened <- err
			return
		}
		r, err := Open(t.Context(), path)
		if err == nil {
			err = errors.Join(errors.New("it was opened"), r.Close())
		}
		opened <- err
	}()
	if err := <-opened; !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
}
