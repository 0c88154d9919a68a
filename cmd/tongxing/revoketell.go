package main

import (
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

// listAmount is how many references of a file are in one list.
type listAmount struct {
	Region     string `json:"region"`
	List       uint32 `json:"list"`
	Month      string `json:"month"` // in which its credentials expire: 2022-08
	Shard      uint32 `json:"shard"`
	References int    `json:"references"`
}

// listMonth is the month of a list for people and programs.
func listMonth(list uint32) string {
	return time.Date(2020, time.Month(1+list>>8), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

// amounts counts ascending references by list.
func amounts(all []registry.Reference) []listAmount {
	var counted []listAmount
	last := registry.Reference{}
	for i, r := range all {
		if i == 0 || r.Region != last.Region || r.List != last.List {
			text := referenceText(r)
			counted = append(counted, listAmount{Region: text[:2], List: r.List, Month: listMonth(r.List), Shard: r.List & 0xff})
		}
		counted[len(counted)-1].References++
		last = r
	}
	return counted
}

// shownLists is how many lists are counted one by one for people.
const shownLists = 12

// tellAct says what is about to happen, to whoever is asked to confirm it.
func (a *app) tellAct(t *act) {
	say := a.Say
	if a.JSON {
		say = a.Note
	}
	lists := amounts(t.given.all)
	for i, l := range lists {
		if i == shownLists {
			say("order_more_lists", len(lists)-i)
			break
		}
		say("order_list", l.Region, l.List, l.Month, l.Shard, l.References)
	}
	say("order_total", len(t.given.all), t.expected.Changed, t.expected.Already, t.given.duplicates)
}

// tellOrdered prints the receipt.
func (a *app) tellOrdered(done *ordered) error {
	if a.JSON {
		return a.PrintJSON(done)
	}
	action := a.Lang.Say("done_" + done.Action)
	if done.Repeated {
		a.Say("order_repeated", action, done.Changed)
	} else {
		a.Say("ordered", action, done.Changed, done.Already, a.reasonName(done.Reason))
	}
	if done.Duplicates > 0 {
		a.Say("order_duplicates", done.Duplicates)
	}
	if len(done.Orders) > 1 {
		a.Say("order_parts", len(done.Orders))
	}
	a.Say("order_mark", done.Orders[0], done.Mark.Sequence, done.Mark.Hash)
	if done.Changed > 0 {
		a.Say("order_next")
	}
	return nil
}
