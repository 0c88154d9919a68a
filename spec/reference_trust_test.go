package spec_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
)

const (
	changesPerDocument = 60
	changesPerBundle   = 6
	changeSeed         = 20220809
)

// The reader in reference-trust-js is written from trust.md alone, as the one in
// reference-js is from the other texts, whose packages it uses.
func trustFromTheText(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	if _, err := os.Stat(filepath.Join("reference-js", "node_modules")); err != nil {
		t.Fatalf("the packages of reference-js are missing: run make setup (%v)", err)
	}
	command := exec.Command("node", append([]string{"run-vectors.js"}, arguments...)...)
	command.Dir = "reference-trust-js"
	return command
}

func TestTheTrustFromTheTextIsThatOfEveryVector(t *testing.T) {
	if output, err := trustFromTheText(t).CombinedOutput(); err != nil {
		t.Errorf("node run-vectors.js: %v\n%s", err, output)
	}
}

// change is a right document or bundle with one byte changed, as both sides read it.
type change struct {
	name     string
	Kind     string    `json:"kind,omitempty"`
	Document string    `json:"document,omitempty"`
	Bundle   string    `json:"bundle,omitempty"`
	Previous string    `json:"previous,omitempty"`
	Anchor   string    `json:"anchor,omitempty"`
	Clock    time.Time `json:"clock,omitzero"`
}

// verdict is what both must agree on: which fault of two is told first is not said.
type verdict struct {
	Expect  string                 `json:"expect"`
	Hash    string                 `json:"hash"`
	Root    string                 `json:"root"`
	List    string                 `json:"list"`
	Policy  string                 `json:"policy"`
	Floor   string                 `json:"floor"`
	Regions []vectors.BundleRegion `json:"regions"`
}

func TestADocumentOrBundleWithAByteChangedIsJudgedAlike(t *testing.T) {
	changes := changedVectors(t)
	answers := answersFromTheText(t, changes)
	accepted := 0
	for i, c := range changes {
		want, err := c.judge()
		if err != nil {
			want = verdict{Expect: "refused"}
		} else {
			accepted++
		}
		if got := fmt.Sprintf("%+v", answers[i]); got != fmt.Sprintf("%+v", want) {
			t.Errorf("%s:\n text %s\n code %+v (%v)\n%s%s", c.name, got, want, err, c.Document, c.Bundle)
		}
	}
	t.Logf("%d changes, %d accepted", len(changes), accepted)
	if accepted == 0 || accepted == len(changes) {
		t.Errorf("%d of %d changed documents and bundles are accepted: one side of the law is not tested", accepted, len(changes))
	}
}

// changedVectors changes single bytes of all right vectors, the same ones each time.
func changedVectors(t *testing.T) []change {
	t.Helper()
	documents, err := vectors.LoadDocuments()
	if err != nil {
		t.Fatal(err)
	}
	bundles, err := vectors.LoadBundles()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(changeSeed, 0))
	var changes []change
	add := func(name string, data []byte, times int, build func(changed string) change) {
		for range times {
			at, value := random.IntN(len(data)), byte(1+random.IntN(255))
			changed := bytes.Clone(data)
			changed[at] ^= value
			c := build(hex.EncodeToString(changed))
			c.name = fmt.Sprintf("%s, byte %d changed by %#02x", name, at, value)
			changes = append(changes, c)
		}
	}
	for _, v := range documents {
		if v.Expect != "ok" {
			continue
		}
		add(v.Name, v.Document, changesPerDocument, func(changed string) change {
			return change{Kind: v.Kind, Document: changed}
		})
	}
	for _, v := range bundles {
		if v.Expect != "ok" {
			continue
		}
		add(v.Name, v.Bundle, changesPerBundle, func(changed string) change {
			return change{Bundle: changed, Previous: hex.EncodeToString(v.Previous), Anchor: hex.EncodeToString(v.Anchor), Clock: v.Clock}
		})
	}
	return changes
}

// answersFromTheText asks the reader in Node about all of them at once.
func answersFromTheText(t *testing.T, changes []change) []verdict {
	t.Helper()
	var questions bytes.Buffer
	encoder := json.NewEncoder(&questions)
	for _, c := range changes {
		if err := encoder.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	command := trustFromTheText(t, "-")
	command.Stdin, command.Stderr = &questions, os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("node run-vectors.js -: %v", err)
	}
	var answers []verdict
	for lines := bufio.NewScanner(bytes.NewReader(output)); lines.Scan(); {
		var v verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("answer %d, %s: %v", len(answers)+1, lines.Bytes(), err)
		}
		if v.Expect != "ok" {
			v = verdict{Expect: "refused"}
		}
		for i := range v.Regions {
			if v.Regions[i].Expect != "ok" {
				v.Regions[i].Expect = "refused"
			}
		}
		answers = append(answers, v)
	}
	if len(answers) != len(changes) {
		t.Fatalf("%d answers to %d questions", len(answers), len(changes))
	}
	return answers
}

