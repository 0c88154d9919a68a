package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the module's folder: tests run in their package's folder.
var root = filepath.Join("..", "..")

// listed is one package as `go list` describes it, tests aside.
type listed struct {
	ImportPath   string
	Name         string
	Doc          string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	Module       *struct{ Path string }
}

// folder returns the package's folder relative to the module, and whether it
// belongs to the module.
func (p *listed) folder() (string, bool) { return folderOf(p.ImportPath) }

func folderOf(importPath string) (string, bool) {
	return strings.CutPrefix(importPath, modulePath+"/")
}

// graph is every package of the module and everything they reach.
type graph map[string]*listed

// load asks `go list` once for all tests.
var load = sync.OnceValues(func() (graph, error) {
	output, err := goCommand("list", "-deps",
		"-json=ImportPath,Name,Doc,Standard,Imports,TestImports,XTestImports,Module", "./...")
	if err != nil {
		return nil, err
	}
	packages := graph{}
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages[p.ImportPath] = &p
	}
})

func goCommand(arguments ...string) ([]byte, error) {
	command := exec.Command("go", arguments...)
	command.Dir = root
	var complaint bytes.Buffer
	command.Stderr = &complaint
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(arguments, " "), err, &complaint)
	}
	return output, nil
}

func packages(t *testing.T) graph {
	t.Helper()
	g, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// own returns the module's packages by folder.
func (g graph) own() map[string]*listed {
	out := map[string]*listed{}
	for _, p := range g {
		if folder, ok := p.folder(); ok {
			out[folder] = p
		}
	}
	return out
}

// reach returns for each package that start reaches the one that imports it, so
// that a fault can be told with its path.
func (g graph) reach(start string) map[string]string {
	via := map[string]string{start: ""}
	queue := []string{start}
	for len(queue) > 0 {
		importer := queue[0]
		queue = queue[1:]
		p := g[importer]
		if p == nil {
			continue
		}
		for _, imported := range p.Imports {
			if _, seen := via[imported]; !seen {
				via[imported] = importer
				queue = append(queue, imported)
			}
		}
	}
	return via
}

// trail tells how start reaches the package named.
func trail(via map[string]string, name string) string {
	steps := []string{name}
	for via[name] != "" {
		name = via[name]
		steps = append(steps, name)
	}
	slices.Reverse(steps)
	return strings.Join(steps, " -> ")
}

// source is one Go file of the module, whatever its build tags.
type source struct {
	name   string // relative to the module, with slashes
	folder string
	isTest bool
	lines  int
	files  *token.FileSet
	syntax *ast.File
}

// at tells where in the module a node stands.
func (s *source) at(node ast.Node) string {
	return fmt.Sprintf("%s:%d", s.name, s.files.Position(node.Pos()).Line)
}

// parse reads one file; content is nil to read it from the disk.
func parse(name string, content []byte) (*source, error) {
	files := token.NewFileSet()
	syntax, err := parser.ParseFile(files, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &source{
		name:   name,
		folder: path.Dir(name),
		isTest: strings.HasSuffix(name, "_test.go"),
		lines:  bytes.Count(content, []byte("\n")),
		files:  files,
		syntax: syntax,
	}, nil
}

var loadSources = sync.OnceValues(func() ([]*source, error) {
	var out []*source
	err := walk(func(name string, content []byte) error {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			return nil
		}
		s, err := parse(name, content)
		out = append(out, s)
		return err
	})
	return out, err
})

func sources(t *testing.T) []*source {
	t.Helper()
	all, err := loadSources()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// isMade tells whether a folder is written by git, npm or the Makefile and so is
// nobody's source.
func isMade(name string) bool {
	return path.Base(name) == "node_modules" || slices.Contains([]string{".git", "bin", "demo"}, name)
}

// walk visits every file that belongs to the project.
func walk(visit func(name string, content []byte) error) error {
	return filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if entry.IsDir() && isMade(name) {
			return fs.SkipDir
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return visit(name, content)
	})
}

// report fails the test with every finding, in order.
func report(t *testing.T, findings []string) {
	t.Helper()
	slices.Sort(findings)
	for _, finding := range findings {
		t.Error(finding)
	}
}
