package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tongxing/tongxing/issuer/registry"
)

// SQLSTATE codes (PostgreSQL documentation, appendix A).
const (
	codeUndefinedColumn     = "42703"
	codeUndefinedTable      = "42P01"
	codeExclusion           = "23P01"
	codeUnique              = "23505"
	codeSerialization       = "40001"
	codeDeadlock            = "40P01"
	codeDiskFull            = "53100"
	codeAdminShutdown       = "57P01"
	codeCrashShutdown       = "57P02"
	codeCannotConnectNow    = "57P03"
	codeDataCorrupted       = "XX001"
	codeIndexCorrupted      = "XX002"
	codeTooManyConnections  = "53300"
	codeConnectionException = "08" // the class
	codeAuthorization       = "28000"
	codePassword            = "28P01"
	codeNoDatabase          = "3D000"
	codePrivilege           = "42501"
)

// gate is something that is done in a row: the object of an advisory lock.
type gate int32

const (
	gateSchema    gate = 1 // creating and migrating
	gateBanks     gate = 2 // opening banks and planning jobs
	gateOrders    gate = 3 // recording orders: their events are one chain
	gatePurge     gate = 4 // closing months; shared by who leases or commits
	gateJournal   gate = 5 // appending
	gateProposals gate = 6 // deciding
)

// lockClass marks our advisory locks among those of others in the database
// ("TXRG"), and jobClass those whose object is a hash of a job's name ("TXRJ"):
// its planner's, shared by who commits a chunk of it.
const (
	lockClass = 0x54585247
	jobClass  = 0x5458524a
)

// lock takes a gate until the end of the transaction.
func lock(ctx context.Context, tx pgx.Tx, g gate) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1, $2)", lockClass, int32(g))
	return err
}

// enter keeps months from being purged until the end of the transaction, and
// returns the first that is not.
func enter(ctx context.Context, tx pgx.Tx) (purged uint16, err error) {
	batch := &pgx.Batch{}
	queueEnter(batch, &purged)
	return purged, tx.SendBatch(ctx, batch).Close()
}

// queueEnter is enter in a batch. The month is read by a statement of its own: one
// that waited for the lock would not see what was done meanwhile.
func queueEnter(batch *pgx.Batch, purged *uint16) {
	batch.Queue("SELECT pg_advisory_xact_lock_shared($1, $2)", lockClass, int32(gatePurge))
	batch.Queue("SELECT purged FROM tongxing.registry").QueryRow(func(row pgx.Row) error { return row.Scan(purged) })
}

// lockJob lets nobody plan a job of that name, or commit a chunk of it.
func lockJob(ctx context.Context, tx pgx.Tx, name string) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1, $2)", jobClass, jobObject(name))
	return err
}

// jobObject returns the object of a job's lock. Jobs that share one wait for each
// other now and then.
func jobObject(name string) int32 {
	hash := fnv.New32a()
	hash.Write([]byte(name))
	return int32(hash.Sum32())
}

// querier is a transaction or the pool of connections.
type querier interface {
	Query(ctx context.Context, query string, arguments ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, arguments ...any) pgx.Row
	Exec(ctx context.Context, statement string, arguments ...any) (pgconn.CommandTag, error)
}

// one returns the value that a query finds, or pgx.ErrNoRows.
func one[T any](ctx context.Context, q querier, query string, arguments ...any) (value T, err error) {
	err = q.QueryRow(ctx, query, arguments...).Scan(&value)
	return value, err
}

// all returns what a query finds, row by row.
func all[T any](ctx context.Context, q querier, scan func(pgx.Rows, *T) error, query string, arguments ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []T
	for rows.Next() {
		var value T
		if err := scan(rows, &value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// attempts is how often a transaction is run at most.
const attempts = 3

// change runs a transaction. do may be run several times and begins anew each
// time. repeatable says that a second run, after a first one that was committed
// without our hearing so, does no harm.
func (r *Registry) change(ctx context.Context, action string, repeatable bool, do func(pgx.Tx) error) error {
	return r.repeat(ctx, action, func() (again bool, err error) {
		tx, err := r.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
		if err != nil {
			return true, err // nothing was sent
		}
		defer tx.Rollback(context.WithoutCancel(ctx))
		if err := do(tx); err != nil {
			return true, err // its end was not asked for
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		return repeatable, commit(ctx, tx)
	})
}

// commit ends a transaction. Where the context ends before the answer is there,
// nobody knows what became of it.
func commit(ctx context.Context, tx pgx.Tx) error {
	err := tx.Commit(ctx)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: no answer to a commit: %w", registry.ErrUnavailable, ctx.Err())
	}
	return err
}

// read runs queries. do may be run several times and begins anew each time.
func (r *Registry) read(ctx context.Context, action string, do func(querier) error) error {
	return r.repeat(ctx, action, func() (again bool, err error) { return true, do(r.pool) })
}

// snapshot runs queries that see one moment.
func (r *Registry) snapshot(ctx context.Context, action string, do func(querier) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return r.repeat(ctx, action, func() (again bool, err error) {
		tx, err := r.pool.BeginTx(ctx, options)
		if err != nil {
			return true, err
		}
		defer tx.Rollback(context.WithoutCancel(ctx))
		return true, do(tx)
	})
}

// repeat runs something again where the server broke it off for another's sake
// and, where attempt says that it may, when the connection was lost. The other
// connections are then lost most likely, too, and made anew.
func (r *Registry) repeat(ctx context.Context, action string, attempt func() (again bool, err error)) error {
	for run := 1; ; run++ {
		if err := ctx.Err(); err != nil {
			return named(action, err)
		}
		again, err := attempt()
		switch {
		case err == nil:
			return nil
		case run == attempts || ctx.Err() != nil:
		case hasCode(err, codeSerialization, codeDeadlock):
			continue
		case again && isLost(err):
			r.pool.Reset()
			continue
		}
		return named(action, err)
	}
}

// hasCode reports whether the server returned one of the codes.
func hasCode(err error, codes ...string) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && slices.Contains(codes, failure.Code)
}

// isLost reports whether the connection was lost or could not be made.
func isLost(err error) bool {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code[:2] == codeConnectionException ||
			slices.Contains([]string{codeAdminShutdown, codeCrashShutdown, codeCannotConnectNow, codeTooManyConnections}, failure.Code)
	}
	var refused *pgconn.ConnectError
	return errors.As(err, &refused) || pgconn.SafeToRetry(err) || errors.As(err, new(net.Error)) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// named adds what was being done, and gives an error the type that a caller acts
// on.
func named(action string, err error) error {
	switch {
	case errors.Is(err, registry.ErrUnavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case isLost(err):
		err = fmt.Errorf("%w: %w", registry.ErrUnavailable, err)
	case hasCode(err, codeAuthorization, codePassword, codeNoDatabase, codePrivilege):
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	case hasCode(err, codeDiskFull):
		err = fmt.Errorf("%w: %w", registry.ErrStorageFull, err)
	// The statements are this package's own: a table that they miss was dropped.
	case hasCode(err, codeDataCorrupted, codeIndexCorrupted, codeUndefinedTable, codeUndefinedColumn):
		err = fmt.Errorf("%w: %w", registry.ErrDamaged, err)
	}
	return fmt.Errorf("%s: %w", action, err)
}
