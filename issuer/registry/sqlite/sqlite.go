// Package sqlite keeps a registry in one file of SQLite, without a server.
//
//	r, err := sqlite.Create(ctx, "33.registry", registry.Plan{}) // once
//	r, err := sqlite.Open(ctx, "33.registry")                    // from then on
//
// The file is in WAL mode: while it is open, "33.registry-wal" and
// "33.registry-shm" lie beside it, and belong to it when it is copied. All three
// have mode 0600 whatever the umask, for the file holds the secret that orders
// the references; so does every backup of it. Every commit is synced to the
// storage before it is acknowledged (synchronous=FULL); NORMAL was seen to lose
// acknowledged commits when the power failed. Several processes of one machine
// may have it open; a network file system is not a place for it.
//
// A file that an older program wrote is migrated when it is opened, in one
// transaction behind a backup beside it ("33.registry.schema1", of which
// registry.Opening hears); that takes as long as copying the file, and other processes
// cannot write meanwhile. One that a newer program wrote is refused with its name.
//
// A restored backup has forgotten what came after it: Backup makes one while others
// work, and package witness keeps an old one from handing out references again.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Registry is a registry.Store in a file.
type Registry struct {
	path  string
	write *writer // one connection: SQLite has one writer
	read  *readers
	plan  registry.Plan
	banks *packed.Banks
}

var _ registry.Store = (*Registry)(nil)

// Create makes a registry in a new file and opens it. An existing file is never
// touched (fs.ErrExist), a missing folder not made (fs.ErrNotExist). When it
// fails no file is left behind.
func Create(ctx context.Context, path string, plan registry.Plan) (*Registry, error) {
	return CreateBy(ctx, path, plan, registry.Opening{})
}

// CreateBy is Create by a program that has a name.
func CreateBy(ctx context.Context, path string, plan registry.Plan, by registry.Opening) (*Registry, error) {
	plan, err := plan.Check()
	if err == nil {
		err = by.Check()
	}
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create registry: %w", err)
	}
	// The umask may have taken bits away. SQLite gives the files beside this
	// one the same mode.
	err = errors.Join(file.Chmod(0o600), file.Close())
	if err == nil {
		err = initialise(ctx, path, plan, by.Program)
	}
	if err == nil {
		err = syncFolder(path)
	}
	var made *Registry
	if err == nil {
		made, err = OpenBy(ctx, path, by)
	}
	if err != nil {
		for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
			os.Remove(path + suffix)
		}
		return nil, fmt.Errorf("create registry: %w", err)
	}
	return made, nil
}

