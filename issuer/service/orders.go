package service

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
)

// maxReferences bounds the credentials of one order; longer files are for
// `tongxing revoke`.
const maxReferences = 1000

// OrderBody asks for one act on credentials, by reference and by nothing else.
type OrderBody struct {
	Action     string   `json:"action" enum:"revoke,suspend,resume"`
	References []string `json:"references" nullable:"false" minItems:"1" maxItems:"1000" uniqueItems:"true"`
	Reason     uint16   `json:"reason" doc:"Number of revocation_reasons.csv that allows the action"`
	Proposal   string   `json:"proposal,omitempty" pattern:"^[0-9a-f]{32}$" doc:"Number of the approved proposal; needed to revoke and to suspend"`
}

type orderInput struct {
	Keyed
	Body OrderBody
}

// OrderAnswer says what an order did.
type OrderAnswer struct {
	Changed  int  `json:"changed" doc:"Credentials that it changed"`
	Already  int  `json:"already" doc:"Credentials that were so before"`
	Repeated bool `json:"repeated" doc:"The order was recorded before, and nothing was done now"`
}

type orderOutput struct{ Body OrderAnswer }

// orderActs are the actions with the act that a role needs, and whether a second
// person has to agree. To lift a suspension harms nobody by itself, and its delay
// does.
var orderActs = map[string]struct {
	action registry.Action
	act    access.Act
	second bool
}{
	"revoke":  {registry.Revoke, access.Revoke, true},
	"suspend": {registry.Suspend, access.Suspend, true},
	"resume":  {registry.Resume, access.Resume, false},
}

// order is POST /v1/orders.
func (s *Service) order(ctx context.Context, in *orderInput) (*orderOutput, error) {
	receipt, err := s.ordered(ctx, in)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return &orderOutput{OrderAnswer{receipt.Changed, receipt.Already, receipt.Repeated}}, nil
}

func (s *Service) ordered(ctx context.Context, in *orderInput) (registry.OrderReceipt, error) {
	asked, kind := requestOf(ctx), orderActs[in.Body.Action]
	if !asked.caller.Roles.May(kind.act) {
		return registry.OrderReceipt{}, refusal("forbidden")
	}
	if err := checkKey(in.Key); err != nil {
		return registry.OrderReceipt{}, err
	}
	order, err := s.orderOf(&in.Body, asked.at)
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	key := s.secret.requestKey(asked.caller.Name, in.Key)
	if err := s.unanswered(ctx, key); err != nil {
		return registry.OrderReceipt{}, err
	}
	order.Key = s.secret.orderKey(key)
	d := detail{Reason: order.Reason, Count: len(order.References)}
	var approved registry.Proposal
	if kind.second {
		approved, err = s.approved(ctx, in.Body.Proposal, ProposedAct{Act: in.Body.Action, Order: &in.Body})
		if err != nil {
			return registry.OrderReceipt{}, err
		}
		order.Key = s.secret.orderKey(s.secret.proposalKey(approved.ID))
		d.Proposal = hex.EncodeToString(approved.ID[:])
	}
	end, err := s.flights.begin(ctx, registry.RequestKey(order.Key)) // one of several at once is written down
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	defer end()
	expected, err := s.options.Registry.Preview(ctx, order)
	if err != nil || expected.Repeated {
		return expected, err
	}
	if kind.second {
		if err := s.use(ctx, approved); err != nil {
			return registry.OrderReceipt{}, err
		}
	}
	return s.recordOrder(ctx, kind.act, order, d)
}

// recordOrder writes the order into the journal and records it.
func (s *Service) recordOrder(ctx context.Context, act access.Act, order registry.Order, d detail) (receipt registry.OrderReceipt, err error) {
	digest := order.Digest()
	object := hex.EncodeToString(digest[:])
	if len(order.References) == 1 {
		object = referenceText(order.References[0])
	}
	err = s.done(ctx, act, object, d, func(ctx context.Context) error {
		receipt, err = s.options.Registry.Record(ctx, order)
		return err
	})
	return receipt, err
}

// orderOf reads an order, without its key.
func (s *Service) orderOf(body *OrderBody, at time.Time) (registry.Order, error) {
	kind := orderActs[body.Action]
	reason, known := spec.RevocationReasonByNumber(body.Reason)
	if !known || !reason.Allows(kind.action.String()) {
		return registry.Order{}, refusal("reason")
	}
	order := registry.Order{Action: kind.action, Reason: body.Reason, At: at.Unix()}
	for _, text := range body.References {
		reference, err := s.reference(text)
		if err != nil {
			return registry.Order{}, err
		}
		order.References = append(order.References, reference)
	}
	return order, nil
}

// Standing is what the registry says of a credential.
type Standing struct {
	Reference string     `json:"reference"`
	State     string     `json:"state" enum:"active,suspended,revoked,superseded"`
	KeyID     string     `json:"key_id"`
	IssuedAt  time.Time  `json:"issued_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	Reason    uint16     `json:"reason,omitempty" doc:"Of the newest change"`
	ChangedAt *time.Time `json:"changed_at,omitempty" doc:"Of the newest change"`
	Successor string     `json:"successor,omitempty" doc:"What took its place"`
}

type lookInput struct {
	Reference string `path:"reference" maxLength:"32" example:"33-7936-734003"`
}

type lookOutput struct{ Body Standing }

// look is GET /v1/credentials/{reference}. Whose it is, the registry does not know.
func (s *Service) look(ctx context.Context, in *lookInput) (*lookOutput, error) {
	reference, err := s.reference(in.Reference)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	out := &lookOutput{}
	err = s.done(ctx, access.Look, referenceText(reference), detail{}, func(ctx context.Context) error {
		out.Body, err = s.standing(ctx, reference)
		return err
	})
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return out, nil
}

// standing is what the registry says of a reference.
func (s *Service) standing(ctx context.Context, reference registry.Reference) (Standing, error) {
	entry, err := s.options.Registry.Lookup(ctx, reference)
	if err != nil {
		return Standing{}, err
	}
	state, event, err := s.options.Registry.State(ctx, reference)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{
		Reference: referenceText(reference), State: state.String(), KeyID: hex.EncodeToString(entry.KeyID[:]),
		IssuedAt:  time.Unix(entry.IssuedAt, 0).In(format.ChinaTime),
		ExpiresAt: time.Unix(entry.ExpiresAt, 0).In(format.ChinaTime),
	}
	if event.Sequence != 0 {
		changed := time.Unix(event.At, 0).In(format.ChinaTime)
		out.Reason, out.ChangedAt = event.Reason, &changed
	}
	if event.HasSuccessor {
		out.Successor = referenceText(event.Successor)
	}
	return out, nil
}
