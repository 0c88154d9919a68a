package policy

import (
	"math"
	"slices"
)

// building works a timeline out of editions.
type building struct {
	editions []edition[classPolicy]
	overlay  *overlay
	defaults *demand
	compared map[comparison]Unfollowed
}

// comparison is of a demand of an overlay with floor and ceiling: one that stands
// at many times is compared once.
type comparison struct{ demand, floor, ceiling *demand }

func (b *building) boundaries() []int64 {
	all := []int64{math.MinInt64}
	for _, e := range b.editions {
		all = append(all, e.from, e.lapses)
	}
	if b.overlay != nil {
		for _, e := range b.overlay.editions {
			all = append(all, e.from, e.lapses)
		}
		all = append(all, after(b.overlay.issued, notice))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(t int64) bool { return t == math.MaxInt64 })
}

func (b *building) segment(from int64) segment {
	s := segment{from: from, others: inForce{demand: b.defaults}}
	policies := map[uint16]classPolicy{}
	if i := inForceAt(b.editions, from); i >= 0 {
		s.others.edition = b.editions[i].from
		for _, c := range b.editions[i].classes {
			policies[c.class] = c
		}
	}
	if b.overlay != nil {
		if i := inForceAt(b.overlay.editions, from); i >= 0 {
			for _, c := range b.overlay.editions[i].classes {
				if _, named := policies[c.class]; !named {
					policies[c.class] = classPolicy{c.class, b.defaults, b.defaults}
				}
			}
		}
	}
	for _, class := range sortedKeys(policies) {
		p := policies[class]
		in := inForce{class: class, demand: p.floor, source: Floor, edition: s.others.edition}
		if p.floor == b.defaults {
			in.source = None
		}
		if b.overlay != nil {
			in = b.overlaid(in, p, from, len(b.overlay.editions))
		}
		s.classes = append(s.classes, in)
	}
	return s
}

func sortedKeys(m map[uint16]classPolicy) []uint16 {
	keys := make([]uint16, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// overlaid returns what the first count editions of the overlay make of the
// national floor, in, at t.
func (b *building) overlaid(in inForce, p classPolicy, t int64, count int) inForce {
	i := inForceAt(b.overlay.editions[:count], t)
	if i < 0 {
		return in
	}
	e := &b.overlay.editions[i]
	k := slices.IndexFunc(e.classes, func(c classDemand) bool { return c.class == p.class })
	if k < 0 {
		return in
	}
	d := e.classes[k].demand
	if b.isShortNotice(e, t) {
		before := b.overlaid(in, p, t, i)
		if loosens, err := before.demand.atLeastAsStrict(d); err != nil || !loosens {
			before.unfollowed, before.overlayEdition = TooSoon, e.from
			return before
		}
	}
	in.overlayEdition = e.from
	if in.unfollowed = b.between(comparison{d, p.floor, p.ceiling}); in.unfollowed == Followed {
		in.demand, in.source = d, Overlay
	}
	return in
}

// isShortNotice reports whether a day's notice of the edition, which its overlay
// does not mark as an emergency, is not yet over at t. One that was in force
// before its overlay was issued was announced by the overlay before.
func (b *building) isShortNotice(e *edition[classDemand], t int64) bool {
	noticed := after(b.overlay.issued, notice)
	return !e.emergency && e.from >= b.overlay.issued && e.from < noticed && t < noticed
}

// between holds a demand of an overlay between floor and ceiling.
func (b *building) between(c comparison) Unfollowed {
	if known, ok := b.compared[c]; ok {
		return known
	}
	result := Followed
	above, err := c.demand.atLeastAsStrict(c.floor)
	switch {
	case err != nil:
		result = TooComplex
	case !above:
		result = BelowFloor
	default:
		below, err := c.ceiling.atLeastAsStrict(c.demand)
		switch {
		case err != nil:
			result = TooComplex
		case !below:
			result = AboveCeiling
		}
	}
	b.compared[c] = result
	return result
}
