package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// PlanJob implements registry.Jobs. The chunks are read before anything is locked;
// then leases of the same months wait for as long as the plan is being written, a
// second or two for a hundred million records.
func (r *Registry) PlanJob(ctx context.Context, job registry.Job, chunks iter.Seq2[registry.PlannedChunk, error], at int64) (planned bool, err error) {
	if err := registry.CheckPlan(job, at); err != nil {
		return false, err
	}
	action := "plan job " + job.Name
	err = r.read(ctx, action, func(q querier) (err error) {
		planned, err = isPlanned(ctx, q, job)
		return err
	})
	if err != nil || planned {
		return false, err
	}
	plan, err := registry.CollectPlan(job, chunks)
	if err != nil {
		return false, fmt.Errorf("%s: %w", action, err)
	}
	err = r.change(ctx, action, false, func(tx pgx.Tx) error {
		purged, err := enter(ctx, tx)
		if err != nil {
			return err
		}
		if err := lockJob(ctx, tx, job.Name); err != nil {
			return err
		}
		// What was planned under another name, too, is there to be seen behind it.
		if err := lock(ctx, tx, gateBanks); err != nil {
			return err
		}
		known, err := isPlanned(ctx, tx, job)
		if planned = !known; err != nil || known {
			return err
		}
		return r.insertJob(ctx, tx, job, plan, at, purged)
	})
	if err != nil {
		return false, err
	}
	return planned, nil
}

// selectAlike finds the job of a name, or else one of a digest.
const selectAlike = "SELECT name, digest FROM tongxing.job WHERE name = $1 OR digest = $2 ORDER BY name <> $1 LIMIT 1"

// isPlanned reports whether the job was planned before. A name that was used for
// something else is ErrJobUsed, and another name of the job a *PlannedAsError.
func isPlanned(ctx context.Context, q querier, job registry.Job) (bool, error) {
	var name string
	var digest []byte
	err := q.QueryRow(ctx, selectAlike, job.Name, job.Digest[:]).Scan(&name, &digest)
	if err == nil {
		switch {
		case name != job.Name:
			return false, &registry.PlannedAsError{Name: name}
		case !bytes.Equal(digest, job.Digest[:]):
			return false, fmt.Errorf("%w: it has another digest", registry.ErrJobUsed)
		}
		return true, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return false, err
	}
	used, err := one[bool](ctx, q, "SELECT EXISTS (SELECT 1 FROM tongxing.chunk WHERE job = $1)", job.Name)
	if err == nil && used {
		err = fmt.Errorf("%w: it has chunks that were not planned", registry.ErrJobUsed)
	}
	return false, err
}

// insertJob writes a job and the plan of its chunks, and leases their references. The
// transaction holds gateBanks.
func (r *Registry) insertJob(ctx context.Context, tx pgx.Tx, job registry.Job, plan []registry.PlannedChunk, at int64, purged uint16) error {
	id, err := one[int64](ctx, tx, `INSERT INTO tongxing.job (name, digest, region, at, chunks, records, planned_at, last_month)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0) RETURNING id`,
		job.Name, job.Digest[:], job.Region, job.At, job.Chunks, job.Records, at)
	if err != nil {
		return err
	}
	leaser := packed.NewLeaser(bankStore{r, tx}, r.plan, job.Region, purged)
	last := registry.MonthOf(job.At)
	rows := make([][]any, len(plan))
	for i := range plan {
		leases, err := leaser.Take(ctx, plan[i].Needs)
		if err != nil {
			return err
		}
		for _, l := range leases {
			last = max(last, l.Month)
		}
		rows[i] = []any{id, int64(plan[i].Number), packed.AppendPlan(nil, &plan[i], leases)}
	}
	if err := leaser.Store(ctx); err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"tongxing", "planned"}, []string{"job", "number", "plan"}, pgx.CopyFromRows(rows)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE tongxing.job SET last_month = $1 WHERE id = $2", last, id); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO tongxing.undone (job, number) SELECT job, number FROM tongxing.planned WHERE job = $1 ORDER BY number", id)
	return err
}

