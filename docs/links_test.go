package docs

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// page is one file of Markdown of the repository.
type page struct {
	name    string // relative to the repository, with slashes
	text    string // without its fenced blocks and code
	anchors map[string]bool
}

var (
	linkTarget = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fenced     = regexp.MustCompile("(?ms)^```.*?^```")
	code       = regexp.MustCompile("`[^`\n]*`")
	heading    = regexp.MustCompile(`(?m)^#{1,6} +(.+)$`)
)

// pages returns every file of Markdown that belongs to the repository.
func pages(t *testing.T) map[string]page {
	t.Helper()
	out := map[string]page{}
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(file, ".."+string(filepath.Separator)))
		made := name == "bin" || name == "demo" || name == "dist" || strings.HasPrefix(name, "js/verifier/dist")
		if entry.IsDir() && (made || entry.Name() == ".git" || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".md") {
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		text := fenced.ReplaceAllString(string(content), "")
		out[name] = page{name: name, text: code.ReplaceAllString(text, ""), anchors: anchorsOf(text)}
		return nil
	})
	if err != nil || len(out) < 50 {
		t.Fatalf("%d pages: %v", len(out), err)
	}
	return out
}

// anchorsOf returns the anchors that headings give: lower case, blanks to dashes,
// no punctuation; the second of one name has -1 behind it.
func anchorsOf(text string) map[string]bool {
	out := map[string]bool{}
	for _, found := range heading.FindAllStringSubmatch(text, -1) {
		title := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(found[1], "$1")
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title))
		if out[anchor] {
			anchor += "-1"
		}
		out[anchor] = true
	}
	return out
}

// TestEveryLinkLeadsSomewhere: files and headings that texts link to are there.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	all := pages(t)
	links := 0
	for _, p := range all {
		for _, found := range linkTarget.FindAllStringSubmatch(p.text, -1) {
			links++
			checkLink(t, all, p, found[1])
		}
	}
	if links < 200 {
		t.Errorf("only %d links: the expression finds none", links)
	}
}

func checkLink(t *testing.T, all map[string]page, p page, target string) {
	t.Helper()
	address, err := url.Parse(target)
	switch {
	case err != nil:
		t.Errorf("%s: %s is no address: %v", p.name, target, err)
		return
	case address.Scheme != "":
		if address.Scheme != "https" || address.Host == "" {
			t.Errorf("%s: %s: addresses elsewhere begin with https://", p.name, target)
		}
		return
	case strings.HasPrefix(address.Path, "/"):
		t.Errorf("%s: %s leads out of the repository", p.name, target)
		return
	}
	name := p.name
	if address.Path != "" {
		name = path.Join(path.Dir(p.name), address.Path)
		if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(name))); err != nil || strings.HasPrefix(name, "..") {
			t.Errorf("%s: %s leads nowhere", p.name, target)
			return
		}
	}
	if address.Fragment != "" && !all[name].anchors[address.Fragment] {
		t.Errorf("%s: %s has no heading #%s", p.name, name, address.Fragment)
	}
}

// TestLinksElsewhereAreFew: what the texts need is in the repository, for who has no
// network.
func TestLinksElsewhereAreFew(t *testing.T) {
	elsewhere := map[string]bool{}
	for _, p := range pages(t) {
		for _, found := range linkTarget.FindAllStringSubmatch(p.text, -1) {
			if strings.Contains(found[1], "://") {
				elsewhere[found[1]] = true
			}
		}
	}
	if len(elsewhere) > 20 {
		t.Errorf("%d addresses elsewhere: %v", len(elsewhere), elsewhere)
	}
}

// TestEveryPageOfDocsIsReached from the index, by links.
func TestEveryPageOfDocsIsReached(t *testing.T) {
	all := pages(t)
	seen := map[string]bool{}
	queue := []string{"README.md"}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, found := range linkTarget.FindAllStringSubmatch(all[name].text, -1) {
			target, _, _ := strings.Cut(found[1], "#")
			if next := path.Join(path.Dir(name), target); all[next].name != "" {
				queue = append(queue, next)
			} else if all[next+"/README.md"].name != "" {
				queue = append(queue, next+"/README.md")
			}
		}
	}
	for name := range all {
		ours := strings.HasPrefix(name, "docs/") || !strings.Contains(name, "/")
		if ours && !seen[name] {
			t.Errorf("no link leads to %s", name)
		}
	}
}
