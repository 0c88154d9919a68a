package arch

import (
	"cmp"
	"encoding/xml"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/imports.svg anew")

// graphFile is the picture that docs/architecture.md shows.
var graphFile = filepath.Join(root, "docs", "imports.svg")

// band is a row of the picture: the packages of one folder of the house.
type band struct {
	name     string
	level    int
	why      string
	packages []string
	imports  map[string]bool // the bands that it imports from
}

// bandOf returns the band of a package, or "" for those that only tests use.
func bandOf(folder string) string {
	prefix, _ := layerOf(folder)
	first, _, _ := strings.Cut(folder, "/")
	switch {
	case forTests(folder), strings.Contains(folder, "test/"), prefix == "internal/arch", prefix == "docs":
		return ""
	case prefix == "spec/gen":
		return prefix
	}
	return first
}

// bands returns the rows of the picture from the top of the house down.
func bands(g graph) []*band {
	rows := map[string]*band{}
	own := g.own()
	for _, folder := range slices.Sorted(maps.Keys(own)) {
		name := bandOf(folder)
		if name == "" {
			continue
		}
		if rows[name] == nil {
			_, level := layerOf(folder)
			rows[name] = &band{name: name, level: level, why: whyOf(name), imports: map[string]bool{}}
		}
		rows[name].packages = append(rows[name].packages, folder)
		for _, imported := range own[folder].Imports {
			if other, isOwn := folderOf(imported); isOwn && bandOf(other) != "" && bandOf(other) != name {
				rows[name].imports[bandOf(other)] = true
			}
		}
	}
	return slices.SortedFunc(maps.Values(rows), func(a, b *band) int {
		return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(a.name, b.name))
	})
}

// whyOf is what a row is for, in the words of the rules.
func whyOf(name string) string {
	for _, layer := range layers {
		if layer.prefix == name {
			return layer.why
		}
	}
	return "what several layers use and nobody else" // internal, whose folders have places of their own
}

// TestTheImportGraphIsThatOfTheCode: the picture in docs is made from what the
// compiler sees, and nobody draws it.
func TestTheImportGraphIsThatOfTheCode(t *testing.T) {
	want := drawGraph(packages(t))
	if *update {
		if err := os.WriteFile(graphFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(graphFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/imports.svg is not that of the code; write it: go test ./internal/arch -run TestTheImportGraph -update")
	}
	if err := xml.Unmarshal(got, new(struct {
		XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
	})); err != nil {
		t.Error(err)
	}
}

// TestTheImportGraphShowsEveryPackageOnce: a package that the picture left out
// would be imported unseen.
func TestTheImportGraphShowsEveryPackageOnce(t *testing.T) {
	g := packages(t)
	picture := drawGraph(g)
	for folder := range g.own() {
		want := 1
		if bandOf(folder) == "" {
			want = 0
		}
		if got := strings.Count(picture, fmt.Sprintf(">%s</text>", folder)); got != want {
			t.Errorf("%s stands in the picture %d times, want %d", folder, got, want)
		}
	}
}
