package apitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
)

// GoPackages returns what packages export, one declaration a line, by import path. They
// are compiled first, by the command go of the machine.
func GoPackages(paths []string) (map[string][]string, error) {
	exports, err := exportFiles(paths)
	if err != nil {
		return nil, err
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	listings := map[string][]string{}
	for _, path := range paths {
		p, err := compiled.Import(path)
		if err != nil {
			return nil, err
		}
		listings[path] = declarations(p)
	}
	return listings, nil
}

// exportFiles returns where the compiler has put the export data of packages and of
// those that they import.
func exportFiles(paths []string) (map[string]string, error) {
	command := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, paths...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	files := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return files, nil
		} else if err != nil {
			return nil, err
		}
		files[p.ImportPath] = p.Export
	}
}

// declarations lists what a package exports. Types of other packages have their name
// before them; what is not exported is left out, and said of structs and interfaces
// that have it, for nobody else can then make or implement them.
func declarations(p *types.Package) (lines []string) {
	w := writer{qualify: func(other *types.Package) string {
		if other == p {
			return ""
		}
		return other.Name()
	}}
	for _, name := range p.Scope().Names() {
		object := p.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch o := object.(type) {
		case *types.Const:
			w.add("const %s %s = %s", name, w.text(o.Type()), o.Val().ExactString())
		case *types.Var:
			w.add("var %s %s", name, w.text(o.Type()))
		case *types.Func:
			w.add("func %s%s", name, w.signature(o.Type()))
		case *types.TypeName:
			w.typeName(o)
		}
	}
	return w.lines
}

// writer collects the lines of a package.
type writer struct {
	qualify types.Qualifier
	lines   []string
}

func (w *writer) add(format string, arguments ...any) {
	w.lines = append(w.lines, strings.ReplaceAll(fmt.Sprintf(format, arguments...), "\n", `\n`))
}

func (w *writer) text(t types.Type) string { return types.TypeString(t, w.qualify) }

// signature has no names of parameters, which nobody's program uses.
func (w *writer) signature(t types.Type) string {
	s := t.(*types.Signature)
	if s.TypeParams().Len() == 0 {
		s = types.NewSignatureType(nil, nil, nil, unnamed(s.Params()), unnamed(s.Results()), s.Variadic())
	}
	return strings.TrimPrefix(w.text(s), "func")
}

func unnamed(of *types.Tuple) *types.Tuple {
	var all []*types.Var
	for v := range of.Variables() {
		all = append(all, types.NewVar(token.NoPos, nil, "", v.Type()))
	}
	return types.NewTuple(all...)
}

func (w *writer) typeName(o *types.TypeName) {
	if o.IsAlias() {
		w.add("type %s = %s", o.Name(), w.text(types.Unalias(o.Type())))
		return
	}
	named := o.Type().(*types.Named)
	name := o.Name()
	if parameters := named.TypeParams(); parameters.Len() > 0 {
		name = w.text(named) // with its type parameters
	}
	switch under := named.Underlying().(type) {
	case *types.Struct:
		w.structType(name, under)
	case *types.Interface:
		w.interfaceType(name, under)
		return // its methods are in its line
	default:
		w.add("type %s %s", name, w.text(under))
	}
	w.methods(o.Name(), named)
}

// structType has a line for each field: adding one breaks nobody who names the fields.
func (w *writer) structType(name string, s *types.Struct) {
	hidden := ""
	for field := range s.Fields() {
		if !field.Exported() {
			hidden = " with fields of its own"
		}
	}
	comparable := ""
	if !types.Comparable(s) {
		comparable = ", not comparable"
	}
	w.add("type %s struct%s%s", name, hidden, comparable)
	for field := range s.Fields() {
		switch {
		case !field.Exported():
		case field.Embedded():
			w.add("type %s struct, embedded %s", name, w.text(field.Type()))
		default:
			w.add("type %s struct, %s %s", name, field.Name(), w.text(field.Type()))
		}
	}
}

// interfaceType has one line: a method more breaks whoever implements it.
func (w *writer) interfaceType(name string, i *types.Interface) {
	var methods []string
	for method := range i.Methods() { // sorted
		if method.Exported() {
			methods = append(methods, method.Name()+w.signature(method.Type()))
		} else {
			methods = append(methods, "methods of its own")
		}
	}
	if len(methods) == 0 {
		methods = []string{w.text(i)} // a constraint, or any
	}
	w.add("type %s interface { %s }", name, strings.Join(methods, "; "))
}

// methods has a line for each method, those of embedded fields too.
func (w *writer) methods(name string, named *types.Named) {
	values := types.NewMethodSet(named)
	all := types.NewMethodSet(types.NewPointer(named))
	for method := range all.Methods() {
		if !method.Obj().Exported() {
			continue
		}
		receiver := "*" + name
		if values.Lookup(method.Obj().Pkg(), method.Obj().Name()) != nil {
			receiver = name
		}
		w.add("method (%s) %s%s", receiver, method.Obj().Name(), w.signature(method.Type()))
	}
}
