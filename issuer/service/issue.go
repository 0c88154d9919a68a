package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
)

// IssueBody asks for a credential.
type IssueBody struct {
	Record            record.Record `json:"record" doc:"The person and what is known of them; see issuer/record"`
	EvidenceAuthority string        `json:"evidence_authority,omitempty" maxLength:"128" doc:"Who has the evidence of an adverse status (依据单位); needed for one"`
	Proposal          string        `json:"proposal,omitempty" pattern:"^[0-9a-f]{32}$" doc:"Number of the approved proposal; needed for an adverse status"`
}

// adverse reports whether the record restricts its person.
func (b *IssueBody) adverse() bool {
	return b.Record.Status != nil && b.Record.Status.State != spec.StateGreen
}

// Credential is an issued credential.
type Credential struct {
	Code      string    `json:"code" doc:"Text of the QR symbol"`
	Reference string    `json:"reference" doc:"What it is called from now on: region, list, index" example:"33-7936-734003"`
	KeyID     string    `json:"key_id" doc:"Key that signed it, 8 hex digits"`
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

type issueInput struct {
	Keyed
	Body IssueBody
}

// Keyed is a request that can be repeated.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"128" doc:"A new value for every issue, 1 to 128 printable characters, kept when the request is sent again. The same key with another content is refused."`
}

type credentialOutput struct {
	Repeated string `header:"Idempotent-Replayed" doc:"true, where the request was answered before"`
	Body     Credential
}

// issuing is one issue on its way: what names it, and how it is drafted now and
// built again later.
type issuing struct {
	key    registry.RequestKey
	asked  registry.RequestKey // of the caller's Idempotency-Key; key is another under a proposal
	digest [32]byte
	act    access.Act
	draft  func(at time.Time) (*issuer.Draft, error)
	again  func(issuer.Signed) (issuer.Issued, error)
	// before is done once the draft stands and nothing is issued yet, and noted
	// writes the act down by its reference and then does it; both nil for what
	// stands in the journal as a sum.
	before func() error
	noted  func(reference string, do func(context.Context) error) error
}

// issue is POST /v1/credentials.
func (s *Service) issue(ctx context.Context, in *issueInput) (*credentialOutput, error) {
	one, err := s.issuingOf(ctx, "issue", in.Key, &in.Body, in.Body, ProposedAct{Act: actIssue, Issue: &in.Body})
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	issued, repeated, err := s.run(ctx, one)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return answer(issued, repeated), nil
}

// issuingOf is the issue of a record: plain under its Idempotency-Key, or adverse
// under its proposal, which is good for one credential.
func (s *Service) issuingOf(ctx context.Context, kind, key string, body *IssueBody, content any, proposed ProposedAct) (*issuing, error) {
	asked := requestOf(ctx)
	one := &issuing{
		act:   access.Issue,
		draft: func(at time.Time) (*issuer.Draft, error) { return s.issuer().Draft(&body.Record, at) },
		again: func(signed issuer.Signed) (issuer.Issued, error) { return s.issuer().Again(&body.Record, signed) },
	}
	if kind != "issue" {
		one.act = access.Reissue
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	var err error
	if one.digest, err = s.secret.digest(kind, content); err != nil {
		return nil, err
	}
	one.key = s.secret.requestKey(asked.caller.Name, key)
	one.asked = one.key
	if !body.adverse() {
		if !asked.caller.Roles.May(one.act) {
			return nil, refusal("forbidden")
		}
		return one, nil
	}
	one.act = access.Adverse
	if !asked.caller.Roles.May(access.Adverse) {
		return nil, refusal("forbidden")
	}
	if !record.HasWord(body.EvidenceAuthority) {
		return nil, refusal("adverse_authority")
	}
	approved, err := s.approved(ctx, body.Proposal, proposed)
	if err != nil {
		return nil, err
	}
	one.key = s.secret.proposalKey(approved.ID)
	one.before = func() error { return s.use(ctx, approved) }
	status := body.Record.Status
	d := detail{
		Proposal: hex.EncodeToString(approved.ID[:]), EvidenceAuthority: body.EvidenceAuthority,
		Evidence: s.hidden("evidence", status.Evidence), State: status.State, Rule: status.Rule,
	}
	one.noted = func(reference string, do func(context.Context) error) error {
		return s.done(ctx, access.Adverse, reference, d, do)
	}
	return one, nil
}

// checkKey holds an Idempotency-Key to being there and printable.
func checkKey(key string) error {
	if key == "" {
		return refusal("idempotency_key_missing")
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return refusal("idempotency_key_missing")
		}
	}
	return nil
}

