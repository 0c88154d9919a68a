package counters

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/tongxing/tongxing/verifier"
)

var at = time.Unix(1660000000, 0)

// [GATE-13]
func TestANumberBelowTenIsToldAsNothing(t *testing.T) {
	var c Counters
	for range Least {
		c.Count(at, verifier.Pass)
	}
	for range Least - 1 {
		c.Count(at, verifier.Restricted)
	}
	c.Count(at, verifier.Outcome(99))
	hours := c.Hours()
	if len(hours) != 1 || !maps.Equal(hours[0].Counts, map[string]int{"pass": 10}) || hours[0].Begin.Minute() != 0 {
		t.Errorf("%+v", hours)
	}
	c.Count(at, verifier.Restricted)
	if got := c.Hours()[0].Counts["restricted"]; got != 10 {
		t.Errorf("%d", got)
	}
}

func TestOldHoursAreForgotten(t *testing.T) {
	var c Counters
	for i := range 3 * MaxHours {
		c.Count(at.Add(time.Duration(i)*time.Hour), verifier.Pass)
	}
	hours := c.Hours()
	if len(hours) != MaxHours || hours[0].Begin.Before(at.Add((2*MaxHours-1)*time.Hour)) {
		t.Errorf("%d hours from %v", len(hours), hours[0].Begin)
	}
}

func Example() {
	var c Counters
	for range 12 {
		c.Count(at, verifier.Pass)
	}
	c.Count(at, verifier.Check)
	fmt.Println(c.Hours()[0].Counts)
	// Output: map[pass:12]
}
