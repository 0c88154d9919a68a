package service

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Outcomes of acts in the journal.
const (
	outcomeGranted = "granted" // written before the act is done
	outcomeFailed  = "failed"  // written after one that was granted and not done
	outcomeDone    = "done"    // written after acts that are counted, and of proposals
)

// detail is what the journal says of an act beside its object. Evidence numbers
// and contents stand there as keyed hashes.
type detail struct {
	Authority         string `json:"authority,omitempty"` // of who acts
	Proposal          string `json:"proposal,omitempty"`
	EvidenceAuthority string `json:"evidence_authority,omitempty"`
	Evidence          string `json:"evidence,omitempty"` // keyed hash
	State             uint16 `json:"state,omitempty"`
	Rule              uint16 `json:"rule,omitempty"`
	Reason            uint16 `json:"reason,omitempty"`
	Count             int    `json:"count,omitempty"`
	Content           string `json:"content,omitempty"` // keyed hash
	Act               string `json:"act,omitempty"`     // what a proposal is for
	Successor         string `json:"successor,omitempty"`
	FullName          bool   `json:"full_name,omitempty"` // on a paper
}

// journal appends what the caller of ctx does. An act is not done when it cannot
// be written down.
func (s *Service) journal(ctx context.Context, act access.Act, object, outcome string, d detail) error {
	asked := requestOf(ctx)
	d.Authority = asked.caller.Authority
	data, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	_, err = s.options.Registry.Append(ctx, registry.JournalRecord{
		At: asked.at.Unix(), Actor: asked.caller.Name, Role: string(asked.caller.Roles.For(act)),
		Act: string(act), Object: object, Outcome: outcome, Detail: data,
	})
	s.writes.ended(err)
	return err
}

// done runs an act that stands in the journal already, and notes there when it
// failed. Who asked may go away meanwhile: an act that is written down is done or
// has failed, and is not left between the two.
func (s *Service) done(ctx context.Context, act access.Act, object string, d detail, do func(context.Context) error) error {
	if err := s.journal(ctx, act, object, outcomeGranted, d); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	err := do(ctx)
	if err != nil {
		if noted := s.journal(ctx, act, object, outcomeFailed, d); noted != nil {
			return noted
		}
	}
	return err
}

// tallies counts ordinary issues of each caller, which stand in the journal as
// sums: each of them is an entry of the registry anyway.
type tallies struct {
	mu    sync.Mutex
	count map[tally]int
}

type tally struct{ actor, role, act, authority string }

func newTallies() *tallies { return &tallies{count: map[tally]int{}} }

// add counts one.
func (t *tallies) add(caller access.Caller, act access.Act) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count[tally{caller.Name, string(caller.Roles.For(act)), string(act), caller.Authority}]++
}

func (t *tallies) take() map[tally]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.count
	t.count = map[tally]int{}
	return taken
}

// giveBack returns what could not be written.
func (t *tallies) giveBack(one tally, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count[one] += n
}

func (s *Service) writeTallies(ctx context.Context, at time.Time) error {
	var first error
	for one, n := range s.tallies.take() {
		data, err := json.Marshal(detail{Authority: one.authority, Count: n})
		if err == nil && first == nil {
			_, err = s.options.Registry.Append(ctx, registry.JournalRecord{
				At: at.Unix(), Actor: one.actor, Role: one.role, Act: one.act, Outcome: outcomeDone, Detail: data,
			})
		}
		if err != nil || first != nil {
			s.tallies.giveBack(one, n)
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// hidden is the keyed hash of a text that the journal must not have.
func (s *Service) hidden(purpose, text string) string {
	if text == "" {
		return ""
	}
	sum := s.secret.hash(purpose, []byte(text))
	return hex.EncodeToString(sum[:16])
}
