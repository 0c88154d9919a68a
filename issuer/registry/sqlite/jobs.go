package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// inTransaction runs change in a transaction that holds the write lock, and names
// its errors.
func (r *Registry) inTransaction(ctx context.Context, action string, change func(*transaction) error) error {
	tx, err := r.write.begin(ctx)
	if err != nil {
		return r.named(action, err)
	}
	defer tx.Rollback()
	if err := change(tx); err != nil {
		return r.named(action, err)
	}
	if err := tx.commit(ctx); err != nil {
		return r.named(action, err)
	}
	return nil
}

// PlanJob implements registry.Jobs. The chunks are read before anything is locked;
// then every other writer waits for as long as the plan is being written, a second or
// two for a hundred million records: chunks that are signed meanwhile and single
// issues are committed after it. They wait for ten seconds before they fail.
func (r *Registry) PlanJob(ctx context.Context, job registry.Job, chunks iter.Seq2[registry.PlannedChunk, error], at int64) (planned bool, err error) {
	if err := registry.CheckPlan(job, at); err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	action := "plan job " + job.Name
	known, err := isPlanned(ctx, r.read, job)
	if known || err != nil {
		if err != nil {
			err = r.named(action, err)
		}
		return false, err
	}
	plan, err := registry.CollectPlan(job, chunks)
	if err != nil {
		return false, fmt.Errorf("%s: %w", action, err)
	}
	err = r.inTransaction(ctx, action, func(tx *transaction) error {
		known, err := isPlanned(ctx, tx, job)
		if known || err != nil {
			return err
		}
		planned = true
		return r.insertJob(ctx, tx, job, plan, at)
	})
	if err != nil {
		return false, err
	}
	return planned, nil
}

// selectAlike finds the job of a name, or else one of a digest.
const selectAlike = "SELECT name, digest FROM job WHERE name = ? OR digest = ? ORDER BY name <> ? LIMIT 1"

// isPlanned reports whether the job was planned before. A name that was used for
// something else is ErrJobUsed, and another name of the job a *PlannedAsError.
func isPlanned(ctx context.Context, q querier, job registry.Job) (bool, error) {
	var name string
	var digest []byte
	err := q.QueryRowContext(ctx, selectAlike, job.Name, job.Digest[:], job.Name).Scan(&name, &digest)
	if err == nil {
		switch {
		case name != job.Name:
			return false, &registry.PlannedAsError{Name: name}
		case !bytes.Equal(digest, job.Digest[:]):
			return false, fmt.Errorf("%w: it has another digest", registry.ErrJobUsed)
		}
		return true, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	var used bool
	if err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM chunk WHERE job = ?)", job.Name).Scan(&used); err != nil {
		return false, err
	}
	if used {
		return false, fmt.Errorf("%w: it has chunks that were not planned", registry.ErrJobUsed)
	}
	return false, nil
}

// insertJob writes a job and the plan of its chunks, and leases their references.
func (r *Registry) insertJob(ctx context.Context, tx *transaction, job registry.Job, plan []registry.PlannedChunk, at int64) error {
	leaser, err := r.newLeaser(ctx, tx, job.Region)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, "INSERT INTO job (name, digest, region, at, chunks, records, planned_at, last_month) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
		job.Name, job.Digest[:], job.Region, job.At, job.Chunks, job.Records, at)
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	last := registry.MonthOf(job.At)
	for i := range plan {
		leases, err := leaser.Take(ctx, plan[i].Needs)
		if err != nil {
			return err
		}
		for _, l := range leases {
			last = max(last, l.Month)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO planned (job, number, plan) VALUES (?, ?, ?)", id, plan[i].Number, packed.AppendPlan(nil, &plan[i], leases)); err != nil {
			return err
		}
	}
	if err := leaser.Store(ctx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE job SET last_month = ? WHERE id = ?", last, id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO undone (job, number) SELECT job, number FROM planned WHERE job = ?", id)
	return err
}

const selectJob = "SELECT name, digest, region, at, chunks, records, planned_at, committed, issued FROM job "

func scanJob(row interface{ Scan(...any) error }) (s registry.JobState, err error) {
	var digest []byte
	err = row.Scan(&s.Name, &digest, &s.Region, &s.At, &s.Chunks, &s.Records, &s.PlannedAt, &s.Committed, &s.Issued)
	if err != nil {
		return registry.JobState{}, err
	}
	copy(s.Digest[:], digest)
	return s, nil
}

