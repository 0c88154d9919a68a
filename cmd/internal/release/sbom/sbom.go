// Package sbom writes what the files of a release are made of, as a bill of materials
// in CycloneDX 1.6 (ECMA-424): each program with its digest, what it contains from
// elsewhere, and under which licence.
//
//	{"bomFormat": "CycloneDX", "specVersion": "1.6", …,
//	 "components": [
//	  {"type": "application", "bom-ref": "linux-amd64/tongxing", "hashes": [{"alg": "SHA-256", …}], …},
//	  {"type": "library", "bom-ref": "pkg:golang/github.com/x448/float16@v0.8.4", "licenses": […], …}],
//	 "dependencies": [{"ref": "linux-amd64/tongxing", "dependsOn": ["pkg:golang/…"]}]}
//
// The digest of a Go module is the one of go.sum (h1, dirhash), in hexadecimal.
package sbom

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Part is something that programs contain.
type Part struct {
	URL      string // package URL (purl), which is its name here
	Name     string
	Version  string
	Sum      string   // "h1:…" of go.sum, or ""
	Licenses []string // SPDX
}

// Program is a file of the release.
type Program struct {
	Name     string // "tongxing-gate"
	Platform string // "linux-amd64"
	Data     []byte
	Contains []Part
}

// Release is what the bill is of.
type Release struct {
	Name, Version, Commit, Go string
	License                   string
	At                        time.Time
	Programs                  []Program
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type license struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref,omitempty"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Licenses   []license  `json:"licenses,omitempty"`
	URL        string     `json:"purl,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

type metadata struct {
	Timestamp string      `json:"timestamp"`
	Tools     tools       `json:"tools"`
	Component component   `json:"component"`
	Licenses  []license   `json:"licenses"`
	Lifecycle []lifecycle `json:"lifecycles"`
}

type tools struct {
	Components []component `json:"components"`
}

type lifecycle struct {
	Phase string `json:"phase"`
}

type bill struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	Spec         string       `json:"specVersion"`
	Serial       string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

func licensesOf(ids []string) []license {
	var all []license
	for _, id := range ids {
		var l license
		l.License.ID = id
		all = append(all, l)
	}
	return all
}

// Write returns the bill: the same release is the same bytes.
func Write(r Release) ([]byte, error) {
	whole := component{
		Type: "application", Ref: r.Name, Name: r.Name, Version: r.Version, Licenses: licensesOf([]string{r.License}),
		URL: "pkg:golang/github.com/tongxing/tongxing@v" + r.Version,
	}
	if r.Commit != "" {
		whole.Properties = []property{{"tongxing:commit", r.Commit}}
	}
	b := bill{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", Spec: "1.6", Version: 1,
		Metadata: metadata{
			Timestamp: r.At.UTC().Format(time.RFC3339), Component: whole, Licenses: licensesOf([]string{r.License}),
			Tools:     tools{[]component{{Type: "application", Name: "go", Version: strings.TrimPrefix(r.Go, "go")}}},
			Lifecycle: []lifecycle{{"build"}},
		},
	}
	parts := map[string]component{}
	top := dependency{Ref: r.Name}
	for _, program := range r.Programs {
		made, on := component{
			Type: "application", Ref: program.Platform + "/" + program.Name, Name: program.Name, Version: r.Version,
			Hashes: []hash{digest(program.Data)}, Licenses: licensesOf([]string{r.License}),
			Properties: []property{{"tongxing:platform", program.Platform}},
		}, dependency{Ref: program.Platform + "/" + program.Name}
		for _, part := range program.Contains {
			described, err := part.component()
			if err != nil {
				return nil, err
			}
			parts[part.URL] = described
			on.DependsOn = append(on.DependsOn, part.URL)
		}
		slices.Sort(on.DependsOn)
		b.Components = append(b.Components, made)
		b.Dependencies = append(b.Dependencies, on)
		top.DependsOn = append(top.DependsOn, made.Ref)
	}
	for _, url := range slices.Sorted(maps.Keys(parts)) {
		b.Components = append(b.Components, parts[url])
	}
	b.Dependencies = append([]dependency{top}, b.Dependencies...)
	return b.encode()
}

func digest(data []byte) hash {
	sum := sha256.Sum256(data)
	return hash{"SHA-256", hex.EncodeToString(sum[:])}
}

func (p Part) component() (component, error) {
	c := component{Type: "library", Ref: p.URL, Name: p.Name, Version: p.Version, URL: p.URL, Licenses: licensesOf(p.Licenses)}
	if len(p.Licenses) == 0 {
		return component{}, fmt.Errorf("sbom: %s has no licence", p.URL)
	}
	if p.Sum == "" {
		return c, nil
	}
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.Sum, "h1:"))
	if err != nil || len(sum) != sha256.Size {
		return component{}, fmt.Errorf("sbom: sum of %s: %q", p.URL, p.Sum)
	}
	c.Hashes = []hash{{"SHA-256", hex.EncodeToString(sum)}}
	return c, nil
}

// encode gives the bill a serial number that follows from what it says (a UUID of
// version 8, RFC 9562).
func (b bill) encode() ([]byte, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256(plain)
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	b.Serial = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(b); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
