package feed

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Times and dates are recognised value by value. Times are
//
//	2022-08-09 20:00:00   2022/8/9 20:00   20220809200000
//	2022年08月09日 20时00分   2022-08-09T20:00:00+08:00
//
// and dates their first halves; with one digit or two, with or without seconds.
// A time without a zone is at UTC+8. Values must be folded with foldText.

const (
	secondsPerDay = 24 * 60 * 60
	zoneSeconds   = 8 * 60 * 60 // UTC+8
	minYear       = 1800
	maxYear       = 2199
)

// scanner reads a value from left to right; after the first mismatch it fails
// for good.
type scanner struct {
	rest   string
	failed bool
}

// digits reads a number of at least low and at most high digits.
func (s *scanner) digits(low, high int) int {
	n, value := 0, 0
	for n < high && n < len(s.rest) && '0' <= s.rest[n] && s.rest[n] <= '9' {
		value = value*10 + int(s.rest[n]-'0')
		n++
	}
	s.failed = s.failed || n < low
	s.rest = s.rest[n:]
	return value
}

// one reads one character of set, and returns 0 if the next is none of them.
func (s *scanner) one(set string) rune {
	r, size := utf8.DecodeRuneInString(s.rest)
	if size == 0 || r == utf8.RuneError || !strings.ContainsRune(set, r) {
		return 0
	}
	s.rest = s.rest[size:]
	return r
}

func (s *scanner) must(set string) rune {
	r := s.one(set)
	s.failed = s.failed || r == 0
	return r
}

func (s *scanner) blanks() { s.rest = strings.TrimLeft(s.rest, " \t\n\r") }

// date reads the day that a value begins with, as days since 1970-01-01.
func (s *scanner) date() int64 {
	year := s.digits(4, 4)
	var month, day int
	if separator := s.one("-/.年"); separator == 0 {
		month, day = s.digits(2, 2), s.digits(2, 2)
	} else {
		second := string(separator)
		if separator == '年' {
			second = "月"
		}
		month = s.digits(1, 2)
		s.must(second)
		day = s.digits(1, 2)
		if separator == '年' {
			s.one("日号")
		}
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < minYear || year > maxYear || month < 1 || month > 12 || t.Day() != day {
		s.failed = true
	}
	return t.Unix() / secondsPerDay
}

// clock reads the time of day in seconds. 24:00 is the end of the day.
func (s *scanner) clock() int64 {
	var hour, minute, second int
	hour = s.digits(1, 2)
	switch separator := s.one(":时点"); separator {
	case 0: // compact: 200000 or 2000
		minute = s.digits(2, 2)
		if s.rest != "" && '0' <= s.rest[0] && s.rest[0] <= '9' {
			second = s.digits(2, 2)
		}
	case ':':
		minute = s.digits(1, 2)
		if s.one(":") != 0 {
			second = s.digits(1, 2)
		}
	default:
		if s.rest != "" {
			minute = s.digits(1, 2)
			s.must("分")
		}
		if s.rest != "" && '0' <= s.rest[0] && s.rest[0] <= '9' {
			second = s.digits(1, 2)
			s.must("秒")
		}
	}
	if s.one(".") != 0 {
		s.digits(1, 9) // below a second nothing counts
	}
	total := int64(hour)*3600 + int64(minute)*60 + int64(second)
	if hour > 24 || minute > 59 || second > 59 || total > secondsPerDay {
		s.failed = true
	}
	return total
}

// zone reads an optional zone and returns its offset from UTC in seconds.
func (s *scanner) zone() int64 {
	s.blanks()
	switch sign := s.one("Zz+-"); sign {
	case 0:
		return zoneSeconds
	case '+', '-':
		hour := s.digits(2, 2)
		s.one(":")
		minute := s.digits(2, 2)
		if hour > 14 || minute > 59 {
			s.failed = true
		}
		offset := int64(hour)*3600 + int64(minute)*60
		if sign == '-' {
			return -offset
		}
		return offset
	}
	return 0
}

// time reads what follows a date, as seconds since 1970-01-01 UTC.
func (s *scanner) time(day int64) int64 {
	s.blanks()
	s.one("Tt")
	clock := s.clock()
	return day*secondsPerDay + clock - s.zone()
}

func (s *scanner) done() bool { return !s.failed && s.rest == "" }

// parseTime returns the time of a folded value in seconds since 1970-01-01 UTC.
func parseTime(value string) (seconds int64, ok bool) {
	s := scanner{rest: value}
	seconds = s.time(s.date())
	return seconds, s.done()
}

// parseDay returns the calendar day at UTC+8 of a folded value, a date or a
// time, as days since 1970-01-01.
func parseDay(value string) (day int64, ok bool) {
	s := scanner{rest: value}
	day = s.date()
	if s.done() {
		return day, true
	}
	seconds, ok := parseTime(value)
	return dayAt(seconds), ok
}

// dayAt returns the calendar day at UTC+8 of a time in seconds.
func dayAt(seconds int64) int64 {
	seconds += zoneSeconds
	if seconds < 0 {
		return (seconds - secondsPerDay + 1) / secondsPerDay
	}
	return seconds / secondsPerDay
}

func formatDay(day int64) string {
	return time.Unix(day*secondsPerDay, 0).UTC().Format(time.DateOnly)
}