const selectJob = `SELECT j.name, j.digest, j.region, j.at, j.chunks, j.records, j.planned_at, coalesce(p.chunks, 0)::bigint, coalesce(p.entries, 0)::bigint
	FROM tongxing.job j LEFT JOIN LATERAL (SELECT sum(chunks) AS chunks, sum(entries) AS entries FROM tongxing.progress WHERE job = j.id) p ON true `

func scanJob(row pgx.Row) (s registry.JobState, err error) {
	var digest []byte
	err = row.Scan(&s.Name, &digest, &s.Region, &s.At, &s.Chunks, &s.Records, &s.PlannedAt, &s.Committed, &s.Issued)
	if err != nil {
		return registry.JobState{}, err
	}
	copy(s.Digest[:], digest)
	return s, nil
}

// JobState implements registry.Jobs.
func (r *Registry) JobState(ctx context.Context, name string) (state registry.JobState, err error) {
	if err := registry.CheckJob(name); err != nil {
		return registry.JobState{}, err
	}
	err = r.read(ctx, "read job "+name, func(q querier) error {
		state, err = scanJob(q.QueryRow(ctx, selectJob+"WHERE j.name = $1", name))
		return orNotFound(err)
	})
	return state, err
}

// Jobs implements registry.JobLister. Each job is read by a query of its own.
func (r *Registry) Jobs(ctx context.Context) iter.Seq2[registry.JobState, error] {
	return func(yield func(registry.JobState, error) bool) {
		for after := ""; ; {
			var state registry.JobState
			err := r.read(ctx, "list jobs", func(q querier) (err error) {
				state, err = scanJob(q.QueryRow(ctx, selectJob+"WHERE j.name > $1 ORDER BY j.name LIMIT 1", after))
				return err
			})
			if errors.Is(err, pgx.ErrNoRows) {
				return
			}
			if err != nil {
				yield(registry.JobState{}, err)
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
func jobID(ctx context.Context, q querier, name string) (int64, error) {
	id, err := one[int64](ctx, q, "SELECT id FROM tongxing.job WHERE name = $1", name)
	return id, orNotFound(err)
}

const selectPlan = "SELECT p.plan FROM tongxing.job j JOIN tongxing.planned p ON p.job = j.id WHERE j.name = $1 AND p.number = $2"

// PlannedChunk implements registry.Jobs.
func (r *Registry) PlannedChunk(ctx context.Context, name string, number uint32) (chunk registry.PlannedChunk, leased []registry.Leased, err error) {
	if err := registry.CheckJob(name); err != nil {
		return registry.PlannedChunk{}, nil, err
	}
	err = r.read(ctx, fmt.Sprintf("read the plan of chunk %d of job %s", number, name), func(q querier) error {
		data, err := one[[]byte](ctx, q, selectPlan, name, number)
		if err != nil {
			return orNotFound(err)
		}
		var leases []packed.Lease
		if chunk, leases, err = packed.DecodePlan(number, data); err != nil {
			return err
		}
		leased = make([]registry.Leased, len(leases))
		for i, l := range leases {
			bank, err := r.bankByID(ctx, q, l.Bank)
			if err != nil {
				return err
			}
			if leased[i], err = packed.Leased(l, bank); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return registry.PlannedChunk{}, nil, err
	}
	return chunk, leased, nil
}

// Open implements registry.JobLister.
func (r *Registry) Open(ctx context.Context, name string, after int64, limit int) (numbers []uint32, err error) {
	if err := registry.CheckOpen(name, after, limit); err != nil {
		return nil, err
	}
	err = r.read(ctx, "list the open chunks of job "+name, func(q querier) error {
		id, err := jobID(ctx, q, name)
		if err != nil {
			return err
		}
		numbers, err = all(ctx, q, func(rows pgx.Rows, number *uint32) error { return rows.Scan(number) },
			"SELECT number FROM tongxing.undone WHERE job = $1 AND number > $2 ORDER BY number LIMIT $3", id, after, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	if numbers == nil {
		numbers = []uint32{}
	}
	return numbers, nil
}
