package policy

import (
	"cmp"
	"math"
	"slices"

	"github.com/tongxing/tongxing/trustlist"
)

// notice is how long ahead an overlay says that it asks for more, in seconds.
const notice = 24 * 3600

// edition is a span in which something holds: from its time of effect until
// another takes effect or it lapses.
type edition[C any] struct {
	from, lapses int64
	emergency    bool
	classes      []C // ascending by class
}

type classPolicy struct {
	class          uint16
	floor, ceiling *demand
}

type classDemand struct {
	class  uint16
	demand *demand
}

func compileEditions(p *trustlist.Policy) []edition[classPolicy] {
	if p == nil {
		return nil
	}
	var out []edition[classPolicy]
	for i := range p.Editions {
		e := &p.Editions[i]
		compiled := edition[classPolicy]{e.EffectiveFrom, lapses(e.LapsesAt()), e.EmergencyUntil != 0, nil}
		for _, c := range e.Classes {
			floor, ceiling := compileDemand(&c.Floor), compileDemand(&c.Ceiling)
			compiled.classes = append(compiled.classes, classPolicy{c.Class, &floor, &ceiling})
		}
		slices.SortFunc(compiled.classes, func(a, b classPolicy) int { return cmp.Compare(a.class, b.class) })
		out = append(out, compiled)
	}
	slices.SortStableFunc(out, func(a, b edition[classPolicy]) int { return cmp.Compare(a.from, b.from) })
	return out
}

// overlay is a region's overlay, compiled.
type overlay struct {
	version  trustlist.Version
	issued   int64
	editions []edition[classDemand]
}

func compileOverlay(o *trustlist.Overlay) *overlay {
	out := &overlay{version: o.Version, issued: o.Issued}
	for i := range o.Editions {
		e := &o.Editions[i]
		compiled := edition[classDemand]{e.EffectiveFrom, lapses(e.LapsesAt()), e.EmergencyUntil != 0, nil}
		for _, c := range e.Classes {
			d := compileDemand(&c.Demand)
			compiled.classes = append(compiled.classes, classDemand{c.Class, &d})
		}
		slices.SortFunc(compiled.classes, func(a, b classDemand) int { return cmp.Compare(a.class, b.class) })
		out.editions = append(out.editions, compiled)
	}
	slices.SortStableFunc(out.editions, func(a, b edition[classDemand]) int { return cmp.Compare(a.from, b.from) })
	return out
}

func lapses(at int64, ok bool) int64 {
	if !ok {
		return math.MaxInt64
	}
	return at
}

// inForceAt returns the edition in force at t: the latest to take effect of those
// that have not lapsed. It is -1 for none.
func inForceAt[C any](editions []edition[C], t int64) int {
	for i := len(editions) - 1; i >= 0; i-- {
		if editions[i].from <= t && t < editions[i].lapses {
			return i
		}
	}
	return -1
}

// timeline is what holds at the venues of one region, segment by segment.
type timeline struct {
	version  trustlist.Version // of the overlay
	segments []segment         // ascending; the first is from the beginning of time
}

// segment is a span of time in which no edition changes.
type segment struct {
	from    int64
	classes []inForce // ascending by class
	others  inForce   // at every other class
}

// inForce is what holds at one class.
type inForce struct {
	class          uint16
	demand         *demand
	source         Source
	unfollowed     Unfollowed
	edition        int64
	overlayEdition int64
}

func (in *inForce) decision(policy, overlay trustlist.Version) Decision {
	return Decision{Source: in.source, Unfollowed: in.unfollowed, Policy: policy, Edition: in.edition,
		Overlay: overlay, OverlayEdition: in.overlayEdition}
}

// at returns the index of the segment that t is in.
func (l *timeline) at(t int64) int {
	i := len(l.segments) - 1
	for i > 0 && l.segments[i].from > t {
		i--
	}
	return i
}

// end returns the first second after segment i, [math.MaxInt64] for the last.
func (l *timeline) end(i int) int64 {
	if i+1 < len(l.segments) {
		return l.segments[i+1].from
	}
	return math.MaxInt64
}

// in returns what holds at a class in segment i. Class 0 is none, whatever a
// policy says about it.
func (l *timeline) in(i int, class uint16) *inForce {
	s := &l.segments[i]
	if class == 0 {
		return &s.others
	}
	k, found := slices.BinarySearchFunc(s.classes, class, func(c inForce, n uint16) int { return cmp.Compare(c.class, n) })
	if !found {
		return &s.others
	}
	return &s.classes[k]
}

// newTimeline works out what holds when. The overlay is nil where a region has
// none.
func newTimeline(editions []edition[classPolicy], regional *overlay, defaults *demand) *timeline {
	b := &building{editions, regional, defaults, map[comparison]Unfollowed{}}
	l := &timeline{}
	if regional != nil {
		l.version = regional.version
	}
	for _, from := range b.boundaries() {
		l.segments = append(l.segments, b.segment(from))
	}
	return l
}
