package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// readerCount is the number of connections that read beside the one that writes.
const readerCount = 4

// readers is a pool of connections that read. It keeps every query prepared: to
// prepare one costs more than to run it, and a look-up takes several. The queries
// are the constants of this package, so it keeps no more than those.
type readers struct {
	*sql.DB
	prepared sync.Map // *sql.Stmt by its query
}

// QueryContext is as that of sql.DB.
func (r *readers) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := r.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// QueryRowContext is as that of sql.DB.
func (r *readers) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	statement, err := r.statement(ctx, query)
	if err != nil {
		return r.DB.QueryRowContext(ctx, query, args...) // whose row has the error
	}
	return statement.QueryRowContext(ctx, args...)
}

func (r *readers) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if known, ok := r.prepared.Load(query); ok {
		return known.(*sql.Stmt), nil
	}
	made, err := r.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	known, there := r.prepared.LoadOrStore(query, made)
	if there {
		made.Close()
	}
	return known.(*sql.Stmt), nil
}
