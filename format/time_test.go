package format_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
)

func unix(t *testing.T, text string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.Unix()
}

// [CRED-45] The month turns at midnight in China, eight hours before UTC.
func TestListMonthIsTheMonthOfExpAtUTC8(t *testing.T) {
	for _, c := range []struct {
		exp   string
		month uint32
	}{
		{"2020-01-01T00:00:00Z", 0},
		{"2020-01-31T15:59:59Z", 0},
		{"2020-01-31T16:00:00Z", 1},
		{"2020-02-29T15:59:59Z", 1},
		{"2020-02-29T16:00:00Z", 2},
		{"2020-12-31T15:59:59Z", 11},
		{"2020-12-31T16:00:00Z", 12},
		{"2022-08-31T15:59:59Z", 31},
		{"2022-08-31T16:00:00Z", 32},
		{"2022-08-31T23:59:59+08:00", 31},
		{"2022-09-01T00:00:00+08:00", 32},
		{"2024-02-29T23:59:59+08:00", 49},
		{"2106-02-07T06:28:15Z", 86*12 + 1}, // 2^32 - 1
	} {
		if got := format.ListMonth(unix(t, c.exp)); got != c.month {
			t.Errorf("%s: month %d, want %d", c.exp, got, c.month)
		}
	}
}

func TestDayTurnsAtMidnightInChina(t *testing.T) {
	for _, c := range []struct {
		at  string
		day int64
	}{
		{"2020-01-01T00:00:00+08:00", 0},
		{"2019-12-31T23:59:59+08:00", -1},
		{"2019-12-31T00:00:00+08:00", -1},
		{"2019-12-30T23:59:59+08:00", -2},
		{"2020-01-01T23:59:59+08:00", 0},
		{"2020-01-02T00:00:00+08:00", 1},
		{"2020-02-29T12:00:00+08:00", 59},
		{"2022-08-10T07:59:59+08:00", 952},
		{"2022-08-09T16:00:00Z", 952},
		{"2022-08-09T15:59:59Z", 951},
	} {
		if got := format.Day(unix(t, c.at)); got != c.day {
			t.Errorf("%s: day %d, want %d", c.at, got, c.day)
		}
	}
}

func TestDayAndMonthAreThoseOfTheCalendar(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 8))
	first := time.Date(2020, 1, 1, 0, 0, 0, 0, format.ChinaTime)
	for range 5000 {
		at := format.MinTime - 100*86400 + r.Int64N(format.MaxTime-format.MinTime+100*86400)
		day := format.Day(at)
		if start := format.DayStart(day); at < start || at >= start+86400 {
			t.Fatalf("%d is not in day %d", at, day)
		}
		year, month, date := time.Unix(at, 0).In(format.ChinaTime).Date()
		if want := first.AddDate(0, 0, int(day)); want.Year() != year || want.Month() != month || want.Day() != date {
			t.Fatalf("%d is in %d-%d-%d, day %d is %s", at, year, month, date, day, want)
		}
		if at >= format.MinTime && format.ListMonth(at) != uint32((year-2020)*12+int(month)-1) {
			t.Fatalf("%d: month %d", at, format.ListMonth(at))
		}
	}
}

// [CRED-52]
func TestMinutesAreCutToWholeOnes(t *testing.T) {
	const at = 1660089600
	for _, c := range []struct {
		before  int64 // seconds
		minutes uint16
		refused bool
	}{
		{0, 0, false}, {1, 0, false}, {59, 0, false}, {60, 1, false}, {119, 1, false}, {120, 2, false},
		{43200 * 60, 43200, false}, {43200*60 + 59, 43200, false},
		{43200*60 + 60, 0, true}, {1 << 40, 0, true}, {-1, 0, true}, {-60, 0, true},
	} {
		got, err := format.MinutesBefore(at, at-c.before)
		var claim *format.ClaimError
		if got != c.minutes || errors.As(err, &claim) != c.refused {
			t.Errorf("%d s before: %d, %v", c.before, got, err)
		}
	}
}

// The time that a reader computes is at most 59 s after the event, never before.
func TestTimesAreComputedBackFromMinutes(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 8))
	for range 2000 {
		c := format.RandomCredential(t, r)
		event := c.IssuedAt - r.Int64N(60*format.MaxMinutes+60)
		minutes, err := format.MinutesBefore(c.IssuedAt, event)
		if err != nil {
			t.Fatal(err)
		}
		c.Status = &format.Status{Minutes: minutes}
		test := format.Test{Kind: 1, Minutes: minutes}
		if c.Determined() != c.Reported(test) || c.Determined() < event || c.Determined() >= event+60 {
			t.Fatalf("event %d, determined %d, reported %d", event, c.Determined(), c.Reported(test))
		}
	}
	if c := (&format.Credential{IssuedAt: format.MinTime}); c.Determined() != 0 {
		t.Errorf("a status that is not there was determined at %d", c.Determined())
	}
}