// JobState implements registry.Jobs.
func (r *Registry) JobState(ctx context.Context, name string) (registry.JobState, error) {
	if err := registry.CheckJob(name); err != nil {
		return registry.JobState{}, err
	}
	state, err := scanJob(r.read.QueryRowContext(ctx, selectJob+"WHERE name = ?", name))
	if errors.Is(err, sql.ErrNoRows) {
		err = registry.ErrNotFound
	}
	if err != nil {
		return registry.JobState{}, r.named("read job "+name, err)
	}
	return state, nil
}

// Jobs implements registry.JobLister. Each job is read by a query of its own: one
// that stays open keeps the WAL from being folded back into the file.
func (r *Registry) Jobs(ctx context.Context) iter.Seq2[registry.JobState, error] {
	return func(yield func(registry.JobState, error) bool) {
		for after := ""; ; {
			state, err := scanJob(r.read.QueryRowContext(ctx, selectJob+"WHERE name > ? ORDER BY name LIMIT 1", after))
			if errors.Is(err, sql.ErrNoRows) {
				return
			}
			if err != nil {
				yield(registry.JobState{}, r.named("list jobs", err))
				return
			}
			if !yield(state, nil) {
				return
			}
			after = state.Name
		}
	}
}

// jobID returns the id of a job, or ErrNotFound.
func jobID(ctx context.Context, q querier, name string) (id int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT id FROM job WHERE name = ?", name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = registry.ErrNotFound
	}
	return id, err
}

// PlannedChunk implements registry.Jobs.
func (r *Registry) PlannedChunk(ctx context.Context, name string, number uint32) (registry.PlannedChunk, []registry.Leased, error) {
	if err := registry.CheckJob(name); err != nil {
		return registry.PlannedChunk{}, nil, err
	}
	chunk, leased, err := r.plannedChunk(ctx, name, number)
	if err != nil {
		return registry.PlannedChunk{}, nil, r.named(fmt.Sprintf("read the plan of chunk %d of job %s", number, name), err)
	}
	return chunk, leased, nil
}

const selectPlan = "SELECT p.plan FROM job j JOIN planned p ON p.job = j.id WHERE j.name = ? AND p.number = ?"

func (r *Registry) plannedChunk(ctx context.Context, name string, number uint32) (registry.PlannedChunk, []registry.Leased, error) {
	var data []byte
	err := r.read.QueryRowContext(ctx, selectPlan, name, number).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		err = registry.ErrNotFound
	}
	if err != nil {
		return registry.PlannedChunk{}, nil, err
	}
	chunk, leases, err := packed.DecodePlan(number, data)
	if err != nil {
		return registry.PlannedChunk{}, nil, err
	}
	leased := make([]registry.Leased, len(leases))
	for i, l := range leases {
		bank, err := r.bankByID(ctx, r.read, l.Bank)
		if err != nil {
			return registry.PlannedChunk{}, nil, err
		}
		if leased[i], err = packed.Leased(l, bank); err != nil {
			return registry.PlannedChunk{}, nil, err
		}
	}
	return chunk, leased, nil
}

// Open implements registry.JobLister.
func (r *Registry) Open(ctx context.Context, name string, after int64, limit int) ([]uint32, error) {
	if err := registry.CheckOpen(name, after, limit); err != nil {
		return nil, err
	}
	numbers, err := r.openChunks(ctx, name, after, limit)
	if err != nil {
		return nil, r.named("list the open chunks of job "+name, err)
	}
	return numbers, nil
}

const selectOpen = "SELECT number FROM undone WHERE job = ? AND number > ? ORDER BY number LIMIT ?"

func (r *Registry) openChunks(ctx context.Context, name string, after int64, limit int) ([]uint32, error) {
	id, err := jobID(ctx, r.read, name)
	if err != nil {
		return nil, err
	}
	rows, err := r.read.QueryContext(ctx, selectOpen, id, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	numbers := []uint32{}
	for rows.Next() {
		var number uint32
		if err := rows.Scan(&number); err != nil {
			return nil, err
		}
		numbers = append(numbers, number)
	}
	return numbers, rows.Err()
}
