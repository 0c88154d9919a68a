package publish

import (
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// Remove returns list without the region: from then on nothing of it holds,
// whenever it was issued. To stop a region from a date, see [WithdrawUsage].
func Remove(list *trustlist.List, code string) (*trustlist.List, error) {
	if _, listed := entryOf(list, code); !listed {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrNotListed, code)
	}
	removed := *list
	removed.Regions = slices.DeleteFunc(slices.Clone(list.Regions), func(e trustlist.Entry) bool { return e.Code == code })
	// What was withdrawn from the region goes with it.
	removed.WithdrawnUsage = slices.DeleteFunc(slices.Clone(list.WithdrawnUsage), func(w trustlist.UsageWithdrawal) bool { return w.Region == code })
	removed.WithdrawnKeys = slices.DeleteFunc(slices.Clone(list.WithdrawnKeys), func(w trustlist.KeyWithdrawal) bool { return w.Region == code })
	removed.WithdrawnLaboratories = slices.DeleteFunc(slices.Clone(list.WithdrawnLaboratories), func(w trustlist.LaboratoryWithdrawal) bool { return w.Region == code })
	return checked(&removed)
}

// Change returns list with the entry of one region changed by edit, which may
// narrow the usage, raise the epoch or the least counter, or replace keys. Errors
// are [trustlist.ErrNotListed], [ErrEpochBack] and *[trustlist.ContentError].
func Change(list *trustlist.List, code string, edit func(*trustlist.Entry)) (*trustlist.List, error) {
	changed := *list
	changed.Regions = slices.Clone(list.Regions)
	entry, listed := entryOf(&changed, code)
	if !listed {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrNotListed, code)
	}
	epoch := entry.Epoch
	edit(entry)
	if entry.Epoch < epoch {
		return nil, fmt.Errorf("%w: region %s, from %d to %d", ErrEpochBack, code, epoch, entry.Epoch)
	}
	return checked(&changed)
}

// WithdrawUsage returns list with usage taken from a region for everything that
// is issued at from (unix seconds) or later; what was issued before holds. All of
// the region's usage stops the region. Errors are [trustlist.ErrNotListed],
// [ErrNothingToDo] and *[trustlist.ContentError].
func WithdrawUsage(list *trustlist.List, region string, usage trustlist.Usage, from int64) (*trustlist.List, error) {
	entry, listed := entryOf(list, region)
	if !listed {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrNotListed, region)
	}
	lost := usage & grantAt(list, entry, from)
	if lost == 0 {
		return nil, fmt.Errorf("%w: region %s has none of %s then", ErrNothingToDo, region, usage)
	}
	next := *list
	next.WithdrawnUsage = slices.Clone(list.WithdrawnUsage)
	for i := range next.WithdrawnUsage {
		if w := &next.WithdrawnUsage[i]; w.Region == region && w.From == from {
			w.Usage |= lost // a list has one withdrawal a region and time
			return checked(&next)
		}
	}
	next.WithdrawnUsage = append(next.WithdrawnUsage, trustlist.UsageWithdrawal{Region: region, Usage: lost, From: from})
	return checked(&next)
}

// grantAt returns what the list grants the region for what is issued at t.
func grantAt(list *trustlist.List, entry *trustlist.Entry, t int64) trustlist.Usage {
	usage := entry.Usage
	for _, w := range list.WithdrawnUsage {
		if w.Region == entry.Code && t >= w.From {
			usage &^= w.Usage
		}
	}
	return usage
}

// WithdrawKey returns list with a region's signing key retired at from (unix
// seconds), or compromised, over the region's head. A withdrawal never gives
// anything back: one that would is an [ErrNothingToDo].
func WithdrawKey(list *trustlist.List, region string, kid [sig.KeyIDSize]byte, state trustlist.KeyState, from int64) (*trustlist.List, error) {
	if _, listed := entryOf(list, region); !listed {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrNotListed, region)
	}
	next := *list
	next.WithdrawnKeys = slices.Clone(list.WithdrawnKeys)
	now := trustlist.KeyWithdrawal{Region: region, KeyID: kid, State: state, From: from}
	for i := range next.WithdrawnKeys {
		w := &next.WithdrawnKeys[i]
		if w.Region != region || w.KeyID != kid {
			continue
		}
		if state < w.State || state == w.State && (state == trustlist.Compromised || from >= w.From) {
			return nil, fmt.Errorf("%w: key %x is withdrawn", ErrNothingToDo, kid)
		}
		*w = now
		return checked(&next)
	}
	next.WithdrawnKeys = append(next.WithdrawnKeys, now)
	return checked(&next)
}

// WithdrawLaboratory returns list with a region's laboratory withdrawn at from
// (unix seconds). A later date than the one in force is an [ErrNothingToDo].
func WithdrawLaboratory(list *trustlist.List, region string, number uint16, from int64) (*trustlist.List, error) {
	if _, listed := entryOf(list, region); !listed {
		return nil, fmt.Errorf("%w: %s", trustlist.ErrNotListed, region)
	}
	next := *list
	next.WithdrawnLaboratories = slices.Clone(list.WithdrawnLaboratories)
	for i := range next.WithdrawnLaboratories {
		w := &next.WithdrawnLaboratories[i]
		if w.Region != region || w.Number != number {
			continue
		}
		if from >= w.From {
			return nil, fmt.Errorf("%w: laboratory %d is withdrawn", ErrNothingToDo, number)
		}
		w.From = from
		return checked(&next)
	}
	next.WithdrawnLaboratories = append(next.WithdrawnLaboratories, trustlist.LaboratoryWithdrawal{Region: region, Number: number, From: from})
	return checked(&next)
}
