package service

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/journal"
	"github.com/tongxing/tongxing/issuer/registry"
)

// maxListed bounds a list that is answered.
const maxListed = 1000

// JobState is how far bulk work is.
type JobState struct {
	Name      string    `json:"name"`
	Digest    string    `json:"digest" doc:"As job plan prints it"`
	Records   uint64    `json:"records"`
	Chunks    uint32    `json:"chunks"`
	Committed uint32    `json:"committed" doc:"Chunks that are done"`
	Issued    uint64    `json:"issued" doc:"Credentials in them"`
	IssuedAt  time.Time `json:"issued_at" doc:"Time of issue of every credential"`
	PlannedAt time.Time `json:"planned_at"`
	Done      bool      `json:"done"`
}

func viewJob(j registry.JobState) JobState {
	return JobState{
		Name: j.Name, Digest: hex.EncodeToString(j.Digest[:]), Records: j.Records, Chunks: j.Chunks,
		Committed: j.Committed, Issued: j.Issued, Done: j.Committed == j.Chunks,
		IssuedAt: time.Unix(j.At, 0).In(format.ChinaTime), PlannedAt: time.Unix(j.PlannedAt, 0).In(format.ChinaTime),
	}
}

type jobsOutput struct {
	Body struct {
		Jobs []JobState `json:"jobs" doc:"At most 1,000"`
	}
}

// jobs is GET /v1/jobs.
func (s *Service) jobs(ctx context.Context, _ *struct{}) (*jobsOutput, error) {
	out := &jobsOutput{}
	out.Body.Jobs = []JobState{}
	for j, err := range s.options.Registry.Jobs(ctx) {
		if err != nil {
			return nil, s.tell(ctx, err)
		}
		out.Body.Jobs = append(out.Body.Jobs, viewJob(j))
		if len(out.Body.Jobs) == maxListed {
			break
		}
	}
	return out, nil
}

type jobInput struct {
	Name string `path:"name" pattern:"^[0-9A-Za-z._:-]{1,64}$"`
}

type jobOutput struct{ Body JobState }

// job is GET /v1/jobs/{name}.
func (s *Service) job(ctx context.Context, in *jobInput) (*jobOutput, error) {
	j, err := s.options.Registry.JobState(ctx, in.Name)
	if errors.Is(err, registry.ErrNotFound) {
		err = refusalFor(err, "job_unknown")
	}
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return &jobOutput{viewJob(j)}, nil
}

type journalInput struct {
	After uint64 `query:"after" doc:"Records above this number"`
}

// JournalEntry is what somebody did.
type JournalEntry struct {
	Sequence uint64          `json:"sequence"`
	At       time.Time       `json:"at"`
	Actor    string          `json:"actor"`
	Role     string          `json:"role"`
	Act      string          `json:"act"`
	Object   string          `json:"object,omitempty"`
	Outcome  string          `json:"outcome" doc:"granted: written before it was done; failed: granted and not done; done"`
	Detail   json.RawMessage `json:"detail,omitempty"`
	Hash     string          `json:"hash" doc:"Of the chain up to here"`
}

type journalOutput struct {
	Body struct {
		Records []JournalEntry `json:"records" doc:"At most 1,000"`
		Head    string         `json:"head" doc:"Number and hash of the newest record: keep it apart from the registry"`
	}
}

// readJournal is GET /v1/journal.
func (s *Service) readJournal(ctx context.Context, in *journalInput) (*journalOutput, error) {
	out := &journalOutput{}
	out.Body.Records = []JournalEntry{}
	for r, err := range s.options.Registry.Records(ctx, in.After) {
		if err != nil {
			return nil, s.tell(ctx, err)
		}
		out.Body.Records = append(out.Body.Records, JournalEntry{
			Sequence: r.Sequence, At: time.Unix(r.At, 0).In(format.ChinaTime), Actor: r.Actor, Role: r.Role, Act: r.Act,
			Object: r.Object, Outcome: r.Outcome, Detail: r.Detail, Hash: hex.EncodeToString(r.Hash[:]),
		})
		if len(out.Body.Records) == maxListed {
			break
		}
	}
	head, err := s.options.Registry.JournalHead(ctx)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	out.Body.Head = journal.FormatHead(head)
	return out, nil
}
