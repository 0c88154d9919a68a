package delta

import "slices"

// match is a copy: length bytes of the old bundle from the place from stand in
// the new one at the place at.
type match struct{ at, from, length int }

const (
	// long is the length of a match that is taken without looking further.
	long = 64
	// longestRun is how many places of the new bundle are weighed together when
	// no long match comes.
	longestRun = 1 << 16
	// patience is after how many bytes without a copy the search takes larger
	// steps, up to longestStep.
	patience    = 4096
	longestStep = 16
)

// arrival is the cheapest known way to make the new bundle up to a place.
type arrival struct {
	cost     int32 // bytes of the delta
	literals int32 // bytes since the last copy
	oldEnd   int32 // where the last copy ends in the old bundle
	length   int32 // of the copy that leads here; 0: one more literal
	known    bool
}

// differ weighs ways through the new bundle. Between two long matches it keeps
// for each place the cheapest way there, by what it adds to the delta: a literal
// a byte, a copy its triple.
type differ struct {
	old, new []byte
	index    *index
	base     int       // the place of the new bundle that ways[0] is about
	ways     []arrival // by place from base on
	copies   []match   // settled up to base
}

// findCopies returns copies, ascending and apart, that make a delta from old to
// new small.
func findCopies(old, new []byte) []match {
	d := &differ{old: old, new: new, index: newIndex(old)}
	d.start(0, arrival{known: true})
	for at := 0; at+shortest <= len(new); {
		if at-d.base >= longestRun {
			d.start(at, d.settle(at))
		}
		if best, found := d.weigh(at); found {
			at = d.take(best)
			continue
		}
		d.literal(at)
		at++
	}
	for at := max(d.base, len(new)-shortest+1); at < len(new); at++ {
		d.literal(at)
	}
	d.settle(len(new))
	return d.copies
}

// start begins anew at a place.
func (d *differ) start(at int, way arrival) {
	d.base = at
	d.ways = append(d.ways[:0], way)
}

// way returns the way to a place, which may not be known yet.
func (d *differ) way(at int) *arrival {
	for len(d.ways) <= at-d.base {
		d.ways = append(d.ways, arrival{})
	}
	return &d.ways[at-d.base]
}

// offer keeps a way to a place if it is cheaper than the one known.
func (d *differ) offer(at int, new arrival) {
	if way := d.way(at); !way.known || new.cost < way.cost {
		*way = new
	}
}

// literal offers the way to the next place by a byte that is not copied.
func (d *differ) literal(at int) {
	way := *d.way(at)
	d.offer(at+1, arrival{cost: way.cost + 1, literals: way.literals + 1, oldEnd: way.oldEnd, known: true})
}

// copying returns the way that goes on from way by a copy.
func (way *arrival) copying(from, length int) arrival {
	triple := numberSize(uint64(way.literals)) + numberSize(signed(int64(from)-int64(way.oldEnd))) + numberSize(uint64(length))
	return arrival{cost: way.cost + int32(triple), oldEnd: int32(from + length), length: int32(length), known: true}
}

// weigh offers all copies that begin at a place, unless one is long: then it
// returns the longest, the nearest of equals.
func (d *differ) weigh(at int) (match, bool) {
	way := *d.way(at)
	if step := min(1+int(way.literals)/patience, longestStep); at%step != 0 {
		return match{}, false
	}
	var best match
	for _, place := range d.index.near(d.new[at:], int(way.oldEnd)) {
		from := int(place)
		length := common(d.old[from:], d.new[at:])
		if length < shortest {
			continue
		}
		nearer := abs(from-int(way.oldEnd)) < abs(best.from-int(way.oldEnd))
		if length > best.length || length == best.length && nearer {
			best = match{at, from, length}
		}
		if length < long {
			d.offer(at+length, way.copying(from, length))
		}
	}
	return best, best.length >= long
}

func abs(v int) int { return max(v, -v) }

// take settles the way to a long match, which may begin earlier than where it
// was found, and the match itself. It returns the place behind it.
func (d *differ) take(m match) int {
	back := commonEnd(d.old[:m.from], d.new[d.base:m.at])
	begin, least := m.at, int32(-1)
	for at := m.at - back; at <= m.at; at++ {
		way := d.way(at)
		if !way.known {
			continue
		}
		next := way.copying(m.from-(m.at-at), m.length+m.at-at)
		if least < 0 || next.cost < least {
			begin, least = at, next.cost
		}
	}
	end, earlier := m.at+m.length, m.at-begin
	d.settle(begin)
	d.keep(match{begin, m.from - earlier, m.length + earlier})
	d.start(end, arrival{oldEnd: int32(m.from + m.length), known: true})
	return end
}

// settle adds the copies of the way to a place to those settled, and returns
// the state there.
func (d *differ) settle(at int) arrival {
	end := d.ways[at-d.base]
	first := len(d.copies)
	for place := at; place > d.base; {
		way := &d.ways[place-d.base]
		if way.length == 0 {
			place--
			continue
		}
		length := int(way.length)
		place -= length
		d.copies = append(d.copies, match{place, int(way.oldEnd) - length, length})
	}
	slices.Reverse(d.copies[first:])
	return arrival{literals: end.literals, oldEnd: end.oldEnd, known: true}
}

// keep adds a copy, to the one before it where it goes on.
func (d *differ) keep(m match) {
	if last := len(d.copies) - 1; last >= 0 {
		before := &d.copies[last]
		if before.at+before.length == m.at && before.from+before.length == m.from {
			before.length += m.length
			return
		}
	}
	d.copies = append(d.copies, m)
}
