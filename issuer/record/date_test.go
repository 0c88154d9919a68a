package record_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/record"
)

// sameDate holds Date to the library.
func sameDate(t *testing.T, text string) {
	t.Helper()
	want, err := time.Parse(record.DateLayout, text)
	year, month, day, ok := record.Date(text)
	if ok != (err == nil) {
		t.Fatalf("%q: a date %v, the library says %v", text, ok, err)
	}
	if ok && time.Date(year, month, day, 0, 0, 0, 0, time.UTC) != want {
		t.Fatalf("%q: %d-%d-%d, the library reads %v", text, year, month, day, want)
	}
}

func TestDatesAreThoseOfTheLibrary(t *testing.T) {
	for _, year := range []int{0, 1, 1600, 1899, 1900, 2000, 2021, 2024, 2100, 9999} {
		for month := range 14 {
			for day := range 33 {
				sameDate(t, fmt.Sprintf("%04d-%02d-%02d", year, month, day))
			}
		}
	}
	for _, text := range []string{"", "2021", "2021-1-09", "2021-12-9", "2021/12/09", "2021-12-09 ", " 2021-12-09", "2021-12-09Z", "+021-12-09",
		"20x1-12-09", "2021-+1-09", "2021-12-+9", "2021-12--9", "２０２１-12-09", "2021-12-0\x00"} {
		sameDate(t, text)
	}
}
