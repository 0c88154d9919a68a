package docs

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPicturesAreWellFormedAndSayWhatTheyShow: whoever does not see a picture has its
// title and description, and its colours are those of the reader's scheme.
func TestPicturesAreWellFormedAndSayWhatTheyShow(t *testing.T) {
	names, err := filepath.Glob("*.svg")
	if err != nil || len(names) < 4 {
		t.Fatalf("pictures %v: %v", names, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var picture struct {
			XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
			Role    string   `xml:"role,attr"`
			Label   string   `xml:"aria-labelledby,attr"`
			Title   string   `xml:"title"`
			Desc    string   `xml:"desc"`
			Style   string   `xml:"style"`
		}
		if err := xml.Unmarshal(content, &picture); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if picture.Role != "img" || picture.Label != "title desc" || picture.Title == "" || len(picture.Desc) < 100 {
			t.Errorf("%s: role %q, label %q, title %q, description %q", name, picture.Role, picture.Label, picture.Title, picture.Desc)
		}
		if !strings.Contains(picture.Style, "prefers-color-scheme: dark") || !strings.Contains(string(content), `<rect class="paper"`) {
			t.Errorf("%s has no colours for the dark, or no ground of its own", name)
		}
		needColoursOfTheScheme(t, name, string(content))
	}
}

// needColoursOfTheScheme: no element brings a colour of its own.
func needColoursOfTheScheme(t *testing.T, name, content string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(content))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, attribute := range element.Attr {
			if slices.Contains([]string{"fill", "stroke", "style", "href", "onload"}, attribute.Name.Local) {
				t.Errorf("%s: <%s> has %s", name, element.Name.Local, attribute.Name.Local)
			}
		}
	}
}

// TestDecisionsAreNumberedAndWhole: each has all its parts, and stands in the index
// under its title.
func TestDecisionsAreNumberedAndWhole(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("decisions", "[0-9]*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	index, err := os.ReadFile(filepath.Join("decisions", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text, file := string(content), filepath.Base(name)
		title, _, _ := strings.Cut(strings.TrimPrefix(text, fmt.Sprintf("# %d. ", i+1)), "\n")
		if !strings.HasPrefix(file, fmt.Sprintf("%04d-", i+1)) || strings.HasPrefix(title, "#") {
			t.Errorf("%s is the record %d by its place, and by its name or title another", name, i+1)
		}
		at := 0
		for _, part := range []string{"## Context\n", "## Decision\n", "## Weighed\n", "## Consequences\n", "## Look again\n"} {
			next := strings.Index(text, part)
			if next <= at {
				t.Errorf("%s: %q is missing or out of order", name, strings.TrimSpace(part))
			}
			at = next
		}
		if !strings.Contains(string(index), fmt.Sprintf("| [%04d](%s) | %s |", i+1, file, title)) {
			t.Errorf("%s stands not in the index as %q", name, title)
		}
	}
}

// TestTheHoldersPageIsPlain: it is read aloud to who cannot read, so its sentences are
// short, and no word of it is one of our trade.
func TestTheHoldersPageIsPlain(t *testing.T) {
	const longest = 45 // characters of a sentence
	content, err := os.ReadFile(filepath.Join("guides", "holder.zh.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := linkTarget.ReplaceAllString(string(content), "]")
	for _, word := range []string{"签名", "密钥", "算法", "信任", "凭证", "核验", "散列", "指纹", "离线", "服务器", "编码", "状态列表", "政策", "```", "$ "} {
		if strings.Contains(text, word) {
			t.Errorf("the holder reads the word %q", word)
		}
	}
	ends := func(r rune) bool { return strings.ContainsRune("。！？；|\n", r) }
	sentences := strings.FieldsFunc(text, ends)
	if len(sentences) < 50 {
		t.Errorf("only %d sentences were found", len(sentences))
	}
	for _, sentence := range sentences {
		if n := utf8.RuneCountInString(strings.TrimSpace(sentence)); n > longest {
			t.Errorf("a sentence of %d characters: %s", n, sentence)
		}
	}
}

// TestTheNewestChangesAreThoseOfThisVersion: the number of the release stands in one
// place, and the texts that name it follow.
func TestTheNewestChangesAreThoseOfThisVersion(t *testing.T) {
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	version := strings.TrimSpace(read("cmd/internal/program/version.txt"))
	_, after, _ := strings.Cut(read("CHANGELOG.md"), "\n## ")
	newest, _, _ := strings.Cut(after, "\n")
	if number, _, _ := strings.Cut(newest, ","); number != version {
		t.Errorf("CHANGELOG.md begins with %q, this is %s", newest, version)
	}
	minor := version[:strings.LastIndex(version, ".")]
	if !strings.Contains(read("SECURITY.md"), "\n| "+minor+" ") {
		t.Errorf("SECURITY.md does not say whether %s gets fixes", minor)
	}
}
