package publish

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

var (
	// ErrNotAProvince reports a region that is neither a provincial division of
	// GB/T 2260 nor the national platform ("00").
	ErrNotAProvince = errors.New("publish: not a provincial division")
	// ErrListed reports a region that is admitted already.
	ErrListed = errors.New("publish: region is in the trust list already")
)

// NewList returns the first trust list under root (previous nil), or the one
// that follows on previous with the same regions. The result is free to be
// changed.
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
	version, err := next(head, root.ListEpoch)
	if err != nil {
		return nil, err
	}
	list.Head = trustlist.Head{Version: version, Issued: issued}
	return list, nil
}

// NewPolicy returns policy as the first under root (previous nil) or as the one
// that follows on previous. policy is not changed.
func NewPolicy(previous, policy *trustlist.Policy, root *trustlist.Root, issued int64) (*trustlist.Policy, error) {
	var head *trustlist.Head
	if previous != nil {
		head = &previous.Head
	}
	version, err := next(head, root.PolicyEpoch)
	if err != nil {
		return nil, err
	}
	p := *policy
	p.Head = trustlist.Head{Version: version, Issued: issued, Due: policy.Due}
	return &p, nil
}

// Admit returns list with the region that request asks to admit, as it asks.
// The request proves that its keys are held (see [NewAdmission]); that they are
// the region's is for people to find out first. A region that was removed
// before takes part in the next epoch of its documents. Errors are
// [ErrNotAProvince], [ErrListed], [trustlist.ErrSharedKey] and those of
// [trustlist.OpenAdmission].
func Admit(list *trustlist.List, request []byte, epoch uint32) (*trustlist.List, error) {
	admission, err := trustlist.OpenAdmission(request)
	if err != nil {
		return nil, err
	}
	if err := checkProvince(admission.Region); err != nil {
		return nil, err
	}
	entry := admission.Entry(max(epoch, 1))
	for i := range list.Regions {
		if list.Regions[i].Code == entry.Code {
			return nil, fmt.Errorf("%w: %s", ErrListed, entry.Code)
		}
	}
	admitted := *list
	admitted.Regions = append(slices.Clone(list.Regions), entry)
	// A message of the list is made only to hold it to the rules of its kind.
	if _, err := trustlist.NewMessage(&admitted); err != nil {
		return nil, err
	}
	return &admitted, nil
}

func checkProvince(code string) error {
	if _, ok := spec.RegionByNumber(code); !ok {
		return fmt.Errorf("%w: %q", ErrNotAProvince, code)
	}
	return nil
}

// Remove returns list without the region.
func Remove(list *trustlist.List, code string) (*trustlist.List, error) {
	removed := *list
	removed.Regions = slices.DeleteFunc(slices.Clone(list.Regions), func(e trustlist.Entry) bool { return e.Code == code })
	if len(removed.Regions) == len(list.Regions) {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrNotListed, code)
	}
	// What was withdrawn from the region goes with it.
	removed.WithdrawnUsage = slices.DeleteFunc(slices.Clone(list.WithdrawnUsage), func(w trustlist.UsageWithdrawal) bool { return w.Region == code })
	removed.WithdrawnKeys = slices.DeleteFunc(slices.Clone(list.WithdrawnKeys), func(w trustlist.KeyWithdrawal) bool { return w.Region == code })
	removed.WithdrawnLaboratories = slices.DeleteFunc(slices.Clone(list.WithdrawnLaboratories), func(w trustlist.LaboratoryWithdrawal) bool { return w.Region == code })
	return &removed, nil
}

// Change returns list with the entry of one region changed by edit, which may
// narrow the usage, raise the epoch or the least counter, or replace keys.
func Change(list *trustlist.List, code string, edit func(*trustlist.Entry)) (*trustlist.List, error) {
	changed := *list
	changed.Regions = slices.Clone(list.Regions)
	i := slices.IndexFunc(changed.Regions, func(e trustlist.Entry) bool { return e.Code == code })
	if i < 0 {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrNotListed, code)
	}
	edit(&changed.Regions[i])
	if _, err := trustlist.NewMessage(&changed); err != nil {
		return nil, err
	}
	return &changed, nil
}
