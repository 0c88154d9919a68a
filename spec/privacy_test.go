package spec_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// hashes is the number of values of v, the first 2 bytes of a hash of a document
// number, from which tags are made (CRED-85).
const hashes = 1 << 16

// tagsOf returns the tag of every v in one code.
func tagsOf(t *testing.T, index uint32) *[hashes]uint16 {
	t.Helper()
	key, err := cbor.Marshal([]any{"33", 7936, index})
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	var tags [hashes]uint16
	var v [2]byte
	for n := range tags {
		binary.BigEndian.PutUint16(v[:], uint16(n))
		mac.Reset()
		mac.Write(v[:])
		tags[n] = binary.BigEndian.Uint16(mac.Sum(nil))
	}
	return &tags
}

// counts returns how many v have each tag.
func counts(tags *[hashes]uint16) *[hashes]float64 {
	var n [hashes]float64
	for _, tag := range tags {
		n[tag]++
	}
	return &n
}

// The figures of the tag are counted over all values of v and several codes, not
// taken from a formula.

// strangers is the chance that the v of another document has the tag of a code.
func strangers(codes []*[hashes]uint16) (chance float64) {
	for _, tags := range codes {
		for _, n := range counts(tags) {
			chance += n * n / hashes / hashes / float64(len(codes))
		}
	}
	return chance
}

// left is the mean number of v that fit all tags of a person's codes.
func left(codes ...*[hashes]uint16) (mean float64) {
	same := map[string]float64{}
	for v := range hashes {
		var tags []byte
		for _, code := range codes {
			tags = binary.BigEndian.AppendUint16(tags, code[v])
		}
		same[string(tags)]++
	}
	for _, n := range same {
		mean += n * n / hashes
	}
	return mean
}

// linked is the chance that two codes of two people could be those of one: that
// some v has the tags of both. It is the sum over v, in which the rare pairs that
// two v fit count twice.
func linked(a, b *[hashes]uint16) (chance float64) {
	first, second := counts(a), counts(b)
	for v := range hashes {
		chance += first[a[v]] * second[b[v]] / hashes / hashes
	}
	return chance
}

// round gives a figure with two digits, as the text has it.
func round(x float64) float64 {
	scale := math.Pow(10, math.Floor(math.Log10(x))-1)
	return math.Round(x/scale) * scale
}

// [PRIV-4]
func TestTheFiguresOfTheTagAreThoseOfTheText(t *testing.T) {
	var codes []*[hashes]uint16
	for index := range uint32(8) {
		codes = append(codes, tagsOf(t, 4051238+index))
	}
	const (
		ofSex, ofBoth = 5.0 * 11, 10.0 * 11  // last two characters of a citizen number
		province      = 100.0 * 36525 * 1000 // numbers that there can be
		county        = 365.0 * 1000         // of one county and year of birth
		register      = 50e6                 // people of a large province
		nation        = 1.4e9                // people
	)
	stranger, one, two := strangers(codes), left(codes[0]), left(codes[:2]...)
	link := linked(codes[0], codes[1])
	text := privacyText(t)
	for what, c := range map[string]struct {
		got  float64
		want string
	}{
		"a stranger's document, tag alone":             {1 / stranger, "1 in 33,000"},
		"the same sex, last two":                       {ofSex / stranger, "1 in 1.8 million"},
		"any sex, last two":                            {ofBoth / stranger, "1 in 3.6 million"},
		"values of v after one code":                   {one, "2.0 values of v"},
		"values of v after two":                        {two, "1.0 value of v"},
		"numbers of a province":                        {province, "3.7 thousand million"},
		"numbers left after one code":                  {province / hashes / ofBoth * one, "about 1,000 numbers"},
		"numbers left after two":                       {province / hashes / ofBoth * two, "about 510 numbers"},
		"with county and year, after two":              {county / hashes / ofBoth * two, "0.05 numbers"},
		"people of a province's register, after two":   {register / hashes / ofBoth * two, "6.9 people"},
		"people of the nation's register, after two":   {nation / hashes / ofBoth * two, "190 people"},
		"two codes of two people that look like one's": {ofBoth / link, "1 in 1.8 million"},
	} {
		number := regexp.MustCompile(`[0-9][0-9,.]*`).FindAllString(c.want, -1)
		stated := 0.0
		if _, err := fmt.Sscan(strings.ReplaceAll(number[len(number)-1], ",", ""), &stated); err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.Contains(c.want, "thousand million"):
			stated *= 1e9
		case strings.Contains(c.want, "million"):
			stated *= 1e6
		}
		if math.Abs(round(c.got)-stated) > 0.06*stated {
			t.Errorf("%s: %.6g, the text says %s", what, c.got, c.want)
		}
		if !strings.Contains(text, c.want) {
			t.Errorf("%s: the text does not say %q", what, c.want)
		}
	}
}

func privacyText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// [PRIV-4] A protection is one only if what holds it is there: the last section
// names requirements, tests and rules of other files.
func TestEveryProtectionIsHeldByATestOrARequirement(t *testing.T) {
	_, table, found := strings.Cut(privacyText(t), "| protection | what holds it |\n| --- | --- |\n")
	if !found {
		t.Fatal("privacy.md has no table of protections")
	}
	defined, tests := requirements(t), allTests(t)
	requirement, test := regexp.MustCompile(`\b[A-Z]+-[0-9]+\b`), regexp.MustCompile(`\bTest[A-Z]\w+`)
	rows := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		rows++
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			t.Fatalf("row %q", line)
		}
		numbers, names := requirement.FindAllString(cells[2], -1), test.FindAllString(cells[2], -1)
		if len(numbers)+len(names) == 0 {
			t.Errorf("nothing holds:%s", cells[1])
		}
		for _, number := range numbers {
			if defined[number] == "" {
				t.Errorf("%s: no requirement %s", cells[1], number)
			}
		}
		for _, name := range names {
			if !tests[name] {
				t.Errorf("%s: no test %s", cells[1], name)
			}
		}
	}
	if rows < 20 {
		t.Errorf("%d rows", rows)
	}
}

// allTests returns the names of all test functions of the module.
func allTests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		for _, match := range function.FindAllStringSubmatch(string(content), -1) {
			names[match[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
