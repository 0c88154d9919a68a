package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
)

// drawn returns the last state of a bar after work of ten parts, one each step.
func drawn(step time.Duration, part, total int64, unit string) (last, all string) {
	var bars bytes.Buffer
	a := &app{Program: &program.Program{Lang: words.English}, bars: &bars}
	bar := a.progressOf("progress_verify", unit)
	for n := int64(1); n <= 10; n++ {
		time.Sleep(step)
		bar.set(n*part, total)
	}
	states := strings.Split(strings.TrimRight(bars.String(), "\r "), "\r")
	bar.end()
	return states[len(states)-1], bars.String()
}

func TestRateCountsWhatWasDoneBeforeTheBarAppeared(t *testing.T) {
	for _, c := range []struct {
		part, total int64
		unit        string
		want        []string
	}{
		{100, 2000, "unit_codes", []string{"Verifying", "(1000/2000, 250 codes/s)", "[4s:4s]"}},
		{100, -1, "unit_codes", []string{"(1000/-, 250 codes/s)"}},
		{1 << 20, 20 << 20, "", []string{"(10/21 MB, 2.6 MB/s)"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			last, _ := drawn(400*time.Millisecond, c.part, c.total, c.unit)
			for _, want := range c.want {
				if !strings.Contains(last, want) {
					t.Errorf("%d of %d: %q lacks %q", c.part*10, c.total, last, want)
				}
			}
		})
	}
}

func TestNoBarIsDrawnInTheFirstSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if _, all := drawn(99*time.Millisecond, 1, 10, "unit_codes"); all != "" {
			t.Errorf("drawn: %q", all)
		}
	})
}

func TestBarStaysUntilTheWorkEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last, all := drawn(time.Second, 10, 50, "unit_codes") // twice as many as were expected
		if !strings.Contains(last, "/101") {
			t.Errorf("%q lacks /101", last)
		}
		if !strings.HasSuffix(all, "\r") {
			t.Errorf("not cleared: %q", all[max(0, len(all)-60):])
		}
	})
}
