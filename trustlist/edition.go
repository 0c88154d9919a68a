package trustlist

// MaxEmergency is how long an emergency edition holds at most, in seconds from
// when it takes effect.
const MaxEmergency = 72 * 3600

// LapsesAt returns the time (unix seconds) at which an emergency edition falls
// away: when it says so, and at most [MaxEmergency] after it took effect. It is
// false for an edition that is no emergency.
func (e *Edition) LapsesAt() (int64, bool) { return lapsesAt(e.EffectiveFrom, e.EmergencyUntil) }

// LapsesAt is [Edition.LapsesAt] for an edition of an overlay.
func (e *OverlayEdition) LapsesAt() (int64, bool) {
	return lapsesAt(e.EffectiveFrom, e.EmergencyUntil)
}

func lapsesAt(from, emergencyUntil int64) (int64, bool) {
	if emergencyUntil == 0 {
		return 0, false
	}
	return min(emergencyUntil, from+MaxEmergency), true
}

// holdsAt reports whether an edition has taken effect and not fallen away at t.
func holdsAt(from, emergencyUntil, t int64) bool {
	lapses, emergency := lapsesAt(from, emergencyUntil)
	return from <= t && (!emergency || t < lapses)
}

// EditionAt returns the edition in force at t (unix seconds): the latest to take
// effect of those that have not fallen away. It is false before the first.
func (p *Policy) EditionAt(t int64) (*Edition, bool) {
	if p == nil {
		return nil, false
	}
	for i := len(p.Editions) - 1; i >= 0; i-- {
		if e := &p.Editions[i]; holdsAt(e.EffectiveFrom, e.EmergencyUntil, t) {
			return e, true
		}
	}
	return nil, false
}

// EditionAt is [Policy.EditionAt] for an overlay.
func (o *Overlay) EditionAt(t int64) (*OverlayEdition, bool) {
	if o == nil {
		return nil, false
	}
	for i := len(o.Editions) - 1; i >= 0; i-- {
		if e := &o.Editions[i]; holdsAt(e.EffectiveFrom, e.EmergencyUntil, t) {
			return e, true
		}
	}
	return nil, false
}
