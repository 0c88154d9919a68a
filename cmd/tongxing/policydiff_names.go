package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
)

// ladderChange is another ladder from a time on.
type ladderChange struct {
	From string           `json:"from"`
	Old  trustlist.Ladder `json:"old"`
	New  trustlist.Ladder `json:"new"`
}

// nameChange is a name of a code number that comes, goes or becomes another.
type nameChange struct {
	Table   string `json:"table"`
	Number  uint16 `json:"number"`
	Chinese string `json:"zh"`
	English string `json:"en"`
	Change  string `json:"change"` // added, removed or changed
}

// tableNames are the tables that a policy can add names to.
var tableNames = map[trustlist.Table]string{
	trustlist.TableStates: "state", trustlist.TableTestKinds: "test_kind", trustlist.TableResults: "result",
	trustlist.TableProducts: "product", trustlist.TableExemptions: "exemption", trustlist.TableDocuments: "document",
	trustlist.TableClasses: "class",
}

// ladderChanges compares the ladders of two policies at every moment at which an
// edition of one takes effect or falls away. A change that stays is told once.
func ladderChanges(old, next *trustlist.Policy) []ladderChange {
	changes := []ladderChange{}
	if old == nil || next == nil {
		return changes
	}
	times, _ := (&policyInput{policy: old}).moments()
	more, _ := (&policyInput{policy: next}).moments()
	times = append(times, more...)
	slices.Sort(times)
	var last ladderChange
	for _, t := range slices.Compact(times) {
		c := ladderChange{Old: ladderAt(old, t), New: ladderAt(next, t)}
		if c.Old != c.New && (c.Old != last.Old || c.New != last.New) {
			c.From = time.Unix(t, 0).In(format.ChinaTime).Format("2006-01-02 15:04:05")
			changes = append(changes, c)
		}
		last = ladderChange{Old: c.Old, New: c.New}
	}
	return changes
}

func ladderAt(p *trustlist.Policy, t int64) trustlist.Ladder {
	if e, ok := p.EditionAt(t); ok && e.Ladder != nil {
		return *e.Ladder
	}
	return trustlist.DefaultLadder
}

// nameChanges compares the names of two policies, by table and number.
func nameChanges(old, next *trustlist.Policy) []nameChange {
	changes := []nameChange{}
	if old == nil || next == nil {
		return changes
	}
	add := func(n trustlist.CodeName, change string) {
		changes = append(changes, nameChange{tableNames[n.Table], n.Number, n.Chinese, n.English, change})
	}
	for _, n := range old.Names {
		switch now, ok := next.Name(n.Table, n.Number); {
		case !ok:
			add(n, "removed")
		case now != n:
			add(now, "changed")
		}
	}
	for _, n := range next.Names {
		if _, ok := old.Name(n.Table, n.Number); !ok {
			add(n, "added")
		}
	}
	return changes
}

func (a *app) tellLadderAndNames(ladders []ladderChange, names []nameChange) {
	hours := func(l trustlist.Ladder) string {
		return fmt.Sprintf("%d / %d / %d", l.Fresh/3600, l.ShortLived/3600, l.All/3600)
	}
	for _, c := range ladders {
		a.Say("ladder_line", c.From, hours(c.Old), hours(c.New))
	}
	for _, n := range names {
		name := n.Chinese
		if a.Lang == "en" {
			name = n.English
		}
		a.Say("name_line", a.Lang.Say("change_table_"+n.Table), n.Number, name, a.Lang.Say("change_rule_"+n.Change))
	}
}
