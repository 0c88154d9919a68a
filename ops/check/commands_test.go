package check

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	strict "sigs.k8s.io/yaml"
)

// line is a command line of ours and where it stands.
type line struct {
	where string
	words []string
}

// programName is how one of our programs is called in a file.
var programName = regexp.MustCompile(`^(?:/usr/local/bin/)?(tongxing|tongxing-issuer|tongxing-signer)$`)

// fromText finds command lines in a text, continued over lines or not.
func fromText(where, text string) []line {
	var all []line
	text = strings.ReplaceAll(text, "\\\n", " ")
	for _, one := range regexp.MustCompile("(?m)(?:^ *|ExecStart=|`)((?:/usr/local/bin/)?tongxing(?:-issuer|-signer)? [a-z][^`\n]*)").FindAllStringSubmatch(text, -1) {
		words := strings.Fields(one[1])
		if programName.MatchString(words[0]) {
			all = append(all, line{where, words})
		}
	}
	return all
}

// fromLists finds lists of words that begin with a program, in YAML.
func fromLists(where string, value any) []line {
	var all []line
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			all = append(all, fromLists(where, member)...)
		}
	case []any:
		var words []string
		for _, member := range v {
			if text, ok := member.(string); ok {
				words = append(words, text)
			}
			all = append(all, fromLists(where, member)...)
		}
		if len(words) > 1 && programName.MatchString(words[0]) {
			all = append(all, line{where, words})
		}
	}
	return all
}

func commandLines(t *testing.T) []line {
	t.Helper()
	var all []line
	for _, path := range append(files(t, "systemd/*.service", 3), "runbook.md") {
		all = append(all, fromText(path, string(read(t, path)))...)
	}
	for _, path := range append(files(t, "kubernetes/*.yaml", 6), "compose/compose.yaml") {
		for document := range strings.SplitSeq(string(read(t, path)), "\n---\n") {
			var value any
			if err := strict.Unmarshal([]byte(document), &value); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			all = append(all, fromLists(path, value)...)
		}
	}
	if len(all) < 20 {
		t.Fatalf("%d command lines", len(all))
	}
	return all
}

// TestEveryCommandLineIsOneThatTheProgramsTake asks each command for its help, and
// holds the flags that are used to those that it lists.
func TestEveryCommandLineIsOneThatTheProgramsTake(t *testing.T) {
	binaries := built(t)
	helps := map[string]string{}
	for _, l := range commandLines(t) {
		name := programName.FindStringSubmatch(l.words[0])[1]
		command := []string{name}
		for _, word := range l.words[1:] {
			if strings.HasPrefix(word, "-") || !regexp.MustCompile(`^[a-z]+$`).MatchString(word) {
				break
			}
			command = append(command, word)
		}
		key := strings.Join(command, " ")
		if helps[key] == "" {
			said, err := exec.Command(filepath.Join(binaries, name), append(command[1:], "--lang", "en", "--help")...).CombinedOutput()
			if err != nil {
				t.Errorf("%s: %s: %v: %s", l.where, key, err, said)
				continue
			}
			helps[key] = string(said)
		}
		if len(command) == 1 || !strings.Contains(helps[key], key) {
			t.Errorf("%s: there is no command %q", l.where, key)
		}
		for _, word := range l.words[1:] {
			if flag, _, _ := strings.Cut(word, "="); strings.HasPrefix(flag, "--") && !regexp.MustCompile(`(?m)^.*`+regexp.QuoteMeta(flag)+`( |$)`).MatchString(helps[key]) {
				t.Errorf("%s: %s has no %s", l.where, key, flag)
			}
		}
	}
}
