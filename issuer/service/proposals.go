package service

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
)

// What can be proposed. revoke and suspend are named as the actions are.
const (
	actIssue   = "issue"
	actReissue = "reissue"
	actJob     = "job"
)

// ProposedAct is everything that a second person agrees to: the content of a
// proposal and, so that who approves has seen it, of an approval. The registry keeps
// a keyed hash of it.
type ProposedAct struct {
	Act     string       `json:"act" enum:"issue,reissue,revoke,suspend,job"`
	Issue   *IssueBody   `json:"issue,omitempty" doc:"For issue: the request, without proposal"`
	Reissue *ReissueBody `json:"reissue,omitempty" doc:"For reissue: the request, without proposal"`
	Order   *OrderBody   `json:"order,omitempty" doc:"For revoke and suspend: the request, without proposal"`
	Job     *JobBody     `json:"job,omitempty" doc:"For job: what job plan prints"`
}

// JobBody is bulk work, as the command that plans it names it.
type JobBody struct {
	Name    string `json:"name" pattern:"^[0-9A-Za-z._:-]{1,64}$"`
	Digest  string `json:"digest" pattern:"^[0-9a-f]{64}$" doc:"Keyed hash over everything that decides what the job issues"`
	Records uint64 `json:"records"`
	Adverse int    `json:"adverse" minimum:"0" doc:"Records with an adverse status"`
}

// check holds the content to being of its act, and returns it without the number
// of a proposal, how many changes it makes that restrict somebody, and the role
// that has to ask for it.
func (p ProposedAct) check() (ProposedAct, int, access.Act, error) {
	given := 0
	for _, there := range []bool{p.Issue != nil, p.Reissue != nil, p.Order != nil, p.Job != nil} {
		if there {
			given++
		}
	}
	_, isOrder := orderActs[p.Act]
	switch {
	case given != 1:
	case p.Act == actIssue && p.Issue != nil:
		body := *p.Issue
		body.Proposal = ""
		return ProposedAct{Act: p.Act, Issue: &body}, 1, access.Adverse, nil
	case p.Act == actReissue && p.Reissue != nil:
		body := *p.Reissue
		body.Proposal = ""
		return ProposedAct{Act: p.Act, Reissue: &body}, 1, access.Adverse, nil
	case isOrder && p.Order != nil && p.Order.Action == p.Act:
		body := *p.Order
		body.Proposal = ""
		return ProposedAct{Act: p.Act, Order: &body}, len(body.References), orderActs[p.Act].act, nil
	case p.Act == actJob && p.Job != nil:
		return p, p.Job.Adverse, access.Job, nil
	}
	return ProposedAct{}, 0, "", &refusalError{name: "invalid", faults: []Fault{{Location: "body.act", Message: "the content is not that of the act"}}}
}

// JobDigest returns the digest that a proposal of bulk work has under a service's
// secret: who plans a job holds the proposal to it.
func JobDigest(key [32]byte, job JobBody) ([32]byte, error) {
	return secret{key}.digest("proposal", ProposedAct{Act: actJob, Job: &job})
}

