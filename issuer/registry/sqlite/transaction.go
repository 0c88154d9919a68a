package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// writer is the connection that writes. It keeps every statement that a transaction
// ran prepared, as readers does, for the transactions after it.
type writer struct {
	*sql.DB
	mutex    sync.Mutex
	prepared map[string]*sql.Stmt // by its text; the texts are the constants of this package
}

// begin begins a transaction that holds the write lock.
func (w *writer) begin(ctx context.Context) (*transaction, error) {
	tx, err := w.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &transaction{Tx: tx, writer: w, bound: map[string]*sql.Stmt{}}, nil
}

func (w *writer) known(text string) *sql.Stmt {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.prepared[text]
}

// prepare keeps statements for the next transaction. One that cannot be prepared now
// is prepared in each, as if nobody had asked.
func (w *writer) prepare(ctx context.Context, texts []string) {
	for _, text := range texts {
		statement, err := w.PrepareContext(ctx, text)
		if err != nil {
			return
		}
		w.mutex.Lock()
		if w.prepared[text] == nil {
			w.prepared[text], statement = statement, nil
		}
		w.mutex.Unlock()
		if statement != nil {
			statement.Close()
		}
	}
}

// transaction is a transaction of the writer. What it runs through its own methods
// is prepared once; a text that is put together at run time goes through
// PrepareContext.
type transaction struct {
	*sql.Tx
	writer *writer
	bound  map[string]*sql.Stmt
	missed []string // prepared in this transaction, for none had it before
}

// statement returns the statement as the transaction's. The one connection is its
// own now, so that nothing can be prepared for the others before it ends.
func (t *transaction) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if statement := t.bound[text]; statement != nil {
		return statement, nil
	}
	if known := t.writer.known(text); known != nil {
		t.bound[text] = t.StmtContext(ctx, known)
		return t.bound[text], nil
	}
	statement, err := t.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	t.bound[text], t.missed = statement, append(t.missed, text)
	return statement, nil
}

// ExecContext is as that of sql.Tx.
func (t *transaction) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, err := t.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

// QueryContext is as that of sql.Tx.
func (t *transaction) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := t.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// QueryRowContext is as that of sql.Tx.
func (t *transaction) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	statement, err := t.statement(ctx, text)
	if err != nil {
		return t.Tx.QueryRowContext(ctx, text, args...) // whose row has the error
	}
	return statement.QueryRowContext(ctx, args...)
}

// commit commits, and prepares what was missed.
func (t *transaction) commit(ctx context.Context) error {
	if err := t.Commit(); err != nil {
		return err
	}
	t.writer.prepare(ctx, t.missed)
	return nil
}
