package arch

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// requirement is one line of go.mod.
type requirement struct {
	Path     string
	Version  string
	Indirect bool
}

func requirements(t *testing.T) []requirement {
	t.Helper()
	output, err := goCommand("mod", "edit", "-json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Require []requirement }
	if err := json.Unmarshal(output, &file); err != nil {
		t.Fatal(err)
	}
	return file.Require
}

// moduleOf returns the required module that an import path belongs to, or "".
func moduleOf(required []requirement, importPath string) string {
	longest := ""
	for _, r := range required {
		if within(importPath, r.Path) && len(r.Path) > len(longest) {
			longest = r.Path
		}
	}
	return longest
}

func TestEveryPackageUsesOnlyTheModulesAgreedForIt(t *testing.T) {
	required := requirements(t)
	own := packages(t).own()
	var findings []string
	for folder, p := range own {
		used := map[string]bool{}
		for _, imported := range p.Imports {
			if module := moduleOf(required, imported); module != "" {
				used[module] = true
			}
		}
		for module := range used {
			if !slices.Contains(modulesOf[folder], module) {
				findings = append(findings, fmt.Sprintf("%s uses %s: not agreed in modulesOf", folder, module))
			}
		}
		for _, module := range modulesOf[folder] {
			if !used[module] {
				findings = append(findings, fmt.Sprintf("%s does not use %s: take it out of modulesOf", folder, module))
			}
		}
	}
	for folder := range modulesOf {
		if own[folder] == nil {
			findings = append(findings, fmt.Sprintf("modulesOf names %s, which is not there", folder))
		}
	}
	report(t, findings)
}

func TestVerifierLinksOnlyTheModulesListed(t *testing.T) {
	g := packages(t)
	var findings []string
	linked := map[string]bool{}
	for folder, p := range g.own() {
		if !within(folder, "verifier") || forTests(folder) {
			continue
		}
		via := g.reach(p.ImportPath)
		for name := range via {
			reached := g[name]
			if reached == nil || reached.Standard || reached.Module == nil || reached.Module.Path == modulePath {
				continue
			}
			linked[reached.Module.Path] = true
			if !slices.Contains(linkedByVerifier, reached.Module.Path) {
				findings = append(findings, fmt.Sprintf("%s links %s: %s", folder, reached.Module.Path, trail(via, name)))
			}
		}
	}
	for _, module := range linkedByVerifier {
		if !linked[module] {
			findings = append(findings, fmt.Sprintf("the verifier does not link %s: take it out of linkedByVerifier", module))
		}
	}
	report(t, findings)
}

// TestSecondOpinionStaysOutOfTheVerifier says by name what the list above says
// too: a check that shares code with what it checks is none.
func TestSecondOpinionStaysOutOfTheVerifier(t *testing.T) {
	g := packages(t)
	for folder, p := range g.own() {
		if !isPure(folder) {
			continue
		}
		via := g.reach(p.ImportPath)
		for name := range via {
			if within(name, secondOpinionModule) {
				t.Errorf("%s reaches it: %s", folder, trail(via, name))
			}
		}
	}
}

// TestDirectDependenciesAreThoseThatWeImport keeps go.mod tidy without asking a
// network: what we import, tests included, is direct, and nothing else is.
func TestDirectDependenciesAreThoseThatWeImport(t *testing.T) {
	required := requirements(t)
	imported := map[string]bool{}
	for _, p := range packages(t).own() {
		for _, name := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			imported[moduleOf(required, name)] = true
		}
	}
	for _, r := range required {
		if imported[r.Path] == r.Indirect {
			t.Errorf("go.mod: %s is imported: %v, marked indirect: %v; run go mod tidy", r.Path, imported[r.Path], r.Indirect)
		}
	}
}

// uncommented returns the direct requirements of a go.mod that no comment above
// or behind them gives a reason for.
func uncommented(text string) []string {
	var out []string
	inside, above := false, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		rest, alone := strings.CutPrefix(line, "require ")
		switch {
		case strings.HasPrefix(line, "require ("):
			inside = true
		case line == ")":
			inside = false
		case strings.HasPrefix(line, "//"):
			above = line
			continue
		case line != "" && (inside || alone):
			requirement, behind, _ := strings.Cut(rest, "//")
			if !strings.HasPrefix(strings.TrimSpace(behind), "indirect") && len(strings.Fields(above+" "+behind)) < 4 {
				out = append(out, "go.mod: no reason for "+strings.TrimSpace(requirement))
			}
		}
		above = ""
	}
	return out
}

func TestEveryDirectDependencyHasAReason(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	report(t, uncommented(string(text)))
}
