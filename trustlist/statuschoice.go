package trustlist

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// StatusChoice says of which regions a device or a bundle carries the status
// lists and deltas. The zero choice is all. It is immutable.
//
//	all      none      33,44
type StatusChoice struct {
	some    bool
	regions []string // ascending
}

// ErrStatusChoice reports a text that is no [StatusChoice].
var ErrStatusChoice = errors.New("trustlist: neither all nor none nor regions of two digits, with commas between")

// ParseStatusChoice reads "all", "none", or the codes of regions with commas
// between, in any order, each once. The error wraps [ErrStatusChoice].
func ParseStatusChoice(text string) (StatusChoice, error) {
	switch text {
	case "all":
		return StatusChoice{}, nil
	case "none":
		return StatusChoice{some: true}, nil
	}
	regions := strings.Split(text, ",")
	slices.Sort(regions)
	for i, code := range regions {
		if checkRegion("region", code) != nil || i > 0 && code == regions[i-1] {
			return StatusChoice{}, fmt.Errorf("%w: %q", ErrStatusChoice, text)
		}
	}
	return StatusChoice{true, regions}, nil
}

// String returns the text that [ParseStatusChoice] reads.
func (c StatusChoice) String() string {
	switch {
	case !c.some:
		return "all"
	case len(c.regions) == 0:
		return "none"
	}
	return strings.Join(c.regions, ",")
}

// All reports whether the lists of every region are chosen.
func (c StatusChoice) All() bool { return !c.some }

// Has reports whether the status lists of a region are chosen.
func (c StatusChoice) Has(region string) bool {
	_, chosen := slices.BinarySearch(c.regions, region)
	return chosen || !c.some
}

// Regions returns the codes that are chosen by name, ascending; none for all.
func (c StatusChoice) Regions() []string { return slices.Clone(c.regions) }

// WithStatus returns the parts with the status lists and deltas of the chosen
// regions alone. p is not changed; the documents are shared.
func (p *Parts) WithStatus(choice StatusChoice) Parts {
	chosen := *p
	chosen.Regions = slices.Clone(p.Regions)
	for i := range chosen.Regions {
		if r := &chosen.Regions[i]; !choice.Has(r.Code) {
			r.StatusLists, r.Deltas = nil, nil
		}
	}
	return chosen
}

// letGo forgets the documents of a status that is not carried. Versions stay, so
// that nothing older comes back when it is carried again.
func (r *regionRecord) letGo() {
	for number, state := range r.lists {
		state.raw = nil
		r.lists[number] = state
	}
	r.parts.StatusLists, r.parts.Deltas, r.deltas.raw = nil, nil, nil
}
