package policy

import (
	"slices"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// numbers are the code numbers that somebody has named: the tables of this
// specification and those of the policy. Others are no facts.
type numbers struct{ states, testKinds, products, exemptions []uint16 }

func numbersOf(p *trustlist.Policy) *numbers {
	n := new(numbers)
	for _, s := range spec.States() {
		n.states = append(n.states, s.Number)
	}
	for _, k := range spec.TestKinds() {
		n.testKinds = append(n.testKinds, k.Number)
	}
	for _, v := range spec.Products() {
		n.products = append(n.products, v.Number)
	}
	for _, x := range spec.Exemptions() {
		n.exemptions = append(n.exemptions, x.Number)
	}
	if p != nil {
		for _, name := range p.Names {
			if into := n.table(name.Table); into != nil {
				*into = append(*into, name.Number)
			}
		}
	}
	for _, all := range [...]*[]uint16{&n.states, &n.testKinds, &n.products, &n.exemptions} {
		slices.Sort(*all)
	}
	return n
}

func (n *numbers) table(t trustlist.Table) *[]uint16 {
	switch t {
	case trustlist.TableStates:
		return &n.states
	case trustlist.TableTestKinds:
		return &n.testKinds
	case trustlist.TableProducts:
		return &n.products
	case trustlist.TableExemptions:
		return &n.exemptions
	}
	return nil
}

func has(sorted []uint16, number uint16) bool {
	_, found := slices.BinarySearch(sorted, number)
	return found
}

func (n *numbers) state(number uint16) bool     { return has(n.states, number) }
func (n *numbers) testKind(number uint16) bool  { return has(n.testKinds, number) }
func (n *numbers) product(number uint16) bool   { return has(n.products, number) }
func (n *numbers) exemption(number uint16) bool { return has(n.exemptions, number) }