// judge is what package trustlist makes of it.
func (c change) judge() (verdict, error) {
	if c.Document != "" {
		document, err := trustlist.Open(unhex(c.Document))
		if err != nil {
			return verdict{}, err
		}
		if kind := document.Kind().String(); kind != c.Kind {
			return verdict{}, fmt.Errorf("a %s, not a %s", kind, c.Kind)
		}
		if _, err := document.UnverifiedContent(); err != nil {
			return verdict{}, err
		}
		return verdict{Expect: "ok", Hash: fmt.Sprintf("%x", document.Hash())}, nil
	}
	anchor := trustlist.AnchorHash([32]byte(unhex(c.Anchor)))
	options := trustlist.LoadOptions{Clock: c.Clock.Unix()}
	if c.Previous != "" {
		previous, _, err := trustlist.Load(unhex(c.Previous), anchor, options)
		if err != nil {
			return verdict{}, fmt.Errorf("previous bundle: %w", err)
		}
		options.Previous = previous
	}
	trust, report, err := trustlist.Load(unhex(c.Bundle), anchor, options)
	if err != nil {
		return verdict{}, err
	}
	return verdictOf(trust, report), nil
}

func verdictOf(trust *trustlist.Trust, report *trustlist.Report) verdict {
	shared := map[string][]string{}
	for _, warning := range report.Warnings {
		var keys *trustlist.SharedKeyError
		if errors.As(warning, &keys) {
			shared[warning.Region] = keys.With
		}
	}
	v := verdict{
		Expect: "ok", Root: trust.RootVersion().String(), List: trust.ListVersion().String(),
		Floor: time.Unix(trust.Floor(), 0).UTC().Format(time.RFC3339),
	}
	if version := trust.PolicyVersion(); !version.IsZero() {
		v.Policy = version.String()
	}
	for _, region := range trust.Regions() {
		r := vectors.BundleRegion{Region: region.Code, Expect: "refused", Shared: shared[region.Code]}
		if region.Available() == nil {
			r.Expect, r.KeySet = "ok", region.KeySetVersion.String()
			for _, key := range region.Keys() {
				kid := key.Public.KeyID()
				r.Keys = append(r.Keys, kid[:])
			}
			slices.SortFunc(r.Keys, func(a, b vectors.Bytes) int { return bytes.Compare(a, b) })
			addParts(&r, region)
		}
		v.Regions = append(v.Regions, r)
	}
	return v
}

// addParts says what else of a region is in force.
func addParts(r *vectors.BundleRegion, region *trustlist.Region) {
	if snapshot := region.Snapshot(); snapshot != nil {
		r.Snapshot = snapshot.Version.String()
	}
	if overlay := region.Overlay(); overlay != nil {
		r.Overlay = overlay.Version.String()
	}
	for _, number := range region.StatusLists() {
		if r.Lists == nil {
			r.Lists = map[uint32]string{}
		}
		list, _ := region.StatusList(number)
		r.Lists[number] = list.Version.String()
	}
	if deltas := region.StatusDeltas(); len(deltas) != 0 {
		r.Delta = deltas[len(deltas)-1].Version.String()
	}
	r.Behind = region.StatusBehind()
	for _, list := range region.StatusCoverage() {
		if r.Known == nil {
			r.Known = map[uint32][3][]uint32{}
		}
		known, _ := region.KnownStatus(list.List)
		sets := known.Sets()
		r.Known[list.List] = [3][]uint32{sets.Revoked, sets.Superseded, sets.Suspended}
	}
	for _, laboratory := range region.Laboratories() {
		if laboratory.Withdrawn == 0 {
			continue
		}
		if r.Withdrawn == nil {
			r.Withdrawn = map[uint16]time.Time{}
		}
		r.Withdrawn[laboratory.Number] = time.Unix(laboratory.Withdrawn, 0).UTC()
	}
}

// unhex reads what the vectors and this file have written.
func unhex(text string) []byte {
	data, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil {
		panic(err)
	}
	return data
}
