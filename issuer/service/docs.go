package service

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/spec"
)

//go:embed docs.html
var docsPage string

// page is what the documentation page shows. It is made from the description, and
// loads nothing: a closed network reads it too.
type page struct {
	Title, Version string
	Operations     []operationView
	Schemas        []schemaView
	Problems       []spec.Problem
}

type operationView struct {
	ID, Method, Path, Summary string
	Roles                     string
	Parameters                []fieldView
	Request, Response         string
}

type schemaView struct {
	Name   string
	Fields []fieldView
}

type fieldView struct {
	Name, Type, Doc string
	Required        bool
}

// documentation renders the page.
func documentation(api *huma.OpenAPI) ([]byte, error) {
	t, err := template.New("docs").Parse(docsPage)
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	problems, err := spec.Problems()
	if err != nil {
		return nil, err
	}
	p := page{Title: api.Info.Title, Version: api.Info.Version, Problems: problems}
	for path, item := range api.Paths {
		for method, operation := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post} {
			if operation != nil {
				p.Operations = append(p.Operations, viewOperation(method, path, operation))
			}
		}
	}
	slices.SortFunc(p.Operations, func(a, b operationView) int {
		return strings.Compare(a.Path+a.Method, b.Path+b.Method)
	})
	for name, schema := range api.Components.Schemas.Map() {
		p.Schemas = append(p.Schemas, viewSchema(name, schema))
	}
	slices.SortFunc(p.Schemas, func(a, b schemaView) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	return out.Bytes(), nil
}

func viewOperation(method, path string, o *huma.Operation) operationView {
	v := operationView{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, Roles: rolesFor(o)}
	for _, parameter := range o.Parameters {
		v.Parameters = append(v.Parameters, fieldView{
			Name: parameter.Name + " (" + parameter.In + ")", Type: typeOf(parameter.Schema),
			Doc: parameter.Description, Required: parameter.Required,
		})
	}
	if o.RequestBody != nil {
		v.Request = contentType(o.RequestBody.Content)
	}
	if r := o.Responses[fmt.Sprint(o.DefaultStatus)]; r != nil {
		v.Response = contentType(r.Content)
	}
	return v
}

func contentType(content map[string]*huma.MediaType) string {
	if m := content["application/json"]; m != nil && m.Schema != nil {
		return typeOf(m.Schema)
	}
	return ""
}

func viewSchema(name string, s *huma.Schema) schemaView {
	v := schemaView{Name: name}
	for field, property := range s.Properties {
		v.Fields = append(v.Fields, fieldView{
			Name: field, Type: typeOf(property), Doc: property.Description, Required: slices.Contains(s.Required, field),
		})
	}
	slices.SortFunc(v.Fields, func(a, b fieldView) int { return strings.Compare(a.Name, b.Name) })
	return v
}

// typeOf names a type; of one that is described by itself, its name.
func typeOf(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	if s.Ref != "" {
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	}
	if s.Items != nil {
		return "[" + typeOf(s.Items) + "]"
	}
	name := s.Type
	if s.Format != "" {
		name += " " + s.Format
	}
	if s.Pattern != "" {
		name += " " + s.Pattern
	}
	return name
}

// rolesFor lists the roles that may ask for an operation.
func rolesFor(o *huma.Operation) string {
	acts, _ := o.Metadata[actOf].([]access.Act)
	var names []string
	for _, role := range access.AllRoles() {
		if slices.ContainsFunc(acts, access.Roles{role}.May) {
			names = append(names, string(role))
		}
	}
	return strings.Join(names, ", ")
}

//go:embed openapi.yaml
var description []byte

// Description returns the committed description of the interface (OpenAPI 3.1,
// YAML). A test holds it to what the code describes.
func Description() []byte { return bytes.Clone(description) }
