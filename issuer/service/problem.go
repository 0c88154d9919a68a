package service

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/keys/remote"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/witness"
	"github.com/tongxing/tongxing/spec"
)

// Problem is a refusal as RFC 9457 has it. It names fields and repeats of what
// stood in them nothing but the numbers of a state and its rule, which are the nation's.
type Problem struct {
	Type     string  `json:"type" doc:"urn:tongxing:problem: and a name of problems.csv"`
	Title    string  `json:"title" doc:"What is wrong, in the language of Accept-Language (zh or en)"`
	Status   int     `json:"status" doc:"HTTP status"`
	Next     string  `json:"next" doc:"What to do; where a person goes without a code, another way in"`
	Instance string  `json:"instance,omitempty" doc:"Number of the request, for the operator"`
	Reason   uint16  `json:"reason,omitempty" doc:"Number of spec/reasons.csv, where a code was not verified"`
	Detail   string  `json:"detail,omitempty" doc:"The words of that reason"`
	Errors   []Fault `json:"errors,omitempty" doc:"Fields that do not fit"`
	Rule     *Rule   `json:"rule,omitempty" doc:"Why the rule of an adverse status does not cover it (rule_not_published)"`
}

// Rule is a rule for states (赋码规则) that does not cover an adverse status.
type Rule struct {
	Number    uint16   `json:"number" doc:"Of the rule in the request"`
	State     uint16   `json:"state" doc:"Number of states.csv"`
	Fault     string   `json:"fault" enum:"unknown,other_state,not_yet,ended,run_out" doc:"No such rule; not for this state; not yet, or no longer, in force at determination and now; determined longer ago than it lasts"`
	Policy    string   `json:"policy,omitempty" doc:"Version of the policy that was asked; absent where the bundle has none"`
	Published []uint16 `json:"published" nullable:"false" doc:"Rules for this state that are in force now"`
}

func ruleOf(err error) *Rule {
	var e *issuer.RuleError
	if !errors.As(err, &e) {
		return nil
	}
	rule := &Rule{Number: e.Rule, State: e.State, Fault: string(e.Fault), Published: append([]uint16{}, e.Published...)}
	if !e.Policy.IsZero() {
		rule.Policy = e.Policy.String()
	}
	return rule
}

