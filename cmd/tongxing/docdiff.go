package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
)

// diffKinds are the kinds of documents that trust diff compares.
var diffKinds = []trustlist.Kind{
	trustlist.KindList, trustlist.KindRoot, trustlist.KindPolicy, trustlist.KindKeySet, trustlist.KindOverlay, trustlist.KindSnapshot,
}

func (a *app) trustDiffCommand() *cobra.Command {
	return a.Command("diff OLD NEW", "trust_diff", cobra.ExactArgs(2), func(_ context.Context, args []string) error {
		return a.trustDiff(args[0], args[1])
	})
}

// fieldChange is one difference of two documents: what stands at a path in the
// one and in the other, in the form in which they are shown.
type fieldChange struct {
	Path string          `json:"path"` // keys[8641a06f].state
	Old  json.RawMessage `json:"old,omitempty"`
	New  json.RawMessage `json:"new,omitempty"`

	steps []string
}

// difference is what trust diff says, for programs.
type difference struct {
	Old     documentView  `json:"old"`
	New     documentView  `json:"new"`
	Equal   bool          `json:"equal"`
	Changes []fieldChange `json:"changes"`
}

// trustDiff says what differs between two documents of one kind, drafts or
// signed. Nobody's signature is looked at.
func (a *app) trustDiff(oldPath, newPath string) error {
	old, err := a.readDocument(oldPath, diffKinds...)
	if err != nil {
		return err
	}
	next, err := a.readDocument(newPath, diffKinds...)
	if err != nil {
		return err
	}
	if old.kind != next.kind {
		return program.Fail("document_other_kind", newPath, a.kindName(next.kind), a.kindName(old.kind))
	}
	_, oldRegion := headOf(old.content)
	if _, region := headOf(next.content); region != oldRegion {
		return a.documentError(newPath, trustlist.ErrWrongRegion)
	}
	changes, err := diffDocuments(old.content, next.content)
	if err != nil {
		return err
	}
	d := difference{viewDocument(old), viewDocument(next), old.message.Hash() == next.message.Hash(), changes}
	if !d.Equal {
		a.Status = statusNotPass
	}
	if a.JSON {
		return a.PrintJSON(d)
	}
	a.tellDifference(&d, old, next)
	return nil
}

// datesOnly reports whether nothing but the time of issue changes, and with it
// when the next one is due.
func (d *difference) datesOnly() bool {
	return !slices.ContainsFunc(d.Changes, func(c fieldChange) bool { return c.Path != "due" })
}

func (a *app) tellDifference(d *difference, old, next *document) {
	a.Say("diff_documents", a.kindName(old.kind), d.Old.Version, clock(d.Old.Issued.Unix()), d.New.Version, clock(d.New.Issued.Unix()))
	before, isList := old.content.(*trustlist.List)
	if after, ok := next.content.(*trustlist.List); ok && isList {
		a.tellListChanges(a.Say, diffLists(before, after))
	} else {
		for _, c := range d.Changes {
			a.tellFieldChange(&c)
		}
	}
	switch {
	case d.Equal:
		a.Say("diff_equal")
	case d.datesOnly():
		a.Say("diff_none")
	}
}

// tellFieldChange prints one difference, its path in the language.
func (a *app) tellFieldChange(c *fieldChange) {
	var path []string
	for _, step := range c.steps {
		name, index, _ := strings.Cut(step, "[")
		label := name
		if key := "field_" + name; a.Lang.Say(key) != key {
			label = a.Lang.Say(key)
		}
		if index != "" {
			label += " " + strings.TrimSuffix(index, "]")
		}
		path = append(path, label)
	}
	where := strings.Join(path, ", ")
	switch {
	case c.Old == nil:
		a.Say("field_added", where, a.valueText(c.last(), c.New))
	case c.New == nil:
		a.Say("field_removed", where, a.valueText(c.last(), c.Old))
	default:
		a.Say("field_changed", where, a.valueText(c.last(), c.Old), a.valueText(c.last(), c.New))
	}
}

// last is the field that a change is about.
func (c *fieldChange) last() string { return c.steps[len(c.steps)-1] }

