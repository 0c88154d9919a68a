package main

import (
	"context"
	"errors"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
)

// plannedInput finds the job that the records of another one were planned as: under
// another name, or with another size of chunks or lifetime, each of them would be issued
// a second time.
type plannedInput struct {
	store registry.Store
	parts string
	key   batch.Key
	input string
}

// refuse refuses a job whose records stand in the registry as another job of the same
// region and time, with a *registry.PlannedAsError. The input is read again only where a
// job has as many records. The registry refuses itself what differs by name alone, also
// of planners at once; what another size of chunks or lifetime has is only found here.
func (p *plannedInput) refuse(ctx context.Context, job registry.Job) error {
	var alike []registry.Job
	for state, err := range p.store.Jobs(ctx) {
		switch {
		case err != nil:
			return err
		case state.Digest == job.Digest:
			return &registry.PlannedAsError{Name: state.Name}
		case state.Region == job.Region && state.At == job.At && state.Records == job.Records:
			alike = append(alike, state.Job)
		}
	}
	for _, other := range alike {
		same, err := p.same(ctx, other)
		if err != nil {
			return err
		}
		if same {
			return &registry.PlannedAsError{Name: other.Name}
		}
	}
	return nil
}

func (p *plannedInput) same(ctx context.Context, other registry.Job) (same bool, err error) {
	records, err := files.Open(p.input)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, program.AboutFile(p.input, records.Close())) }()
	return batch.SameInput(ctx, p.parts, other, p.key, records)
}
