package paper

import (
	"fmt"
	"time"
)

// Lifetime is how long a code may last on paper, which nobody can refresh, and
// whose loss a venue learns of from its status lists alone (spec/policy.md, section
// 3). It is policy: the second and the first limit of the ladder in force.
type Lifetime struct {
	Longest   time.Duration // from issue to expiry
	Knowledge time.Duration // how old the venue's lists may be for a code that lasts longer
}

// DefaultLifetime holds where no policy gives another.
var DefaultLifetime = Lifetime{Longest: 7 * 24 * time.Hour, Knowledge: 24 * time.Hour}

// LifetimeError reports a code that lasts longer than a paper may.
type LifetimeError struct {
	Lasts time.Duration
	Lifetime
}

func (e *LifetimeError) Error() string {
	return fmt.Sprintf("paper: the code lasts %v, and on paper at most %v", e.Lasts, e.Longest)
}

// checkLife finds whether a code of a lifetime may be printed.
func (o *Options) checkLife(lasts time.Duration) error {
	if lasts > o.Lifetime.Longest && !o.Longer {
		return &LifetimeError{lasts, o.Lifetime}
	}
	return nil
}

// lasts is from issue to expiry.
func (e *Entry) lasts() time.Duration {
	return time.Duration(e.credential.Expires-e.credential.IssuedAt) * time.Second
}

// life says the rule in words: how long a paper lasts, or on what condition this
// one lasts longer.
func (c *canvas) life(e *Entry, lang, prefix string) string {
	longest := duration(lang, c.lifetime.Longest)
	if e.lasts() > c.lifetime.Longest {
		return say(lang, prefix+"longer", longest, duration(lang, c.lifetime.Knowledge))
	}
	return say(lang, prefix+"longest", longest)
}

// duration says days, or hours where it is no more than two days or none in whole.
func duration(lang string, d time.Duration) string {
	const aDay = 24 * time.Hour
	if d > 2*aDay && d%aDay == 0 {
		return say(lang, "days", d/aDay)
	}
	return say(lang, "hours", d/time.Hour)
}
