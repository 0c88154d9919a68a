package service

import (
	"context"
	"errors"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/spec"
)

// Person is who presents a document.
type Person struct {
	Name           string `json:"name" minLength:"1" maxLength:"256"`
	DocumentType   string `json:"document_type" pattern:"^[0-9]{2}$" doc:"Number of document_types.csv"`
	DocumentNumber string `json:"document_number" minLength:"1" maxLength:"64"`
}

// record is the person without any claim.
func (p Person) record() *record.Record {
	return &record.Record{Name: p.Name, DocumentType: p.DocumentType, DocumentNumber: p.DocumentNumber}
}

// Checker verifies codes of any region offline. The issuer's packages know nothing
// of the verifier's: who wires the two together implements it.
type Checker interface {
	// Check returns the credential of a code that is believed and matches the
	// document of the person, and the key that signed it. The error is a
	// *SourceError with the reason of the verdict.
	Check(code string, at time.Time, person Person) (issuer.Source, error)
	// TooOld reports whether what it verifies by is too old, at a time, for any
	// code: nothing can be converted or printed then.
	TooOld(at time.Time) bool
}

// ConvertBody asks for a conversion (转码).
type ConvertBody struct {
	Code   string `json:"code" maxLength:"7089" doc:"Text of the code that the person brings"`
	Person Person `json:"person" doc:"Who is there, by the document that is shown"`
}

type convertInput struct {
	Keyed
	Body ConvertBody
}

// convert is POST /v1/conversions. Of the source nothing is kept: the credential
// says its region and key, and the two regions do not hear of each other.
func (s *Service) convert(ctx context.Context, in *convertInput) (*credentialOutput, error) {
	out, err := s.converted(ctx, in)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return out, nil
}

func (s *Service) converted(ctx context.Context, in *convertInput) (*credentialOutput, error) {
	if err := checkKey(in.Key); err != nil {
		return nil, err
	}
	asked := requestOf(ctx)
	digest, err := s.secret.digest("convert", in.Body)
	if err != nil {
		return nil, err
	}
	person := in.Body.Person.record()
	key := s.secret.requestKey(asked.caller.Name, in.Key)
	issued, repeated, err := s.run(ctx, &issuing{
		key: key, asked: key, digest: digest, act: access.Convert,
		draft: func(at time.Time) (*issuer.Draft, error) {
			from, err := s.options.Checker.Check(in.Body.Code, at, in.Body.Person)
			if err != nil {
				return nil, err
			}
			return s.issuer().DraftConversion(person, from, at)
		},
		again: func(signed issuer.Signed) (issuer.Issued, error) {
			from, err := sourceOnce(in.Body.Code)
			if err != nil {
				return issuer.Issued{}, err
			}
			return s.issuer().ConvertedAgain(person, from, signed)
		},
	})
	if err != nil {
		return nil, err
	}
	return answer(issued, repeated), nil
}

// sourceOnce reads a code that was verified when it was converted. It is not verified
// again, for a key may have been compromised since (ISSUER-31): the keyed hash of the
// request says that it is the same code, and the hash in the registry that it makes
// the same credential.
func sourceOnce(code string) (issuer.Source, error) {
	data, err := transport.Decode(code)
	if err != nil {
		return issuer.Source{}, &SourceError{Reason: spec.ReasonDamagedText}
	}
	parsed, err := format.Parse(data)
	if err != nil {
		return issuer.Source{}, &SourceError{Reason: spec.ReasonClaims}
	}
	return issuer.Source{Credential: parsed.UnverifiedCredential(), KeyID: parsed.KeyID()}, nil
}

// ReissueBody asks for a credential that takes the place of one that its holder
// brings.
type ReissueBody struct {
	Old string `json:"old" maxLength:"7089" doc:"Text of the code that is replaced"`
	IssueBody
	Reason uint16 `json:"reason" doc:"Number of revocation_reasons.csv that allows to supersede"`
}

type reissueInput struct {
	Keyed
	Body ReissueBody
}

// reissue is POST /v1/replacements. The new credential is issued first: who dies
// between the two has two codes until the request is repeated, and never none.
func (s *Service) reissue(ctx context.Context, in *reissueInput) (*credentialOutput, error) {
	out, err := s.reissued(ctx, in)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return out, nil
}

