package spec_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/spec/vectors"
)

// structural are the classes of faults that CDDL sees, but for the vectors of
// exportsBeyondCDDL.
var structural = []string{"not_an_export", "unprotected", "crit", "b64", "header", "type", "content", "later", "coordinate", "private"}

// exportsBeyondCDDL are vectors of those classes whose structure is right, and
// one that is right with keys of types that the CDDL does not describe.
var exportsBeyondCDDL = []string{
	"signature-63-bytes", "set-regions-unsorted", "set-region-twice", "set-region-without-keyset", "set-withdrawn-twice",
	"key-period-empty", "key-period-not-a-day", "key-laboratories-unsorted", "key-unsorted", "key-of-no-region", "foreign-keys",
}

func TestExportsMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.LoadExports()
	if err != nil {
		t.Fatal(err)
	}
	var input bytes.Buffer
	for _, v := range all {
		for i, part := range partsOfExport(v.Export) {
			fmt.Fprintf(&input, "%s/%d %s\n", v.Name, i, hex.EncodeToString(part))
		}
	}
	wrong := map[string]bool{}
	for name, verdict := range runCDDL(t, "jwks.cddl", &input) {
		vector, _, _ := strings.Cut(name, "/")
		wrong[vector] = wrong[vector] || verdict != "valid"
	}
	valid, refused := 0, 0
	for _, v := range all {
		switch excused := slices.Contains(exportsBeyondCDDL, v.Name); {
		case v.Expect == "ok" && wrong[v.Name] != excused:
			t.Errorf("%s: excused %v, refused by the CDDL %v", v.Name, excused, wrong[v.Name])
		case v.Expect == "ok":
			valid++
		case slices.Contains(structural, v.Expect) && wrong[v.Name] == excused:
			t.Errorf("%s: excused %v, refused by the CDDL %v (%s)", v.Name, excused, wrong[v.Name], v.Comment)
		case wrong[v.Name]:
			refused++
		}
	}
	if valid < 8 || refused < 45 {
		t.Errorf("%d vectors match the CDDL and %d do not: too few to prove anything", valid, refused)
	}
}

// partsOfExport returns the JSON texts of an export as CBOR, which the tool
// reads: the JWS, its headers and its payload, those of them that are JSON.
func partsOfExport(text string) [][]byte {
	var outer struct {
		Payload    string `json:"payload"`
		Signatures []struct {
			Protected string `json:"protected"`
		} `json:"signatures"`
	}
	texts := []string{text}
	if json.Unmarshal([]byte(text), &outer) == nil {
		texts = append(texts, decoded(outer.Payload))
		for _, s := range outer.Signatures {
			texts = append(texts, decoded(s.Protected))
		}
	}
	var parts [][]byte
	for _, text := range texts {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) != nil {
			continue
		}
		if part, err := cbor.Marshal(integers(v)); err == nil {
			parts = append(parts, part)
		}
	}
	return parts
}

func decoded(text string) string {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(data)
}

// integers turns the numbers of v into integers, which CBOR has and JSON has not.
func integers(v any) any {
	switch x := v.(type) {
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return n
		}
		return x.String()
	case []any:
		for i := range x {
			x[i] = integers(x[i])
		}
	case map[string]any:
		for name := range x {
			x[name] = integers(x[name])
		}
	}
	return v
}
