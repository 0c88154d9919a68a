package main

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A file that is no list has one column, of all that is in it.
func TestTheColumnsOfAListAreToldInOneLine(t *testing.T) {
	for _, c := range []struct {
		header []string
		want   string
	}{
		{[]string{"village", "村"}, "village, 村"},
		{[]string{strings.Repeat("村", 40)}, strings.Repeat("村", 40)},
		{[]string{strings.Repeat("村", 10_000_000)}, strings.Repeat("村", 40) + "…"},
		{[]string{"a\x1b[2Jb\nc"}, "a�[2Jb�c"},
		{slices.Repeat([]string{"x"}, 20), strings.TrimSuffix(strings.Repeat("x, ", 20), ", ")},
		{slices.Repeat([]string{"x"}, 21), strings.Repeat("x, ", 20) + "…"},
	} {
		if got := columnsOf(c.header); got != c.want || !utf8.ValidString(got) {
			t.Errorf("%.60q", got)
		}
	}
}
