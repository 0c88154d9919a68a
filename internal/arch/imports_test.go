package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// layerOf returns the layer of a folder, that of the longest prefix, and its level.
func layerOf(folder string) (prefix string, level int) {
	for _, layer := range layers {
		if within(folder, layer.prefix) && len(layer.prefix) > len(prefix) {
			prefix, level = layer.prefix, layer.level
		}
	}
	return prefix, level
}

// upward returns the imports of one package that do not go down.
func upward(p *listed) []string {
	var out []string
	folder, _ := p.folder()
	prefix, level := layerOf(folder)
	if prefix == "" {
		return []string{folder + " has no place in the house: give it one in layers"}
	}
	for _, imported := range p.Imports {
		other, own := folderOf(imported)
		if !own {
			continue
		}
		otherPrefix, below := layerOf(other)
		switch {
		case otherPrefix != prefix && below >= level:
			out = append(out, fmt.Sprintf("%s imports %s, which is not below it", folder, other))
		case isPure(folder) && isApart(other):
			out = append(out, fmt.Sprintf("%s is embedded and imports %s, which is not", folder, other))
		}
	}
	return out
}

func TestImportsGoDownOnly(t *testing.T) {
	var findings []string
	for _, p := range packages(t).own() {
		findings = append(findings, upward(p)...)
	}
	report(t, findings)
}

// unclean returns what an embedded package imports or reaches and must not.
func unclean(g graph, p *listed) []string {
	var out []string
	folder, _ := p.folder()
	for _, imported := range p.Imports {
		if slices.Contains(notImported, imported) {
			out = append(out, fmt.Sprintf("%s imports %s", folder, imported))
		}
	}
	via := g.reach(p.ImportPath)
	for _, name := range notReached {
		if _, reached := via[name]; reached {
			out = append(out, fmt.Sprintf("%s reaches %s: %s", folder, name, trail(via, name)))
		}
	}
	return out
}

func TestEmbeddedPackagesReachNoFileSocketOrLogger(t *testing.T) {
	g := packages(t)
	var findings []string
	for folder, p := range g.own() {
		if isPure(folder) {
			findings = append(findings, unclean(g, p)...)
		}
	}
	report(t, findings)
}

// TestTestPackagesAreImportedByTestsOnly keeps keys that everybody knows out of
// every program.
func TestTestPackagesAreImportedByTestsOnly(t *testing.T) {
	var findings []string
	for folder, p := range packages(t).own() {
		if forTests(folder) {
			continue
		}
		for _, imported := range p.Imports {
			other, own := folderOf(imported)
			if own && other == mayUse[folder].imports {
				continue
			}
			if imported == "testing" || strings.HasPrefix(imported, "testing/") || own && forTests(other) {
				findings = append(findings, fmt.Sprintf("%s imports %s outside its tests", folder, imported))
			}
		}
	}
	report(t, findings)
}
