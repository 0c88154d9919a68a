// Package bindingtest makes requests to the binding of every vector of the
// specification, with the answers that the verifier in Go gives, for the tests of
// every language that embeds it.
//
// [Write] leaves a folder that a program of a few lines can run, whatever it is
// written in: requests that load trust material as files, 001.load and so on, and
// cases.txt, in which a line says what comes next by its first character:
//
//	= good-status-sm2            the name of the vector
//	* 001.load                   begin a new instance and send it this file
//	* -                          begin a new instance, which trusts nothing
//	> {"op":"verify",…}          send this to the instance
//	< {"ok":true,"verdict":{…}}  and these bytes come back
package bindingtest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish/facts"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// least is how many vectors there are at least: a run of few proves nothing.
const least = 500

// Material is trust material as a host gets it.
type Material struct {
	Bundle       []byte
	Anchor       trustlist.Anchor
	Issued       time.Time
	ListRequired bool
	Verifier     *verifier.Verifier // over the same
}

// Case is one vector.
type Case struct {
	Name     string
	Material *Material // nil: nothing is trusted; cases with equal facts have the same
	Request  []byte    // verify
	Response []byte
}

// Cases returns all vectors as cases, those with equal trust facts one after the
// other.
func Cases(t testing.TB) []Case {
	t.Helper()
	all, err := vectors.Load()
	if err != nil || len(all) < least {
		t.Fatalf("%d vectors, %v", len(all), err)
	}
	byFacts := map[string][]Case{}
	var order []string
	materials := map[string]*Material{}
	for _, v := range all {
		key, err := json.Marshal(v.Trust)
		if err != nil {
			t.Fatal(err)
		}
		if _, made := byFacts[string(key)]; !made {
			order = append(order, string(key))
			materials[string(key)] = materialOf(t, v.Trust)
		}
		byFacts[string(key)] = append(byFacts[string(key)], caseOf(t, v, materials[string(key)]))
	}
	cases := make([]Case, 0, len(all))
	for _, key := range order {
		cases = append(cases, byFacts[key]...)
	}
	return cases
}

func materialOf(t testing.TB, given *vectors.Trust) *Material {
	t.Helper()
	if given == nil {
		return nil
	}
	material, err := facts.FromVector(*given)
	if err != nil {
		t.Fatal(err)
	}
	bundle, anchor, err := (*trusttest.Material)(material).Bundle()
	if err != nil {
		t.Fatal(err)
	}
	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: given.Issued.Unix()})
	if err != nil {
		t.Fatal(err)
	}
	over, err := verifier.New(trust, verifier.Options{StatusListRequired: given.StatusListRequired})
	if err != nil {
		t.Fatal(err)
	}
	return &Material{bundle, anchor, given.Issued, given.StatusListRequired, over}
}

// caseOf asks the verifier itself, past the binding.
func caseOf(t testing.TB, v vectors.Vector, m *Material) Case {
	t.Helper()
	request := map[string]any{"op": "verify", "code": v.Text, "at": v.Time.Format(time.RFC3339)}
	var context verifier.Context
	if p := v.Presented; p != nil {
		request["presented"], context = p, verifier.Presented(p.DocumentType, p.Number, p.Name)
	}
	if v.Venue != nil {
		request["venue"] = v.Venue
		context.Class, context.Region = v.Venue.Class, v.Venue.Region
	}
	var over *verifier.Verifier
	if m != nil {
		over = m.Verifier
	}
	verdict := over.Verify(v.Text, v.Time, context)
	if verdict.Reason() != v.Expect {
		t.Fatalf("%s: %s, want %s", v.Name, verdict.Reason(), v.Expect)
	}
	return Case{v.Name, m, line(t, request), append(verdict.AppendJSON([]byte(`{"ok":true,"verdict":`)), '}')}
}

// line is a request without a body.
func line(t testing.TB, request any) []byte {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Load returns the request that loads m.
func (m *Material) Load(t testing.TB) []byte { return m.LoadAt(t, m.Issued) }

// LoadAt is Load at another time.
func (m *Material) LoadAt(t testing.TB, at time.Time) []byte {
	t.Helper()
	hash := m.Anchor.Hash()
	request := map[string]any{"op": "load", "at": at.Format(time.RFC3339), "anchor": hex.EncodeToString(hash[:]),
		"parts": []any{map[string]any{"name": "bundle", "length": len(m.Bundle)}}}
	if m.ListRequired {
		request["status_list_required"] = true
	}
	return append(append(line(t, request), '\n'), m.Bundle...)
}

// Write writes the cases into a folder, as the package says, and returns how many
// there are.
func Write(t testing.TB, folder string) int {
	t.Helper()
	var text bytes.Buffer
	cases := Cases(t)
	files := 0
	for i, c := range cases {
		fmt.Fprintf(&text, "= %s\n", c.Name)
		switch {
		case c.Material == nil:
			text.WriteString("* -\n")
		case i == 0 || cases[i-1].Material != c.Material:
			files++
			name := fmt.Sprintf("%03d.load", files)
			write(t, filepath.Join(folder, name), c.Material.Load(t))
			fmt.Fprintf(&text, "* %s\n", name)
		}
		fmt.Fprintf(&text, "> %s\n< %s\n", c.Request, c.Response)
	}
	write(t, filepath.Join(folder, "cases.txt"), text.Bytes())
	return len(cases)
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
