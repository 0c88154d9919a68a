package feed

import (
	"strings"
	"testing"
	"time"
)

func TestTimesAreReadInEveryForm(t *testing.T) {
	want := time.Date(2022, 8, 9, 12, 5, 0, 0, time.UTC).Unix() // 20:05 at UTC+8
	for _, value := range []string{
		"2022-08-09 20:05:00", "2022-8-9 20:05", "2022-08-09T20:05:00+08:00", "2022-08-09T12:05:00Z",
		"2022-08-09t12:05:00z", "2022-08-09T20:05:00", "2022-08-09 20:05:00 +0800", "2022-08-09T07:35:00-04:30",
		"2022/8/9 20:05", "2022/08/09 20:05:00", "2022.8.9 20:05", "20220809200500", "202208092005", "20220809T200500",
		"20220809 200500", "2022年08月09日 20时05分", "2022年8月9日20时5分", "2022年08月09日 20时05分00秒", "2022年8月9日 20点5分",
		"2022年8月9日 20:05", "２０２２－０８－０９　２０：０５：００", "  2022-08-09  20:05:00 ", "2022-08-09 20:05:00.999",
	} {
		if got, ok := parseTime(foldText(value)); !ok || got != want {
			t.Errorf("%q is %d %v, want %d", value, got, ok, want)
		}
	}
}

func TestEndOfTheDayIsTheNextMidnight(t *testing.T) {
	want, _ := parseTime("2022-08-10 00:00:00")
	for _, value := range []string{"2022-08-09 24:00", "2022年08月09日 24时00分", "2022年08月09日 24时", "20220809240000"} {
		if got, ok := parseTime(value); !ok || got != want {
			t.Errorf("%q is %d %v, want %d", value, got, ok, want)
		}
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	for _, value := range []string{
		"", " ", "2022-08-09", "2022年8月9日", "20220809", "2022080920", "2022-08-09 20", "2022-08-09 25:00", "2022-08-09 24:01",
		"2022-08-09 20:60", "2022-08-09 20:05:60", "2022-02-30 20:05", "2022-13-01 20:05", "2022-00-01 20:05",
		"2022-08-00 20:05", "2022-08/09 20:05", "2022年08-09 20:05", "22-08-09 20:05", "20:05 2022-08-09",
		"2022-08-09 20:05 x", "2022-08-09 20:05:00+15:00", "2022-08-09 20:05:00+08", "2022-08-09 20:05:",
		"0000-08-09 20:05", "9999-08-09 20:05", "2022-08-09 20:05:00.", "1660046700", "٢٠٢٢-٠٨-٠٩ ٢٠:٠٥", "明天",
	} {
		if got, ok := parseTime(foldText(value)); ok {
			t.Errorf("%q is %v", value, time.Unix(got, 0).UTC())
		}
	}
}

func TestDaysAreReadInEveryForm(t *testing.T) {
	for _, value := range []string{
		"2022-08-09", "2022-8-9", "2022/8/9", "2022/08/09", "20220809", "2022年8月9日", "2022年08月09日", "2022年8月9号", "2022.8.9",
		"２０２２年８月９日", "2022-08-09 00:00:00", "2022-08-08T16:00:00Z", "2022-08-09T23:59:59+08:00",
	} {
		if day, ok := parseDay(foldText(value)); !ok || formatDay(day) != "2022-08-09" {
			t.Errorf("%q is %s %v", value, formatDay(day), ok)
		}
	}
	for _, value := range []string{"", "2023-13-40", "2022-02-29", "2022-8", "2022-08-09x", "220809", "1799-12-31", "2200-01-01"} {
		if day, ok := parseDay(value); ok {
			t.Errorf("%q is %s", value, formatDay(day))
		}
	}
}

func TestDayOfATimeIsThatOfBeijing(t *testing.T) {
	for _, c := range []struct{ value, day string }{
		{"2022-08-09T15:59:59Z", "2022-08-09"}, {"2022-08-09T16:00:00Z", "2022-08-10"},
		{"1969-12-31T15:59:59Z", "1969-12-31"}, {"1935-11-28 00:00:00", "1935-11-28"}, {"1935-11-28T15:59:59Z", "1935-11-28"},
	} {
		seconds, ok := parseTime(c.value)
		if got := formatDay(dayAt(seconds)); !ok || got != c.day {
			t.Errorf("%s is on %s, want %s", c.value, got, c.day)
		}
	}
}

// FuzzParseTime compares with the standard library wherever that reads the form.
func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"2022-08-09 20:05:00", "2022-08-09T20:05:00+08:00", "2022/8/9 20:05", "20220809200500", "2022年08月09日 20时05分"} {
		f.Add(seed)
	}
	zone := time.FixedZone("", zoneSeconds)
	f.Fuzz(func(t *testing.T, value string) {
		value = foldText(value)
		got, ok := parseTime(value)
		if ok && (got < -5_400_000_000 || got > 7_300_000_000) {
			t.Fatalf("%q is %d", value, got)
		}
		for _, layout := range []string{time.DateTime, time.RFC3339, "2006/1/2 15:04", "20060102150405", "2006年01月02日 15时04分"} {
			want, err := time.ParseInLocation(layout, value, zone)
			if err != nil || want.Year() < minYear+1 || want.Year() >= maxYear || strings.ContainsAny(value, ",") {
				continue
			}
			if _, offset := want.Zone(); offset%60 != 0 || offset > 14*3600 || offset < -14*3600 {
				continue
			}
			if layout == time.RFC3339 && strings.HasSuffix(value, ":60") {
				continue // a zone of sixty minutes, which the library takes and RFC 3339 has not
			}
			if !ok || got != want.Unix() {
				t.Fatalf("%q is %d %v, the library says %d", value, got, ok, want.Unix())
			}
		}
	})
}
