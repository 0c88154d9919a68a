package jwks

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/trustlist"
)

// Draft returns the unsigned export of what is in force: every region of the
// trust list, with the keys of its key set where that is in force. It is a
// function of trust alone, so that signers who loaded the same documents draft
// the same bytes. The error is [trustlist.ErrTooLarge].
func Draft(trust *trustlist.Trust) (*Export, error) {
	list, err := listOf(trust)
	if err != nil {
		return nil, err
	}
	s := &Set{List: trust.List(), ProgrammeEnd: list.ProgrammeEnd}
	for _, region := range trust.Regions() {
		r := Region{Code: region.Code, Usage: region.Usage}
		for _, w := range list.WithdrawnUsage {
			if w.Region == region.Code {
				r.Withdrawn = append(r.Withdrawn, w)
			}
		}
		slices.SortFunc(r.Withdrawn, compareWithdrawals)
		if info, there := region.KeySet(); there {
			r.KeySet, r.Keys = info, region.Keys()
			slices.SortFunc(r.Keys, compareKeys)
		}
		s.Regions = append(s.Regions, r)
	}
	slices.SortFunc(s.Regions, func(a, b Region) int { return cmp.Compare(a.Code, b.Code) })
	e := &Export{payload: encodeSet(s)}
	if n := len(e.Marshal()); n > MaxSize-roomForSignatures {
		return nil, fmt.Errorf("%w: %d bytes", trustlist.ErrTooLarge, n)
	}
	return e, nil
}

// roomForSignatures is kept free in a draft for those that it is to get.
const roomForSignatures = 16 << 10

// listOf returns the trust list in force. A Trust has verified it.
func listOf(trust *trustlist.Trust) (*trustlist.List, error) {
	bundle, err := trust.Bundle()
	if err != nil {
		return nil, err
	}
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		return nil, err
	}
	document, err := trustlist.Open(parts.List)
	if err != nil {
		return nil, err
	}
	content, err := document.UnverifiedContent()
	if err != nil {
		return nil, err
	}
	list, ok := content.(*trustlist.List)
	if !ok {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrWrongKind, content.Kind())
	}
	return list, nil
}