// Fault is a field that does not fit.
type Fault struct {
	Location string `json:"location" doc:"Path of the field: body.record.status"`
	Message  string `json:"message" doc:"What was expected of it"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Type }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// refusalError is a problem that has no language yet.
type refusalError struct {
	name   string
	reason spec.Reason
	faults []Fault
	err    error // may be nil
}

func (e *refusalError) Error() string {
	if e.err != nil {
		return e.name + ": " + e.err.Error()
	}
	return e.name
}

func (e *refusalError) Unwrap() error { return e.err }

// refusal is the error of a name of problems.csv.
func refusal(name string) error { return &refusalError{name: name} }

func refusalFor(err error, name string) error { return &refusalError{name: name, err: err} }

// SourceError reports a code that is not verified and cannot be converted, or that
// is of another region than it says.
type SourceError struct{ Reason spec.Reason }

// Error implements error.
func (e *SourceError) Error() string { return "service: the code is not verified: " + e.Reason.Name() }

// known are the errors of other packages that have a problem of their own. The
// first that matches is taken.
var known = []struct {
	target error
	name   string
}{
	{access.ErrNoCredentials, "unauthenticated"},
	{access.ErrKeysUnavailable, "keys_unavailable"},
	{access.ErrRefused, "unauthenticated"},
	{registry.ErrFull, "registry_full"},
	{registry.ErrSameHand, "same_hand"},
	{registry.ErrSameAuthority, "same_authority"},
	{registry.ErrOrderUsed, "idempotency_key_used"},
	{registry.ErrProposalUsed, "proposal_used"},
	{registry.ErrProposalOver, "proposal_over"},
	{registry.ErrNotApproved, "proposal_not_approved"},
	{registry.ErrQuota, "quota"},
	{registry.ErrNotFound, "reference_unknown"},
	{issuer.ErrNotTheSame, "answer_forgotten"},
	{witness.ErrOlder, "registry_unavailable"},
	{registry.ErrStorageFull, "unavailable"},
	{registry.ErrUnavailable, "unavailable"},
	{registry.ErrBusy, "unavailable"},
	{context.Canceled, "unavailable"},
	{context.DeadlineExceeded, "unavailable"},
}

// problemOf gives an error its problem.
func problemOf(err error) *refusalError {
	var own *refusalError
	if errors.As(err, &own) {
		return own
	}
	var refused *issuer.RefusalError
	if errors.As(err, &refused) {
		e := &refusalError{name: string(refused.Refusal), err: err}
		if refused.Field != "" {
			e.faults = []Fault{{Location: "body.record." + refused.Field, Message: faultOf(refused)}}
		}
		return e
	}
	var source *SourceError
	var stopped *issuer.KeyStoppedError
	var transition *registry.TransitionError
	var away *remote.UnavailableError // the signer, until it is started again
	var device *remote.RefusedError   // the signer answers, and what it signs with does not
	switch {
	case errors.As(err, &source):
		return &refusalError{name: "conversion_unverified", reason: source.Reason, err: err}
	case errors.As(err, &stopped):
		return &refusalError{name: "key_stopped", err: err}
	case errors.As(err, &away), errors.As(err, &device):
		return &refusalError{name: "signer_unavailable", err: err}
	case errors.As(err, &transition):
		return &refusalError{name: "transition", err: err}
	}
	for _, k := range known {
		if errors.Is(err, k.target) {
			return &refusalError{name: k.name, err: err}
		}
	}
	return &refusalError{name: "internal", err: err}
}

// faultOf says what is wrong with the field of a refusal: in the words of package
// record where it is that which found it, since they repeat nothing of the person.
func faultOf(refused *issuer.RefusalError) string {
	var field *record.FieldError
	if refused.Refusal == issuer.RefusedRecord && errors.As(refused.Err, &field) {
		return field.Problem
	}
	return refused.Problem
}

// told is the problem in the language of a request.
func (e *refusalError) told(ctx context.Context) *Problem {
	row, ok := spec.ProblemByName(e.name)
	if !ok {
		row, _ = spec.ProblemByName("internal")
	}
	asked := requestOf(ctx)
	p := &Problem{
		Type: spec.ProblemType + row.Name, Title: row.Title.In(asked.lang), Status: row.Status,
		Next: row.Next.In(asked.lang), Instance: asked.id, Errors: e.faults, Rule: ruleOf(e.err),
	}
	if e.reason != 0 {
		p.Reason, p.Detail = uint16(e.reason), e.reason.Text(asked.lang)
	}
	asked.problem = row.Name
	return p
}

// tell turns the error of an operation into what is answered.
func (s *Service) tell(ctx context.Context, err error) error {
	e := problemOf(err)
	var stopped *issuer.KeyStoppedError
	if errors.As(err, &stopped) {
		s.options.Logger.ErrorContext(ctx, "key stopped", "request", requestOf(ctx).id, "key", stopped.Key.String(), "second", stopped.Second)
	}
	if e.name == "internal" {
		s.options.Logger.ErrorContext(ctx, "fault", "request", requestOf(ctx).id, "error", e.Error())
	}
	return e.told(ctx)
}

// byStatus are the problems of what the framework itself refuses.
var byStatus = map[int]string{
	http.StatusBadRequest: "malformed", http.StatusUnprocessableEntity: "invalid", http.StatusNotFound: "not_found",
	http.StatusMethodNotAllowed: "method_not_allowed", http.StatusRequestEntityTooLarge: "too_large",
	http.StatusUnsupportedMediaType: "media_type", http.StatusNotAcceptable: "not_acceptable", http.StatusRequestTimeout: "malformed",
}

// frameworkProblem is what huma calls for its own refusals. The values that it
// would repeat are a person's and are left out.
func frameworkProblem(c huma.Context, status int, _ string, errs ...error) huma.StatusError {
	name, ok := byStatus[status]
	if !ok {
		name = "internal"
	}
	e := &refusalError{name: name}
	for _, err := range errs {
		var detailer huma.ErrorDetailer
		if !errors.As(err, &detailer) {
			continue
		}
		detail := detailer.ErrorDetail()
		e.faults = append(e.faults, Fault{Location: detail.Location, Message: detail.Message})
	}
	ctx := context.Background()
	if c != nil {
		ctx = c.Context()
	}
	return e.told(ctx)
}