// run answers a request: with what was answered before, or by issuing.
func (s *Service) run(ctx context.Context, one *issuing) (issued issuer.Issued, repeated bool, err error) {
	end, err := s.flights.begin(ctx, one.key)
	if err != nil {
		return issuer.Issued{}, false, err
	}
	defer end()
	earlier, err := s.options.Registry.Answer(ctx, one.key)
	if err == nil {
		issued, err = s.repeat(ctx, one, earlier)
		return issued, true, err
	}
	if !errors.Is(err, registry.ErrNotFound) {
		return issuer.Issued{}, false, err
	}
	issued, err = s.sign(ctx, one)
	if errors.Is(err, registry.ErrRequestUsed) { // another process was first, or it is long ago
		if earlier, err = s.options.Registry.Answer(ctx, one.key); errors.Is(err, registry.ErrNotFound) {
			return issuer.Issued{}, false, refusal("answer_forgotten")
		} else if err != nil {
			return issuer.Issued{}, false, err
		}
		issued, err = s.repeat(ctx, one, earlier)
		return issued, true, err
	}
	if err != nil {
		return issuer.Issued{}, false, err
	}
	s.metrics.issued.WithLabelValues(string(one.act)).Inc()
	if one.noted == nil {
		s.tallies.add(requestOf(ctx).caller, one.act)
	}
	return issued, false, nil
}

// sign issues: draft, reference, what the journal has to say, signature, commit.
func (s *Service) sign(ctx context.Context, one *issuing) (issuer.Issued, error) {
	draft, err := one.draft(requestOf(ctx).at)
	if err == nil {
		err = s.unused(ctx, one)
	}
	if err != nil {
		return issuer.Issued{}, err
	}
	if one.before != nil {
		if err := one.before(); err != nil {
			return issuer.Issued{}, err
		}
	}
	pool := registry.Pool{Region: s.region, Month: uint16(format.ListMonth(draft.Expires()))}
	reference, err := s.leaser.take(ctx, pool)
	if err != nil {
		return issuer.Issued{}, err
	}
	if one.noted == nil {
		return s.signAs(ctx, one, draft, reference)
	}
	var issued issuer.Issued
	err = one.noted(referenceText(reference), func(ctx context.Context) error {
		issued, err = s.signAs(ctx, one, draft, reference)
		return err
	})
	return issued, err
}

// signAs signs a draft under its reference, and commits.
func (s *Service) signAs(ctx context.Context, one *issuing, draft *issuer.Draft, reference registry.Reference) (issuer.Issued, error) {
	issued, err := s.issuer().Sign(draft, format.Ref{List: reference.List, Index: reference.Index})
	if err != nil {
		return issuer.Issued{}, err
	}
	entry := registry.Entry{
		Reference: reference, KeyID: issued.KeyID, Hash: sha256.Sum256(issued.Data),
		IssuedAt: issued.IssuedAt, ExpiresAt: issued.ExpiresAt, State: registry.Issued, Request: one.key,
	}
	kept := registry.Answer{
		Request: one.key, Digest: one.digest, Reference: reference, KeyID: issued.KeyID,
		IssuedAt: issued.IssuedAt, ExpiresAt: issued.ExpiresAt,
	}
	message, err := cose.ParseSign1(issued.Data)
	if err != nil {
		return issuer.Issued{}, err
	}
	copy(kept.Signature[:], message.Signature())
	if err := s.committer.commit(ctx, entry, kept); err != nil {
		return issuer.Issued{}, err
	}
	return issued, nil
}

// repeat builds what was answered again.
func (s *Service) repeat(ctx context.Context, one *issuing, earlier registry.Answer) (issuer.Issued, error) {
	if earlier.Digest != one.digest {
		return issuer.Issued{}, refusal("idempotency_key_used")
	}
	entry, err := s.options.Registry.Lookup(ctx, earlier.Reference)
	if err != nil {
		return issuer.Issued{}, err
	}
	s.metrics.repeated.Inc()
	return one.again(issuer.Signed{
		Ref:   format.Ref{List: earlier.Reference.List, Index: earlier.Reference.Index},
		KeyID: earlier.KeyID, IssuedAt: earlier.IssuedAt, ExpiresAt: earlier.ExpiresAt,
		Signature: earlier.Signature, Hash: entry.Hash,
	})
}

// answer is the body for an issued credential.
func answer(issued issuer.Issued, repeated bool) *credentialOutput {
	out := &credentialOutput{Body: Credential{
		Code:      transport.Encode(issued.Data),
		KeyID:     hex.EncodeToString(issued.KeyID[:]),
		IssuedAt:  time.Unix(issued.IssuedAt, 0).In(format.ChinaTime),
		ExpiresAt: time.Unix(issued.ExpiresAt, 0).In(format.ChinaTime),
	}}
	if message, err := format.Parse(issued.Data); err == nil {
		out.Body.Reference = format.ReferenceText(message.UnverifiedCredential().Issuer, issued.Ref)
	}
	if repeated {
		out.Repeated = "true"
	}
	return out
}
