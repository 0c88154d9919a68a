package main

import (
	"encoding/csv"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// people are who may not be named.
type people struct {
	names   map[string][]string // by their first two characters
	numbers map[string]bool
}

func (p *people) count() int {
	n := len(p.numbers)
	for _, names := range p.names {
		n += len(names)
	}
	return n
}

// beginning is the first two characters of a text.
func beginning(text string) string {
	_, first := utf8.DecodeRuneInString(text)
	_, second := utf8.DecodeRuneInString(text[first:])
	return text[:first+second]
}

// name adds a name that is in Chinese characters, or of several words: a single word
// in Latin letters may be any.
func (p *people) name(text string) {
	text = strings.TrimSpace(text)
	chinese := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	if utf8.RuneCountInString(text) < 2 || strings.ContainsAny(text, "%*$") || !chinese && !strings.ContainsAny(text, " ·") {
		return
	}
	if key := beginning(text); !slices.Contains(p.names[key], text) {
		p.names[key] = append(p.names[key], text)
	}
}

// number adds the number of a document.
func (p *people) number(text string) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) >= 6 && strings.ContainsAny(text, "0123456789") && !strings.ContainsAny(text, "%*$/") {
		p.numbers[text] = true
	}
}

// word is what may be a number.
var word = regexp.MustCompile(`[0-9A-Za-z]{6,}`)

// in returns whom a line names, "" for nobody.
func (p *people) in(line string) string {
	for _, number := range word.FindAllString(line, -1) {
		if number = strings.ToUpper(number); p.numbers[number] || isCitizen(number) {
			return number
		}
	}
	for i := range line {
		if names := p.names[beginning(line[i:])]; names != nil {
			for _, name := range names {
				if strings.HasPrefix(line[i:], name) {
					return name
				}
			}
		}
	}
	return ""
}

// isCitizen reports whether a text has the form of a citizen's number, with the check
// character of GB 11643.
func isCitizen(text string) bool {
	if len(text) != 18 || text[6:8] != "19" && text[6:8] != "20" {
		return false
	}
	sum, weight := 0, 1 // of the last: each before it has twice as much, modulo 11
	for i := 17; i >= 0; i-- {
		digit := int(text[i] - '0')
		if i == 17 && text[i] == 'X' {
			digit = 10
		} else if digit > 9 {
			return false
		}
		sum += digit * weight
		weight = weight * 2 % 11
	}
	return sum%11 == 1
}

// inTests are how people stand in the tests.
var inTests = []struct {
	pattern *regexp.Regexp
	add     func(*people, string)
}{
	{regexp.MustCompile(`\\?"name\\?": ?\\?"([^"\\]+)\\?"[^\n]*document_`), (*people).name},
	{regexp.MustCompile(`"document_number\\?": ?\\?"([^"\\]+)\\?"`), (*people).number},
	{regexp.MustCompile(`DocumentNumber: +"([^"]+)"`), (*people).number},
	{regexp.MustCompile(`Name: +"([^"]+)", DocumentType`), (*people).name},
	{regexp.MustCompile(`--id[= ]'?(?:0\d:)?([0-9A-Za-z]{6,})`), (*people).number},
	{regexp.MustCompile(`--(?:full-)?name[= ]'?(\p{Han}{2,4})'? .*--id`), (*people).name},
}

// identities are the people of the exports and of the tests below a folder.
func identities(sources fs.FS) (*people, error) {
	p := &people{map[string][]string{}, map[string]bool{}}
	exports, err := fs.Glob(sources, "testdata/feeds/*/people.csv")
	if err != nil {
		return nil, err
	}
	for _, name := range exports {
		if err := p.export(sources, name); err != nil {
			return nil, err
		}
	}
	if err := p.tests(sources); err != nil {
		return nil, err
	}
	return p, p.spare(sources)
}

// spare takes out whoever is an example in the programs' own words.
func (p *people) spare(sources fs.FS) error {
	said, err := fs.ReadFile(sources, "cmd/internal/words/words.csv")
	for _, example := range word.FindAllString(string(said), -1) {
		delete(p.numbers, strings.ToUpper(example))
	}
	return err
}

// tests adds who stands in the tests.
func (p *people) tests(sources fs.FS) error {
	for _, folder := range []string{"cmd", "issuer", "gate", "docs"} {
		err := fs.WalkDir(sources, folder, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.Name() == "node_modules":
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(name, "_test.go") && !slices.Contains([]string{".txtar", ".jsonl", ".md"}, path.Ext(name)):
				return nil
			}
			data, err := fs.ReadFile(sources, name)
			for _, kind := range inTests {
				for _, found := range kind.pattern.FindAllSubmatch(data, -1) {
					kind.add(p, string(found[1]))
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// export adds the people of a province's file: names in the first column, numbers in
// the third.
func (p *people) export(sources fs.FS, name string) error {
	data, err := fs.ReadFile(sources, name)
	if err == nil && !utf8.Valid(data) {
		data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	}
	if err != nil {
		return err
	}
	r := csv.NewReader(strings.NewReader(string(data)))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		return err
	}
	for _, row := range rows[min(1, len(rows)):] {
		if len(row) > 2 {
			p.name(row[0])
			p.number(row[2])
		}
	}
	return nil
}