// Proposal is a proposal as it stands.
type Proposal struct {
	ID         string     `json:"id"`
	Act        string     `json:"act"`
	Requester  string     `json:"requester"`
	Authority  string     `json:"authority" doc:"Of the requester"`
	Adverse    int        `json:"adverse" doc:"Changes that restrict somebody"`
	ProposedAt time.Time  `json:"proposed_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	Approvals  []Approval `json:"approvals"`
	UsedAt     *time.Time `json:"used_at,omitempty"`
}

// Approval is somebody's agreement.
type Approval struct {
	Approver  string    `json:"approver"`
	Authority string    `json:"authority"`
	At        time.Time `json:"at"`
}

type proposalOutput struct{ Body Proposal }

func viewProposal(p registry.Proposal) *proposalOutput {
	when := func(at int64) time.Time { return time.Unix(at, 0).In(format.ChinaTime) }
	out := &proposalOutput{Proposal{
		ID: hex.EncodeToString(p.ID[:]), Act: p.Act, Requester: p.Requester, Authority: p.RequesterAuthority, Adverse: p.Adverse,
		ProposedAt: when(p.ProposedAt), ExpiresAt: when(p.ExpiresAt), Approvals: []Approval{},
	}}
	for _, a := range p.Approvals {
		out.Body.Approvals = append(out.Body.Approvals, Approval{a.Approver, a.Authority, when(a.At)})
	}
	if p.UsedAt != 0 {
		used := when(p.UsedAt)
		out.Body.UsedAt = &used
	}
	return out
}

type proposeInput struct{ Body ProposedAct }

// propose is POST /v1/proposals.
func (s *Service) propose(ctx context.Context, in *proposeInput) (*proposalOutput, error) {
	p, err := s.proposed(ctx, in.Body)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return viewProposal(p), nil
}

func (s *Service) proposed(ctx context.Context, content ProposedAct) (registry.Proposal, error) {
	asked := requestOf(ctx)
	content, adverse, act, err := content.check()
	if err != nil {
		return registry.Proposal{}, err
	}
	if !asked.caller.Roles.May(act) {
		return registry.Proposal{}, refusal("forbidden")
	}
	if err := s.approvable(ctx, content, asked.at); err != nil {
		return registry.Proposal{}, err
	}
	digest, err := s.secret.digest("proposal", content)
	if err != nil {
		return registry.Proposal{}, err
	}
	proposal := registry.Proposal{
		Digest: digest, Act: content.Act, Region: s.region, Adverse: adverse,
		Requester: asked.caller.Name, RequesterAuthority: asked.caller.Authority,
		ProposedAt: asked.at.Unix(), ExpiresAt: asked.at.Add(s.options.Limits.Proposals).Unix(),
	}
	if _, err := rand.Read(proposal.ID[:]); err != nil {
		return registry.Proposal{}, fmt.Errorf("service: %w", err)
	}
	p, err := s.options.Registry.Propose(ctx, proposal)
	if err != nil {
		return registry.Proposal{}, err
	}
	return p, s.journal(ctx, access.Propose, hex.EncodeToString(p.ID[:]), outcomeDone,
		detail{Act: p.Act, Count: p.Adverse, Content: hex.EncodeToString(digest[:16])})
}

// approvable refuses what no approval makes right, so that nobody approves it in vain.
func (s *Service) approvable(ctx context.Context, content ProposedAct, at time.Time) error {
	var body *IssueBody
	switch {
	case content.Order != nil:
		_, err := s.orderOf(content.Order, at)
		return err
	case content.Issue != nil:
		body = content.Issue
	case content.Reissue != nil:
		if _, _, err := s.replaced(ctx, content.Reissue); err != nil {
			return err
		}
		body = &content.Reissue.IssueBody
	default:
		return nil
	}
	if body.adverse() && !record.HasWord(body.EvidenceAuthority) {
		return refusal("adverse_authority")
	}
	_, err := s.issuer().Draft(&body.Record, at)
	var refused *issuer.RefusalError
	if !errors.As(err, &refused) || refused.Refusal == issuer.RefusedNoKey || refused.Refusal == issuer.RefusedFuture {
		return nil // nothing is issued now, and by then there may be a key, and it may be time
	}
	return err
}

// covered refuses an adverse status that no published rule covers any more.
func (s *Service) covered(content ProposedAct, at time.Time) error {
	body := content.Issue
	if content.Reissue != nil {
		body = &content.Reissue.IssueBody
	}
	if body == nil {
		return nil
	}
	_, err := s.issuer().Draft(&body.Record, at)
	var refused *issuer.RefusalError
	if errors.As(err, &refused) && refused.Refusal == issuer.RefusedRuleNotPublished {
		return err
	}
	return nil
}

type approveInput struct {
	ID   string `path:"id" pattern:"^[0-9a-f]{32}$"`
	Body ProposedAct
}

// approve is POST /v1/proposals/{id}/approval.
func (s *Service) approve(ctx context.Context, in *approveInput) (*proposalOutput, error) {
	p, err := s.approval(ctx, in)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return viewProposal(p), nil
}

func (s *Service) approval(ctx context.Context, in *approveInput) (registry.Proposal, error) {
	asked := requestOf(ctx)
	content, _, _, err := in.Body.check()
	if err != nil {
		return registry.Proposal{}, err
	}
	p, err := s.proposal(ctx, in.ID)
	if err != nil {
		return registry.Proposal{}, err
	}
	digest, err := s.secret.digest("proposal", content)
	if err != nil {
		return registry.Proposal{}, err
	}
	if digest != p.Digest {
		return registry.Proposal{}, refusal("proposal_other")
	}
	if err := s.covered(content, asked.at); err != nil { // the policy may have changed, and a rule run out
		return registry.Proposal{}, err
	}
	d := detail{Act: p.Act, Content: hex.EncodeToString(digest[:16])}
	err = s.done(ctx, access.Approve, in.ID, d, func(ctx context.Context) error {
		p, err = s.options.Registry.Approve(ctx, p.ID, registry.Approval{
			Approver: asked.caller.Name, Authority: asked.caller.Authority, At: asked.at.Unix(),
		})
		return err
	})
	return p, err
}

type proposalInput struct {
	ID string `path:"id" pattern:"^[0-9a-f]{32}$"`
}

// showProposal is GET /v1/proposals/{id}.
func (s *Service) showProposal(ctx context.Context, in *proposalInput) (*proposalOutput, error) {
	p, err := s.proposal(ctx, in.ID)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return viewProposal(p), nil
}

// proposal finds a proposal by its number.
func (s *Service) proposal(ctx context.Context, id string) (registry.Proposal, error) {
	data, err := hex.DecodeString(id)
	if err != nil || len(data) != len(registry.ProposalID{}) || bytes.Equal(data, make([]byte, len(data))) {
		return registry.Proposal{}, refusal("proposal_unknown")
	}
	p, err := s.options.Registry.Proposal(ctx, registry.ProposalID(data))
	if errors.Is(err, registry.ErrNotFound) {
		return registry.Proposal{}, refusalFor(err, "proposal_unknown")
	}
	return p, err
}

// approved finds the proposal that a request names and holds the request to it:
// its content, its act and who asked. Whether it is approved is found out when it
// is used.
func (s *Service) approved(ctx context.Context, id string, content ProposedAct) (registry.Proposal, error) {
	if id == "" {
		return registry.Proposal{}, refusal("proposal_needed")
	}
	content, _, _, err := content.check()
	if err != nil {
		return registry.Proposal{}, err
	}
	p, err := s.proposal(ctx, id)
	if err != nil {
		return registry.Proposal{}, err
	}
	digest, err := s.secret.digest("proposal", content)
	if err != nil {
		return registry.Proposal{}, err
	}
	if digest != p.Digest || p.Act != content.Act || p.Requester != requestOf(ctx).caller.Name {
		return registry.Proposal{}, refusal("proposal_other")
	}
	return p, nil
}

// use marks a proposal used. One that is used already was used by this request
// before the process died: what it is for happens only once, by its key, and not
// after the proposal is over.
func (s *Service) use(ctx context.Context, p registry.Proposal) error {
	at := requestOf(ctx).at.Unix()
	_, err := s.options.Registry.Use(ctx, p.ID, at, s.options.Limits.Quota)
	if errors.Is(err, registry.ErrProposalUsed) && at < p.ExpiresAt {
		return nil
	}
	return err
}
