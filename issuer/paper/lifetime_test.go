package paper

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const aDay = 24 * time.Hour

// lasting is a code that lasts so long.
func lasting(t *testing.T, d time.Duration) string {
	t.Helper()
	c := rich()
	c.Expires = c.IssuedAt + int64(d/time.Second)
	c.Ref.List = listOf(c)
	return code(t, c)
}

// [POLICY-22]
func TestACodeThatLastsLongerThanAPaperMayIsPrintedWithItsConditionAlone(t *testing.T) {
	for _, c := range []struct {
		rule    Lifetime
		lasts   time.Duration
		refused bool
	}{
		{Lifetime{}, 7 * aDay, false},
		{Lifetime{}, 7*aDay + time.Second, true},
		{Lifetime{3 * aDay, 6 * time.Hour}, 3 * aDay, false},
		{Lifetime{3 * aDay, 6 * time.Hour}, 3*aDay + time.Second, true},
		{Lifetime{30 * aDay, aDay}, 30 * aDay, false},
	} {
		_, err := printer(t, Options{Layout: Sheet, Lifetime: c.rule}).Prepare(lasting(t, c.lasts), source)
		var long *LifetimeError
		if errors.As(err, &long) != c.refused || !c.refused && err != nil {
			t.Errorf("%v, %v: %v", c.rule, c.lasts, err)
		}
	}
}

// [POLICY-22]
func TestEveryPaperSaysHowLongAPaperLasts(t *testing.T) {
	every(func(o Options) {
		t.Run(fmt.Sprintf("%s %v %v", o.Layout, o.English, o.Large), func(t *testing.T) {
			for _, c := range []struct {
				lasts time.Duration
				says  []string
			}{
				{7 * aDay, []string{"纸质码最长7天"}},
				{90 * aDay, []string{"超过7天", "24小时"}},
			} {
				o.Longer = true
				_, said := run(t, printed(t, printer(t, o), lasting(t, c.lasts)), "pdftotext", "-raw", "d.pdf", "-")
				said = strings.Join(strings.Fields(said), "")
				for _, word := range c.says {
					if !strings.Contains(said, word) {
						t.Errorf("lasts %v: %s is not in %s", c.lasts, word, said)
					}
				}
			}
		})
	})
}

func TestADurationIsSaidInDaysOrHours(t *testing.T) {
	for d, want := range map[time.Duration]string{aDay: "24 hours", 2 * aDay: "48 hours", 3 * aDay: "3 days", 60 * time.Hour: "60 hours"} {
		if got := duration(english, d); got != want {
			t.Errorf("%v is %q", d, got)
		}
	}
}
