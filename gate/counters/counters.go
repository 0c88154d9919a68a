// Package counters counts the outcomes of an hour, where a venue has switched that on,
// and nothing else: no code, no person, no order.
//
//	Count(08:12, pass) … Hours() -> [{08:00, {pass: 123, check: nothing}}]
//
// They are in memory alone and end with the program. A number below 10 is told as
// nothing, for it could be a person's (spec/gate.md).
package counters

import (
	"slices"
	"sync"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/verifier"
)

const (
	// Least is the least number that is told.
	Least = 10
	// MaxHours is how many hours are kept.
	MaxHours = 48
)

// outcomes are those that there are, in the order in which they are told.
var outcomes = [...]verifier.Outcome{verifier.Pass, verifier.Check, verifier.Restricted, verifier.Unverified}

// Counters count. The zero value has counted nothing; it is safe for concurrent use.
type Counters struct {
	mu    sync.Mutex
	hours map[int64]*[len(outcomes)]int // by the hour, in unix seconds / 3600
}

// Hour is what is told of an hour.
type Hour struct {
	Begin time.Time
	// Counts are by the names of the outcomes; those below Least are not there.
	Counts map[string]int
}

// Count counts an outcome in the hour of at. Hours before the newest MaxHours are
// forgotten.
func (c *Counters) Count(at time.Time, outcome verifier.Outcome) {
	i := slices.Index(outcomes[:], outcome)
	if i < 0 {
		return
	}
	hour := at.Unix() / 3600
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hours == nil {
		c.hours = map[int64]*[len(outcomes)]int{}
	}
	if c.hours[hour] == nil {
		c.hours[hour] = new([len(outcomes)]int)
		c.forget()
	}
	c.hours[hour][i]++
}

// forget drops the oldest hours beyond MaxHours.
func (c *Counters) forget() {
	for len(c.hours) > MaxHours {
		oldest := int64(-1)
		for hour := range c.hours {
			if oldest < 0 || hour < oldest {
				oldest = hour
			}
		}
		delete(c.hours, oldest)
	}
}

// Hours returns what was counted, oldest first.
func (c *Counters) Hours() []Hour {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []Hour{}
	for hour, counts := range c.hours {
		told := Hour{time.Unix(hour*3600, 0).In(format.ChinaTime), map[string]int{}}
		for i, n := range counts {
			if n >= Least {
				told.Counts[outcomes[i].String()] = n
			}
		}
		all = append(all, told)
	}
	slices.SortFunc(all, func(x, y Hour) int { return x.Begin.Compare(y.Begin) })
	return all
}
