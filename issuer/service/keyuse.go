package service

import (
	"context"
	"errors"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
)

// Issues are kept by their keys as answers, and orders by theirs as orders. A key that
// one of the two has is another request to the other (ISSUER-6).

// unanswered refuses a key of a caller under which something was issued.
func (s *Service) unanswered(ctx context.Context, key registry.RequestKey) error {
	_, err := s.options.Registry.Answer(ctx, key)
	switch {
	case err == nil:
		return refusal("idempotency_key_used")
	case errors.Is(err, registry.ErrNotFound):
		return nil
	}
	return err
}

// unused refuses to issue under a key of a caller that named an order, or, where a
// proposal stands in its place, another issue. Who cannot order has named none.
func (s *Service) unused(ctx context.Context, one *issuing) error {
	if one.key != one.asked {
		if err := s.unanswered(ctx, one.asked); err != nil {
			return err
		}
	}
	if !requestOf(ctx).caller.Roles.May(access.Resume) {
		return nil
	}
	// The registry looks at the key first. No registry gives the last place of a list,
	// so that an order on it is never the one that was recorded.
	at := requestOf(ctx).at.Unix()
	_, err := s.options.Registry.Preview(ctx, registry.Order{
		Key: s.secret.orderKey(one.asked), Action: registry.Resume, Reason: resumeReason(), At: at,
		References: []registry.Reference{{Region: s.region, List: format.ListMonth(at)<<8 | 0xff, Index: 1<<32 - 1}},
	})
	var unknown *registry.UnknownReferencesError
	if errors.As(err, &unknown) {
		return nil
	}
	return err
}

// resumeReason is one that allows to resume.
func resumeReason() uint16 {
	for _, reason := range spec.RevocationReasons() {
		if reason.Allows(registry.Resume.String()) {
			return reason.Number
		}
	}
	return 0
}
