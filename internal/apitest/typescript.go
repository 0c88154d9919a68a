package apitest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// comments of TypeScript. None of our declarations has a text with one in it.
var comments = regexp.MustCompile(`(?s:/\*.*?\*/)|(?m://.*$)`)

// NPMPackage lists what the package in a folder shows: its entries, and the
// declarations of each of its files of types, a line for every member.
func NPMPackage(folder string) (lines []string, err error) {
	data, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Name    string
		Exports map[string]any
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		return nil, err
	}
	for entry, to := range manifest.Exports {
		lines = append(lines, "entry "+manifest.Name+strings.TrimPrefix(entry, "."))
		conditions, ok := to.(map[string]any)
		if !ok || conditions["types"] == nil {
			continue
		}
		types, err := os.ReadFile(filepath.Join(folder, fmt.Sprint(conditions["types"])))
		if err != nil {
			return nil, err
		}
		for _, line := range typeLines(string(types)) {
			lines = append(lines, entry+" "+line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// typeLines has each declaration and each member in a line, with what it is a member
// of before it.
func typeLines(source string) (lines []string) {
	var within []string
	for line := range strings.Lines(comments.ReplaceAllString(source, "")) {
		line = strings.TrimSuffix(strings.Join(strings.Fields(line), " "), ";")
		switch {
		case line == "" || strings.HasPrefix(line, "import "):
		case strings.HasPrefix(line, "}"):
			within = within[:max(len(within)-1, 0)]
		default:
			lines = append(lines, strings.Join(append(slices.Clone(within), line), " "))
			if strings.HasSuffix(line, "{") {
				within = append(within, line)
			}
		}
	}
	return lines
}
