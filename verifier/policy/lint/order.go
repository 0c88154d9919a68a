package lint

import (
	"cmp"
	"slices"

	"github.com/tongxing/tongxing/trustlist"
)

// InOrder returns a policy with its editions, rules and names in the order in which
// they are signed, and in which they are looked up: in a text they stand as somebody
// wrote them. The policy itself stays as it is; nil is nil.
func InOrder(p *trustlist.Policy) *trustlist.Policy {
	if p == nil {
		return nil
	}
	out := *p
	out.Editions, out.Rules, out.Names = slices.Clone(p.Editions), slices.Clone(p.Rules), slices.Clone(p.Names)
	slices.SortStableFunc(out.Editions, func(a, b trustlist.Edition) int { return cmp.Compare(a.EffectiveFrom, b.EffectiveFrom) })
	slices.SortStableFunc(out.Rules, func(a, b trustlist.Rule) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortStableFunc(out.Names, func(a, b trustlist.CodeName) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Number, b.Number))
	})
	return &out
}

// OverlayInOrder is [InOrder] for the editions of an overlay.
func OverlayInOrder(o *trustlist.Overlay) *trustlist.Overlay {
	if o == nil {
		return nil
	}
	out := *o
	out.Editions = slices.Clone(o.Editions)
	slices.SortStableFunc(out.Editions, func(a, b trustlist.OverlayEdition) int { return cmp.Compare(a.EffectiveFrom, b.EffectiveFrom) })
	return &out
}
