package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// listChange is one difference between two trust lists. What is one of the
// names of change_... in the table of words.
type listChange struct {
	Region string           `json:"region,omitempty"`
	What   string           `json:"what"`
	Old    string           `json:"old,omitempty"`
	New    string           `json:"new,omitempty"`
	Entry  *trustlist.Entry `json:"entry,omitempty"` // of a region that comes or goes
}

// diffLists returns what changes from one list to the next, region by region.
// Without an old list everything is new.
func diffLists(old, next *trustlist.List) []listChange {
	if old == nil {
		old = &trustlist.List{}
	}
	changes := []listChange{}
	if old.ProgrammeEnd != next.ProgrammeEnd {
		changes = append(changes, listChange{What: "programme_end", Old: clockOrNone(old.ProgrammeEnd), New: clockOrNone(next.ProgrammeEnd)})
	}
	before, after := entriesByCode(old), entriesByCode(next)
	codes := maps.Clone(before)
	maps.Copy(codes, after)
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		was, had := before[code]
		is, has := after[code]
		switch {
		case !had:
			changes = append(changes, listChange{Region: code, What: "admitted", Entry: is})
		case !has:
			changes = append(changes, listChange{Region: code, What: "removed", Entry: was})
		default:
			changes = append(changes, diffEntries(was, is)...)
		}
	}
	return append(changes, diffWithdrawals(old, next)...)
}

func entriesByCode(l *trustlist.List) map[string]*trustlist.Entry {
	entries := make(map[string]*trustlist.Entry, len(l.Regions))
	for i := range l.Regions {
		entries[l.Regions[i].Code] = &l.Regions[i]
	}
	return entries
}

func diffEntries(was, is *trustlist.Entry) []listChange {
	var changes []listChange
	for _, field := range []struct{ what, old, new string }{
		{"name", was.Name, is.Name},
		{"authority", was.Authority, is.Authority},
		{"appeal", was.Appeal, is.Appeal},
		{"rules", hexHash(was.RulesHash), hexHash(is.RulesHash)},
		{"usage", was.Usage.String(), is.Usage.String()},
		{"least", leastKeySet(was), leastKeySet(is)},
		{"threshold", fmt.Sprint(was.Threshold), fmt.Sprint(is.Threshold)},
		{"keys", keyNames(was.Keys), keyNames(is.Keys)},
	} {
		if field.old != field.new {
			changes = append(changes, listChange{Region: is.Code, What: field.what, Old: field.old, New: field.new})
		}
	}
	return changes
}

// leastKeySet is the first key set of the region that is acceptable.
func leastKeySet(e *trustlist.Entry) string {
	return trustlist.NewVersion(e.Epoch, e.LeastCounter).String()
}

// keyNames names keys by algorithm and thumbprint, in order.
func keyNames(refs []trustlist.KeyRef) string {
	var names []string
	for _, ref := range refs {
		name := fmt.Sprintf("%s %x", ref.Algorithm, ref.Point)
		if key, err := sig.NewPublicKey(ref.Algorithm, ref.Point); err == nil {
			name = fmt.Sprintf("%s %x", key.Algorithm(), key.Thumbprint())
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// diffWithdrawals compares what the lists take away from regions.
func diffWithdrawals(old, next *trustlist.List) []listChange {
	before, after := withdrawals(old), withdrawals(next)
	var changes []listChange
	for _, w := range after {
		if !slices.Contains(before, w) {
			changes = append(changes, listChange{Region: w.region, What: "withdrawn", New: w.text})
		}
	}
	for _, w := range before {
		if !slices.Contains(after, w) {
			changes = append(changes, listChange{Region: w.region, What: "restored", Old: w.text})
		}
	}
	return changes
}

// withdrawal is what a list takes from a region, with the message that says it.
type withdrawal struct{ region, key, text string }

func withdrawals(l *trustlist.List) []withdrawal {
	var all []withdrawal
	for _, w := range l.WithdrawnUsage {
		all = append(all, withdrawal{w.Region, "withdrawn_usage", fmt.Sprintf("%s, %s", w.Usage, clock(w.From))})
	}
	for _, w := range l.WithdrawnKeys {
		all = append(all, withdrawal{w.Region, "withdrawn_key", fmt.Sprintf("%x %s, %s", w.KeyID, w.State, clock(w.From))})
	}
	for _, w := range l.WithdrawnLaboratories {
		all = append(all, withdrawal{w.Region, "withdrawn_laboratory", fmt.Sprintf("%03d, %s", w.Number, clock(w.From))})
	}
	return all
}

// withdrawn says what a withdrawal is of.
func (a *app) withdrawn(w withdrawal) string { return a.Lang.Say(w.key, w.text) }

func clockOrNone(unix int64) string {
	if unix == 0 {
		return "-"
	}
	return clock(unix)
}

// tellChanges prints the difference between two lists for people.
func (a *app) tellChanges(say func(string, ...any), old, next *trustlist.List, changes []listChange) {
	if old == nil {
		say("diff_first", next.Version)
	} else {
		say("diff_head", old.Version, next.Version)
	}
	a.tellListChanges(say, changes)
	if len(changes) == 0 {
		say("diff_none")
	}
}

func (a *app) tellListChanges(say func(string, ...any), changes []listChange) {
	for _, c := range changes {
		switch {
		case c.What == "admitted":
			say("change_admitted")
			a.tellEntry(say, c.Entry)
		case c.What == "removed":
			say("change_removed", c.Region, c.Entry.Name)
		default:
			say("change_field", c.Region, a.Lang.Say("change_"+c.What), c.Old, c.New)
		}
	}
}