func (s *Service) reissued(ctx context.Context, in *reissueInput) (*credentialOutput, error) {
	old, reason, err := s.replaced(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	one, err := s.issuingOf(ctx, "reissue", in.Key, &in.Body.IssueBody, in.Body, ProposedAct{Act: actReissue, Reissue: &in.Body})
	if err != nil {
		return nil, err
	}
	fresh := one.draft
	one.draft = func(at time.Time) (*issuer.Draft, error) {
		draft, err := fresh(at)
		if err != nil {
			return nil, err
		}
		return draft, s.replaceable(ctx, draft, old, reason)
	}
	// Of several at once one replaces: the others find it replaced before they issue.
	end, err := s.flights.begin(ctx, s.secret.replacedKey(old.reference))
	if err != nil {
		return nil, err
	}
	defer end()
	issued, repeated, err := s.run(ctx, one)
	if err != nil {
		return nil, err
	}
	err = s.supersede(ctx, one, old.reference, issued.Ref, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return answer(issued, repeated), nil
}

// replaced is the code that is replaced, and why.
func (s *Service) replaced(ctx context.Context, body *ReissueBody) (ownCode, spec.RevocationReason, error) {
	reason, known := spec.RevocationReasonByNumber(body.Reason)
	if !known || !reason.Allows(registry.Supersede.String()) {
		return ownCode{}, spec.RevocationReason{}, refusal("reason")
	}
	old, err := s.ownCode(ctx, body.Old, "old_code")
	return old, reason, err
}

// ownCode is a code of this region, as its registry has it.
type ownCode struct {
	credential *format.Credential
	reference  registry.Reference
}

// ownCode reads a code that is said to be ours, and refuses another with the named
// problem. That the registry has the hash of its bytes, or of its twin, which every
// gate accepts too, says more than its signature would.
func (s *Service) ownCode(ctx context.Context, text, problem string) (ownCode, error) {
	data, err := transport.Decode(text)
	if err != nil {
		return ownCode{}, refusalFor(err, problem)
	}
	parsed, err := format.Parse(data)
	if err != nil {
		return ownCode{}, refusalFor(err, problem)
	}
	c := parsed.UnverifiedCredential()
	if c.Issuer != s.issuer().Region() {
		return ownCode{}, refusal(problem)
	}
	reference := registry.Reference{Region: s.region, List: c.Ref.List, Index: c.Ref.Index}
	entry, err := s.options.Registry.Lookup(ctx, reference)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return ownCode{}, refusal(problem)
	case err != nil:
		return ownCode{}, err
	case !revocation.IsCredential(data, entry.Hash):
		return ownCode{}, refusal(problem)
	}
	return ownCode{c, reference}, nil
}

// reasonLost is the reason for which a code that says the same takes the place of
// one: its paper is lost (挂失).
const reasonLost = "lost"

// replaceable refuses to replace a code by another person's, by one that says the
// same unless it was lost, and one that is suspended: a suspension would end at any
// desk.
func (s *Service) replaceable(ctx context.Context, draft *issuer.Draft, old ownCode, reason spec.RevocationReason) error {
	if !draft.SameHolder(old.credential) {
		return refusal("holder")
	}
	state, _, err := s.options.Registry.State(ctx, old.reference)
	switch {
	case err != nil:
		return err
	case state == status.Suspended:
		return refusal("suspended")
	case state != status.Active:
		return refusal("transition")
	case draft.SameClaims(old.credential) && reason.Name != reasonLost:
		return refusal("same_claims")
	}
	return nil
}

// supersede records what took the old code's place. It is the same order however
// often the request is repeated.
func (s *Service) supersede(ctx context.Context, one *issuing, old registry.Reference, next format.Ref, reason uint16) error {
	order := registry.Order{
		Key: s.secret.orderKey(one.key), Action: registry.Supersede, Reason: reason, At: requestOf(ctx).at.Unix(),
		References: []registry.Reference{old},
		Successors: []registry.Reference{{Region: s.region, List: next.List, Index: next.Index}},
	}
	expected, err := s.options.Registry.Preview(ctx, order)
	if err != nil || expected.Repeated {
		return err
	}
	d := detail{Reason: reason, Successor: referenceText(order.Successors[0])}
	return s.done(ctx, access.Reissue, referenceText(old), d, func(ctx context.Context) error {
		_, err := s.options.Registry.Record(ctx, order)
		return err
	})
}
