package publish

import (
	"slices"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
)

// ListLife is how long after a trust list the next one is due, in seconds: as
// long as the default ladder lets short-lived claims count. Without a due time a
// list that is withheld would not be missed as long as new policies arrive.
const ListLife = 7 * 86400

// NewList returns the first trust list under root (previous nil), or the one
// that follows on previous with the same regions; the next is due after
// [ListLife]. The result is free to be changed.
func NewList(previous *trustlist.List, root *trustlist.Root, issued int64) (*trustlist.List, error) {
	list := new(trustlist.List)
	var head *trustlist.Head
	if previous != nil {
		head, *list = &previous.Head, *previous
		list.Regions = slices.Clone(previous.Regions)
		list.WithdrawnUsage = slices.Clone(previous.WithdrawnUsage)
		list.WithdrawnKeys = slices.Clone(previous.WithdrawnKeys)
		list.WithdrawnLaboratories = slices.Clone(previous.WithdrawnLaboratories)
	}
	version, err := next(head, root.ListEpoch, issued)
	if err != nil {
		return nil, err
	}
	list.Head = trustlist.Head{Version: version, Issued: issued, Due: min(issued+ListLife, format.MaxTime)}
	return list, nil
}

// NewPolicy returns policy as the first under root (previous nil) or as the one
// that follows on previous. policy is not changed.
func NewPolicy(previous, policy *trustlist.Policy, root *trustlist.Root, issued int64) (*trustlist.Policy, error) {
	var head *trustlist.Head
	if previous != nil {
		head = &previous.Head
	}
	version, err := next(head, root.PolicyEpoch, issued)
	if err != nil {
		return nil, err
	}
	p := *policy
	p.Head = trustlist.Head{Version: version, Issued: issued, Due: policy.Due}
	return &p, nil
}

// NewOverlay returns overlay as the first of the region that entry admits
// (previous nil), or as the one that follows on previous. overlay is not changed.
func NewOverlay(previous, overlay *trustlist.Overlay, entry *trustlist.Entry, issued int64) (*trustlist.Overlay, error) {
	var head *trustlist.Head
	if previous != nil {
		head = &previous.Head
	}
	version, err := next(head, entry.Epoch, issued)
	if err != nil {
		return nil, err
	}
	o := *overlay
	o.RegionalHead = trustlist.RegionalHead{Head: trustlist.Head{Version: version, Issued: issued, Due: overlay.Due}, Region: entry.Code}
	return &o, nil
}
