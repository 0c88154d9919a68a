package trustlist

import (
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/status"
)

// takenDelta is a delta that was verified.
type takenDelta struct {
	*StatusDelta
	state documentState
}

// statusChain is deltas that follow on one another.
type statusChain []takenDelta

func (c statusChain) last() *takenDelta { return &c[len(c)-1] }

// from returns when the first was issued, [never] if there is none.
func (c statusChain) from() int64 {
	if len(c) == 0 {
		return never
	}
	return c[0].Issued
}

func (c statusChain) deltas() []*StatusDelta {
	var all []*StatusDelta
	for i := range c {
		all = append(all, c[i].StatusDelta)
	}
	return all
}

func (c statusChain) raw() [][]byte {
	var all [][]byte
	for i := range c {
		all = append(all, c[i].state.raw)
	}
	return all
}

// then returns c with those of next that come after it.
func (c statusChain) then(next statusChain) statusChain {
	joined := slices.Clone(c)
	for _, delta := range next {
		if len(joined) == 0 || delta.Version.Compare(joined.last().Version) > 0 {
			joined = append(joined, delta)
		}
	}
	return joined[:min(len(joined), maxRegionDeltas)]
}

// openChain verifies deltas, whose versions rise and whose times do not fall.
func (l *loader) openChain(entry *Entry, region *Region, given [][]byte) (statusChain, error) {
	var chain statusChain
	for _, raw := range given {
		delta := new(StatusDelta)
		state, err := l.openByKey(entry, region, UsageStatusList, raw, delta)
		if err != nil {
			return nil, err
		}
		taken := takenDelta{delta, state}
		if len(chain) != 0 {
			if err := taken.checkAfter(chain.last()); err != nil {
				return nil, err
			}
		}
		chain = append(chain, taken)
	}
	return chain, nil
}

func (d *takenDelta) checkAfter(before *takenDelta) error {
	if d.Version.Compare(before.Version) <= 0 {
		return fmt.Errorf("%w: delta %s after %s", ErrRollback, d.Version, before.Version)
	}
	if d.Issued < before.Issued {
		return fmt.Errorf("%w: delta %s was issued before %s", ErrOutdated, d.Version, before.Version)
	}
	return nil
}

// follow applies the chain to the lists and, where it fits, makes it that of the
// part. Otherwise the part is as it was.
func (p *statusPart) follow(chain statusChain, share int) error {
	state := newState(p.lists, share)
	if len(chain) != 0 {
		if err := p.checkStart(state, &chain[0]); err != nil {
			return err
		}
		if err := state.applyAll(chain); err != nil {
			return err
		}
	}
	p.chain, p.state = chain, state
	return nil
}

// mustFollow is follow for lists alone, which cannot fail.
func (p *statusPart) mustFollow(chain statusChain) {
	p.chain, p.state = chain, newState(p.lists, maxMembers)
}

// checkStart holds the first delta to the lists that it says it is for. Lists
// that were signed after it need it no more, also where they are what they were
// before it: a credential that was suspended and has come back must not be
// suspended again by a delta of then.
func (p *statusPart) checkStart(state *statusState, first *takenDelta) error {
	for number, list := range p.lists {
		if !listOver(number, first.Issued) && list.Issued > first.Issued {
			return fmt.Errorf("%w: delta %s was issued before list %d", ErrOutdated, first.Version, number)
		}
	}
	if state.hashAt(first.Issued) != first.Base {
		return fmt.Errorf("%w: delta %s is for other lists", ErrOutdated, first.Version)
	}
	return nil
}

// applyAll applies deltas, the first of which fits. Each begins where the one
// before says that it ends; what the lists are then is computed at the end, and
// where a month ends in between and leaves its lists out.
func (s *statusState) applyAll(chain statusChain) error {
	for i, delta := range chain {
		if i > 0 {
			if err := s.checkStep(&chain[i-1], &delta); err != nil {
				return err
			}
		}
		if err := s.apply(delta.StatusDelta); err != nil {
			return err
		}
	}
	if err := s.close(); err != nil { // before the hash, so that nothing is encoded twice
		return err
	}
	return s.checkResult(chain.last())
}

// checkStep holds a delta to the one that it follows on, which may have come in an
// earlier bundle.
func (s *statusState) checkStep(before, delta *takenDelta) error {
	if err := delta.checkAfter(before); err != nil {
		return err
	}
	base := before.Result
	if s.monthEnds(before.Issued, delta.Issued) {
		if err := s.checkResult(before); err != nil {
			return err
		}
		base = s.hashAt(delta.Issued)
	}
	if delta.Base != base {
		return fmt.Errorf("%w: delta %s does not follow on %s", ErrOutdated, delta.Version, before.Version)
	}
	return nil
}

func (s *statusState) checkResult(delta *takenDelta) error {
	if s.hashAt(delta.Issued) != delta.Result {
		return fmt.Errorf("%w: delta %s", ErrStatusHash, delta.Version)
	}
	return nil
}

// checkLoss reports what p would take away of what is known, at time t: a member
// that has left the revoked or the superseded set of a list, or what deltas have
// said after the documents of p.
func (p *statusPart) checkLoss(kept *statusPart, t int64) error {
	for number, known := range kept.state.lists {
		next := p.state.lists[number]
		switch {
		case listOver(number, t) || next == known:
			continue
		case next == nil:
			return fmt.Errorf("%w: list %d, which is known from deltas", ErrOutdated, number)
		}
		if lost := lostFrom(known.Revoked(), next.Revoked()) + lostFrom(known.Superseded(), next.Superseded()); lost != 0 {
			return &StatusLossError{number, lost}
		}
		if p.reaches(kept) || next.says(known) {
			continue
		}
		if list := p.lists[number]; list == nil || list.Issued < kept.chain.last().Issued {
			return fmt.Errorf("%w: list %d, without the deltas that are known after it", ErrOutdated, number)
		}
	}
	return nil
}

// lostFrom returns how many members of a set are not in the next one.
func lostFrom(known, next *status.Index) int {
	return len(status.Difference(known.Members(), next.Members()))
}

// says reports whether c says the same as other.
func (c *listContent) says(other *listContent) bool {
	return StatusHash([]*StatusList{c.encoded}) == StatusHash([]*StatusList{other.encoded})
}

// reaches reports whether p has the last delta of kept, or a later one.
func (p *statusPart) reaches(kept *statusPart) bool {
	return len(kept.chain) == 0 ||
		len(p.chain) != 0 && p.chain.last().Version.Compare(kept.chain.last().Version) >= 0
}
