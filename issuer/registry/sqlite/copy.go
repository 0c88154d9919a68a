package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tongxing/tongxing/issuer/registry"
)

// maxBackups is the number of backups of one version beside a registry beyond
// which none is made: somebody restores and migrates in a circle.
const maxBackups = 100

// backupName returns the first free name for a backup: "33.registry.schema1",
// then "33.registry.schema1-2" and so on.
func backupName(path string, from int) (string, error) {
	for i := 1; i <= maxBackups; i++ {
		name := fmt.Sprintf("%s.schema%d", path, from)
		if i > 1 {
			name = fmt.Sprintf("%s-%d", name, i)
		}
		_, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%w: %d backups lie beside it already", registry.ErrInvalid, maxBackups)
}

// copying copies what is committed to a registry. The copy is written as partial and
// gets its name when it is whole and on stable storage.
type copying struct {
	path, partial, name string
	file                *os.File // partial, until it is sealed
	open                bool     // partial is there and is ours
}

// steps are what is done in a row.
func (c *copying) steps() []func(context.Context) error {
	return []func(context.Context) error{c.begin, c.fill, c.seal, c.give, c.keep}
}

func (c *copying) begin(context.Context) error {
	if err := os.Remove(c.partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(c.partial, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	c.file, c.open = file, true
	return file.Chmod(0o600)
}

// fill writes what was committed to the registry into the empty file.
func (c *copying) fill(ctx context.Context) (err error) {
	db, err := connect(c.path, "rw")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", c.partial)
	return classify(err)
}

func (c *copying) seal(context.Context) error {
	err := errors.Join(c.file.Sync(), c.file.Close())
	c.file = nil
	return err
}

func (c *copying) give(context.Context) error {
	err := os.Rename(c.partial, c.name)
	c.open = err != nil
	return err
}

func (c *copying) keep(context.Context) error { return syncFolder(c.name) }

// abandon takes away what has no name yet.
func (c *copying) abandon() error {
	var err error
	if c.file != nil {
		err = c.file.Close()
	}
	if c.open {
		err = errors.Join(err, os.Remove(c.partial))
	}
	return err
}

// copyWhole takes all steps.
func copyWhole(ctx context.Context, path, partial, name string) error {
	c := &copying{path: path, partial: partial, name: name}
	for _, step := range c.steps() {
		if err := step(ctx); err != nil {
			return errors.Join(err, c.abandon())
		}
	}
	return nil
}