// initialise writes the schema in rollback mode, so that the application id is
// in the file itself from its first commit on, and only then turns to WAL.
func initialise(ctx context.Context, path string, plan registry.Plan, program string) (err error) {
	db, err := connect(path, "rw", "synchronous(FULL)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var secret [registry.SecretSize]byte
	rand.Read(secret[:])
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	defer tx.Rollback()
	header := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, schemaVersion)
	if _, err := tx.ExecContext(ctx, header+strings.Join(versions[:], "")); err != nil {
		return classify(err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO registry (id, secret, places, shards) VALUES (1, ?, ?, ?)", secret[:], plan.Places, plan.Shards); err != nil {
		return classify(err)
	}
	if _, err := tx.ExecContext(ctx, signProgram, schemaVersion, program); err != nil {
		return classify(err)
	}
	if err := tx.Commit(); err != nil {
		return classify(err)
	}
	_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	return classify(err)
}

// Plan returns the size that the pools of the registry start with, as it was made.
func (r *Registry) Plan() registry.Plan { return r.plan }

// syncFolder makes the new name itself durable: a registry that vanished with a
// power failure would be created again and hand out its references again.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" { // where a folder cannot be synced and its names are with the files
		return nil
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Open opens the registry in a file. One of an older version is migrated; what it
// was before is kept beside it, as "33.registry.schema1". Errors are
// fs.ErrNotExist, registry.ErrNotARegistry, *registry.SchemaError for one that a newer
// program wrote and, where there is no room for a migration, registry.ErrStorageFull;
// the file is then as it was.
func Open(ctx context.Context, path string) (*Registry, error) {
	return OpenBy(ctx, path, registry.Opening{})
}

// OpenBy is Open by a program that has a name, and that hears of a migration. The
// backup is made whatever by.BackedUp says.
func OpenBy(ctx context.Context, path string, by registry.Opening) (*Registry, error) {
	r, err := open(ctx, path, by)
	if err != nil {
		return nil, fmt.Errorf("open registry %s: %w", path, err)
	}
	return r, nil
}

func open(ctx context.Context, path string, by registry.Opening) (_ *Registry, err error) {
	if err := by.Check(); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist // the path is named already
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: a folder or device", registry.ErrNotARegistry)
	}
	r := &Registry{path: path}
	write, err := connect(path, "rw", "synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	r.write = &writer{DB: write, prepared: map[string]*sql.Stmt{}}
	if err := r.identify(ctx, by); err != nil {
		return nil, errors.Join(denied(err), r.write.Close())
	}
	read, err := connect(path, "rw", "query_only(1)")
	if err != nil {
		return nil, errors.Join(err, r.write.Close())
	}
	read.SetMaxOpenConns(readerCount)
	read.SetMaxIdleConns(readerCount)
	r.read = &readers{DB: read}
	return r, nil
}

// identify reads what the file is before anything is written to it, and brings it
// to this program's version.
func (r *Registry) identify(ctx context.Context, by registry.Opening) error {
	var id, version int64
	err := r.write.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version)").Scan(&id, &version)
	switch {
	case err != nil:
		return classify(err)
	case id != applicationID:
		return fmt.Errorf("%w: a database of something else, or empty", registry.ErrNotARegistry)
	case version > schemaVersion:
		return &registry.SchemaError{Schema: int(version), Known: schemaVersion, Program: programOf(ctx, r.write, int(version))}
	case version < 1:
		return fmt.Errorf("%w: schema %d", registry.ErrDamaged, version)
	case version < schemaVersion:
		if err := r.migrate(ctx, by); err != nil {
			return classify(err)
		}
	}
	if err := r.turnToWAL(ctx); err != nil {
		return classify(err)
	}
	var secret []byte
	err = r.write.QueryRowContext(ctx, "SELECT secret, places, shards FROM registry").Scan(&secret, &r.plan.Places, &r.plan.Shards)
	if err != nil {
		return classify(err)
	}
	if len(secret) != registry.SecretSize {
		return fmt.Errorf("%w: secret of %d bytes", registry.ErrDamaged, len(secret))
	}
	r.banks = packed.NewBanks([registry.SecretSize]byte(secret))
	return nil
}

// turnToWAL ends the creation of a file whose process was killed between its first
// commit and the change of mode. In rollback mode readers would wait for writers.
func (r *Registry) turnToWAL(ctx context.Context) error {
	var mode string
	for _, pragma := range [...]string{"PRAGMA journal_mode", "PRAGMA journal_mode = WAL"} {
		if err := r.write.QueryRowContext(ctx, pragma).Scan(&mode); err != nil || mode == "wal" {
			return err
		}
	}
	return fmt.Errorf("%w: the file stays in mode %s", registry.ErrBusy, mode)
}

// connect opens a pool of connections. The path goes through a URL, so that one
// with ?, # or % in it names the file that it says.
func connect(path, mode string, pragmas ...string) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	query := url.Values{
		"mode":    {mode},
		"_txlock": {"immediate"},
		"_pragma": append([]string{"busy_timeout(10000)", "foreign_keys(1)", "temp_store(MEMORY)", "trusted_schema(0)", "recursive_triggers(1)"}, pragmas...),
	}
	name := url.URL{Scheme: "file", Path: uriPath(filepath.ToSlash(absolute)), RawQuery: query.Encode()}
	return sql.Open("sqlite", name.String())
}

// uriPath is an absolute path as a file URI has it: a drive of Windows stands behind a
// slash (RFC 8089, appendix E.2); without it SQLite takes the drive for a host.
func uriPath(path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return "/" + path
}

// Close releases the file.
func (r *Registry) Close() error {
	return errors.Join(r.read.Close(), r.write.Close())
}
