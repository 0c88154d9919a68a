package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/registry"
)

// unforgotten returns the names of the jobs that a purge would take out of the registry
// while their inputs and parts lie somewhere: nothing could hold those to a plan and
// delete them by a record any more.
func unforgotten(ctx context.Context, store registry.Store, before time.Time) (names []string, err error) {
	forgotten, err := forgottenJobs(ctx, store)
	if err != nil {
		return nil, err
	}
	months := registry.PurgedMonths(before.Unix())
	for state, err := range store.Jobs(ctx) {
		if err != nil {
			return nil, err
		}
		if forgotten[forgottenJob{state.Name, hex.EncodeToString(state.Digest[:])}] {
			continue
		}
		over, err := isOver(ctx, store, state, months)
		if err != nil {
			return nil, err
		}
		if over {
			names = append(names, state.Name)
		}
	}
	return names, nil
}

// forgottenJob is a job as the journal names it. The digest alone is that of every job
// of the same records, and each has parts of its own.
type forgottenJob struct{ name, digest string }

// forgottenJobs are the jobs that were forgotten or given up to the end.
func forgottenJobs(ctx context.Context, journal registry.Journal) (map[forgottenJob]bool, error) {
	forgotten := map[forgottenJob]bool{}
	for r, err := range journal.Records(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if r.Outcome != outcomeDone || r.Act != "job "+deletion.Forget && r.Act != "job "+deletion.Abandon {
			continue
		}
		var said struct{ Digest string }
		if json.Unmarshal(r.Detail, &said) == nil {
			forgotten[forgottenJob{r.Object, said.Digest}] = true
		}
	}
	return forgotten, nil
}

// isOver reports whether all references of a job are of months that are purged.
func isOver(ctx context.Context, jobs registry.Jobs, state registry.JobState, months uint16) (bool, error) {
	for number := range state.Chunks {
		chunk, _, err := jobs.PlannedChunk(ctx, state.Name, number)
		if err != nil {
			return false, err
		}
		for _, need := range chunk.Needs {
			if need.Month >= months {
				return false, nil
			}
		}
	}
	return true, nil
}

// shownJobs is how many jobs a refusal names.
const shownJobs = 5

// requireForgotten refuses to purge jobs that are not forgotten, unless that is asked
// for, and returns how many they are.
func (a *app) requireForgotten(ctx context.Context, store registry.Store, f purgeFlags, before time.Time) (int, error) {
	names, err := unforgotten(ctx, store, before)
	if err != nil {
		return 0, program.AboutFile(registryName(f.registry), err)
	}
	if len(names) == 0 || f.unforgotten {
		return len(names), nil
	}
	return 0, fail("purge_unforgotten", len(names), strings.Join(names[:min(len(names), shownJobs)], ", "))
}
