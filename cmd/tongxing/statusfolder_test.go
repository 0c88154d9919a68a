package main

import (
	"testing"

	"github.com/tongxing/tongxing/trustlist"
)

// TestAStateOfAnotherDocumentIsToldFromThatOfTheNewest: state.json is signed by
// nobody. Version 1.2 in one whose newest delta is 1.3 would make a second 1.3.
func TestAStateOfAnotherDocumentIsToldFromThatOfTheNewest(t *testing.T) {
	delta := &trustlist.StatusDelta{RegionalHead: trustlist.RegionalHead{
		Head: trustlist.Head{Version: trustlist.NewVersion(1, 3), Issued: 1660266000, Due: 1660438800}, Region: "46",
	}}
	list := &trustlist.StatusList{RegionalHead: delta.RegionalHead}
	list.Version, list.Issued = trustlist.NewVersion(1, 2), list.Issued-86400
	right := statusState{Version: [2]uint32{1, 3}, Issued: delta.Issued, Due: delta.Due}
	for name, change := range map[string]func(*statusState){
		"right":         func(*statusState) {},
		"version below": func(s *statusState) { s.Version[1] = 2 },
		"version above": func(s *statusState) { s.Version[1] = 4 },
		"epoch above":   func(s *statusState) { s.Version[0] = 2 },
		"issued before": func(s *statusState) { s.Issued-- },
		"due later":     func(s *statusState) { s.Due++ },
	} {
		p := &publication{state: right}
		p.add(&document{kind: list.Kind(), content: list})
		p.add(&document{kind: delta.Kind(), content: delta})
		if change(&p.state); p.namesNewest() != (name == "right") {
			t.Errorf("%s: %v", name, p.state)
		}
	}
}