// valueText is the JSON value of a field for people: a text without its quotes,
// and in the language where it is one of a few words.
func (a *app) valueText(field string, raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	switch field {
	case "state":
		return a.Lang.Say("keystate_" + text)
	case "need":
		return a.Lang.Say("need_" + text)
	case "usage":
		if bits, err := parseUsage(text); err == nil {
			return a.usageWords(bits)
		}
	}
	return text
}

// diffDocuments compares what two documents say, but for the version and the time
// that every document has.
func diffDocuments(old, next trustlist.Document) ([]fieldChange, error) {
	before, err := treeOf(old)
	if err != nil {
		return nil, err
	}
	after, err := treeOf(next)
	if err != nil {
		return nil, err
	}
	d := treeDiff{changes: []fieldChange{}}
	d.compare(nil, before, after)
	return d.changes, d.err
}

func treeOf(content trustlist.Document) (map[string]any, error) {
	data, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var tree map[string]any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	for _, name := range []string{"kind", "region", "version", "issued"} {
		delete(tree, name)
	}
	return tree, nil
}

// identities are the fields that tell the elements of a list apart, the first
// that an element has.
var identities = [][]string{
	{"kid"}, {"thumbprint"}, {"table", "number"}, {"number"}, {"code"}, {"class"}, {"effective_from"}, {"name"},
}

// treeDiff compares trees of JSON.
type treeDiff struct {
	changes []fieldChange
	err     error
}

func (d *treeDiff) compare(path []string, old, next any) {
	before, isObject := old.(map[string]any)
	after, bothObjects := next.(map[string]any)
	if isObject && bothObjects {
		d.objects(path, before, after, ".")
		return
	}
	oldList, isList := named(old)
	nextList, bothLists := named(next)
	if isList && bothLists {
		d.objects(path, oldList, nextList, "[")
		return
	}
	x, y := d.encode(old), d.encode(next)
	if !bytes.Equal(x, y) {
		d.changes = append(d.changes, fieldChange{Path: strings.Join(path, "."), Old: x, New: y, steps: slices.Clone(path)})
	}
}

// objects compares what two objects, or two lists whose elements have names, have
// under each name.
func (d *treeDiff) objects(path []string, old, next map[string]any, how string) {
	names := map[string]any{}
	maps.Copy(names, old)
	maps.Copy(names, next)
	for _, name := range slices.SortedFunc(maps.Keys(names), compareNames) {
		deeper := append(slices.Clone(path), name)
		if how == "[" {
			deeper = slices.Clone(path)
			deeper[len(deeper)-1] += "[" + name + "]"
		}
		was, had := old[name]
		is, has := next[name]
		wasList, wasNamed := named(was)
		isList, isNamed := named(is)
		switch {
		case had && has:
			d.compare(deeper, was, is)
		case wasNamed || isNamed: // a list that is absent is an empty one
			d.objects(deeper, wasList, isList, "[")
		case had:
			d.changes = append(d.changes, fieldChange{Path: strings.Join(deeper, "."), Old: d.encode(was), steps: deeper})
		default:
			d.changes = append(d.changes, fieldChange{Path: strings.Join(deeper, "."), New: d.encode(is), steps: deeper})
		}
	}
}

// compareNames puts numbers in the order of numbers.
func compareNames(x, y string) int {
	if len(x) != len(y) && strings.Trim(x+y, "0123456789") == "" {
		return cmp.Compare(len(x), len(y))
	}
	return cmp.Compare(x, y)
}

func (d *treeDiff) encode(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil && d.err == nil {
		d.err = err
	}
	return bytes.TrimSpace(b.Bytes())
}

// named returns the elements of a list by what tells them apart; false, when
// something in it has no name of its own.
func named(value any) (map[string]any, bool) {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return nil, false
	}
	elements := make(map[string]any, len(list))
	for _, element := range list {
		object, ok := element.(map[string]any)
		if !ok {
			return nil, false
		}
		name := nameOf(object)
		if _, twice := elements[name]; twice || name == "" {
			return nil, false
		}
		elements[name] = element
	}
	return elements, true
}

func nameOf(object map[string]any) string {
	for _, fields := range identities {
		var parts []string
		for _, field := range fields {
			if value, has := object[field]; has {
				parts = append(parts, fmt.Sprint(value))
			}
		}
		if len(parts) == len(fields) {
			return strings.Join(parts, "/")
		}
	}
	return ""
}
