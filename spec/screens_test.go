package spec

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// [GATE-1] No two screens look alike in colour and shape but those that are the
// same for the guard; each has both languages.
func TestEveryScreenIsToldApartWithoutColour(t *testing.T) {
	rows, err := parseScreens(screensCSV)
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string]string{}
	for _, row := range rows {
		if other := shapes[row.Shape]; other != "" && other != row.Colour {
			t.Errorf("%s: one shape, %s, in two colours", row.Name, row.Shape)
		}
		shapes[row.Shape] = row.Colour
		if len(row.Sound) == 0 || row.Word.ZH == "" || row.Word.EN == "" {
			t.Errorf("%s lacks sound or word", row.Name)
		}
		if (row.Name == "pass") != (row.Another.ZH == "") {
			t.Errorf("%s: another way in: %q", row.Name, row.Another.EN)
		}
	}
	if len(shapes) != 5 || len(rows) != 6 {
		t.Errorf("%d shapes in %d rows", len(shapes), len(rows))
	}
}

func TestAScreenThatTheTableLacksIsThatOfAnUnverifiedCode(t *testing.T) {
	if row, ok := ScreenByName("pass"); !ok || row.Word.In("en") != "Pass" {
		t.Errorf("%v %v", row, ok)
	}
	if row, ok := ScreenByName("no such screen"); ok || row.Name != "unverified" {
		t.Errorf("%v %v", row, ok)
	}
	if Notice("stale", "en") == "stale" || Notice("no such notice", "zh") != "no such notice" {
		t.Error("notices")
	}
}

func TestAFaultyTableOfScreensIsRefused(t *testing.T) {
	good := string(bytes.TrimSpace(screensCSV))
	header, first, _ := strings.Cut(good, "\n")
	first, _, _ = strings.Cut(first, "\n")
	for name, table := range map[string]string{
		"no row":       header,
		"header":       strings.Replace(good, "colour", "color", 1),
		"twice":        header + "\n" + first + "\n" + first,
		"one language": header + "\n" + strings.Replace(first, "Pass", "", 1),
		"sound":        header + "\n" + strings.Replace(first, "880:200", "880", 1),
		"columns":      header + "\npass,green",
	} {
		if _, err := parseScreens([]byte(table)); !errors.Is(err, errScreens) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
