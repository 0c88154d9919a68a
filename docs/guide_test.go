package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is one fenced block of a guide.
type block struct {
	guide string
	line  int    // of its first line of content
	info  string // what stands behind the fence
	body  string
}

func (b block) at() string { return fmt.Sprintf("%s:%d", b.guide, b.line) }

// kind is the first word of the info string.
func (b block) kind() string {
	kind, _, _ := strings.Cut(b.info, " ")
	return kind
}

// file is the name under which the reader writes the block, or "".
func (b block) file() string {
	_, name, _ := strings.Cut(b.info, " ")
	return name
}

// blocks returns the fenced blocks of a text. A fence that is not closed is an
// error: everything behind it would not be run.
func blocks(guide, text string) ([]block, error) {
	var out []block
	var open *block
	n := 0
	for line := range strings.Lines(text) {
		n++
		fence := strings.HasPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &block{guide: guide, line: n + 1, info: strings.TrimSpace(line[3:])}
		case fence:
			out, open = append(out, *open), nil
		case open != nil:
			open.body += line
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s: the fence is not closed", open.at())
	}
	return out, nil
}

// step is one thing that the reader does: a command, or a file that he writes.
type step struct {
	at      string
	file    string // written with text, where there is one
	text    string // the command otherwise
	strict  bool   // a block of sh: each command in it has to succeed
	output  string // expected, of a command of a console block
	exit    int
	compare bool
}

var exitLine = regexp.MustCompile(`(?m)^\((?:exit status|退出状态) ([0-9]+)\)\n?\z`)

// steps returns what a block has its reader do; none for a block to be looked at.
func steps(b block) ([]step, error) {
	switch {
	case b.kind() == "sh":
		return []step{{at: b.at(), text: b.body, strict: true}}, nil
	case b.kind() == "console":
		return commands(b)
	case b.file() != "":
		return []step{{at: b.at(), file: b.file(), text: b.body}}, nil
	}
	return nil, nil
}

// commands takes a console block apart. A command goes on behind a backslash.
func commands(b block) ([]step, error) {
	var out []step
	continued := false
	for line := range strings.Lines(b.body) {
		command, prompt := strings.CutPrefix(line, "$ ")
		switch {
		case prompt:
			out = append(out, step{at: b.at(), text: command, compare: true})
		case len(out) == 0:
			return nil, fmt.Errorf("%s: a console block begins with a command", b.at())
		case continued:
			out[len(out)-1].text += line
		default:
			out[len(out)-1].output += line
		}
		continued = (prompt || continued) && strings.HasSuffix(line, "\\\n")
	}
	for i := range out {
		if found := exitLine.FindStringSubmatch(out[i].output); found != nil {
			fmt.Sscan(found[1], &out[i].exit)
			out[i].output = exitLine.ReplaceAllString(out[i].output, "")
		}
	}
	return out, nil
}

// pattern turns expected output into an expression.
func pattern(expected string) *regexp.Regexp {
	var p strings.Builder
	p.WriteString(`\A`)
	for line := range strings.Lines(expected) {
		if strings.TrimSpace(line) == "..." {
			p.WriteString(`(?:.*\n)*?`)
			continue
		}
		parts := strings.Split(strings.TrimRight(line, "\n"), "...")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		p.WriteString(strings.Join(parts, `.*`) + `\n`)
	}
	return regexp.MustCompile(p.String() + `\z`)
}

// guides returns the texts of docs/guides by name.
func guides(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("guides", "*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	out := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(name)] = string(text)
	}
	return out
}

// TestCodeInGuidesStandsInTheExamples: examples are compiled and run by tests of
// their own, so what a guide shows of them works.
func TestCodeInGuidesStandsInTheExamples(t *testing.T) {
	code := []string{"go", "js", "ts", "c", "python", "java"}
	var examples []string
	for _, pattern := range []string{"*/*.go", "*/*.js", "*/*.mjs", "*/*.ts", "*/*.c", "*/*.py", "*/*.java"} {
		names, err := filepath.Glob(filepath.Join("..", "examples", filepath.FromSlash(pattern)))
		if err != nil || len(names) == 0 {
			t.Fatalf("no example %s: %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			examples = append(examples, string(text))
		}
	}
	shown := 0
	for name, text := range guides(t) {
		all, err := blocks(name, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range all {
			if !slices.Contains(code, b.kind()) || b.file() != "" {
				continue
			}
			shown++
			if !slices.ContainsFunc(examples, func(example string) bool { return strings.Contains(example, b.body) }) {
				t.Errorf("%s: this stands in no file of examples/", b.at())
			}
		}
	}
	if shown == 0 {
		t.Error("no guide shows any code")
	}
}

// TestThePatternOfOutputs holds what "..." stands for, and what it does not.
func TestThePatternOfOutputs(t *testing.T) {
	for _, c := range []struct {
		expected, output string
		matches          bool
	}{
		{"PASS\n", "PASS\n", true},
		{"PASS\n", "PASS\nmore\n", false},
		{"PASS\n", "PAS\n", false},
		{"key ... made\n", "key 8641a06f made\n", true},
		{"key ... made\n", "key\nmade\n", false},
		{"first\n...\nlast\n", "first\na\nb\nlast\n", true},
		{"first\n...\nlast\n", "first\nlast\n", true},
		{"first\n...\n", "second\n", false},
		{"1.5\n", "1x5\n", false},
		{"", "", true},
		{"", "x\n", false},
	} {
		if got := pattern(c.expected).MatchString(c.output); got != c.matches {
			t.Errorf("%q against %q: %v", c.expected, c.output, got)
		}
	}
}

// TestEveryBlockThatIsACommandIsAStep: a block with another word for the shell
// would be shown and not run.
func TestEveryBlockThatIsACommandIsAStep(t *testing.T) {
	known := []string{"sh", "console", "json", "csv", "text", "go", "js", "ts", "c", "python", "java"}
	for name, text := range guides(t) {
		all, err := blocks(name, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range all {
			if !slices.Contains(known, b.kind()) {
				t.Errorf("%s: a block of kind %q: a command stands in sh or console", b.at(), b.kind())
			}
			if b.file() != "" && !strings.Contains(text, "`"+b.file()+"`") {
				t.Errorf("%s: the text does not tell the reader to write %s", b.at(), b.file())
			}
		}
	}
	if _, err := blocks("x.md", "```sh\ntrue\n"); err == nil {
		t.Error("a fence that is not closed is taken")
	}
}
