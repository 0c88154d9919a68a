package fetch

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/trustlist"
)

// maxAhead is how far beyond the newest national document a clock may move the
// latest time that is known, in seconds: a hundred days, after which the trust
// material does not do for anything. A clock that once stood in 2099 must not
// drop every status list for good.
const maxAhead = 100 * 86400

// known returns the latest time that the device has known: never earlier than
// before or than the newest national document.
func known(before, clock int64, trust *trustlist.Trust) int64 {
	return max(before, trust.Floor(), min(clock, trust.Floor()+maxAhead))
}

// apply verifies a bundle on top of c, which has no source when nothing was ever
// applied, and returns the content that follows, which carries the status lists
// of choice. c is not changed.
func (c *content) apply(bundle []byte, from Origin, clock int64, choice trustlist.StatusChoice) (*Change, *content, error) {
	change := new(Change)
	options := trustlist.LoadOptions{Clock: clock, Known: c.Known, Status: choice}
	var err error
	if len(c.Source) != 0 {
		if change.Before, _, err = c.load(clock); err != nil {
			return nil, nil, err
		}
		options.Previous = change.Before
	}
	if change.After, change.Report, err = trustlist.Load(bundle, trustlist.AnchorHash(c.Anchor), options); err != nil {
		return nil, nil, err
	}
	change.Changed = differ(change.Before, change.After)
	from = from.clipped()
	next := &content{
		Anchor: c.Anchor, Source: bytes.Clone(bundle), Memory: change.After.Memory(), Known: known(c.Known, clock, change.After),
		Applied: min(max(clock, 0), maxTime), From: from.From, ETag: from.ETag, Status: choiceText(choice),
	}
	if err := next.settle(change.After, clock); err != nil {
		return nil, nil, err
	}
	if !change.Changed && len(next.Rest) != 0 && next.Status == c.Status {
		// What was applied before says more by itself, and deltas name it.
		kept := *c
		kept.Known = next.Known
		return change, &kept, nil
	}
	return change, next, nil
}

// settle finds the rest that the source needs beside it, so that the next start
// of the device gives trust again: nothing as a rule, else the national documents
// with the regions that are otherwise, else everything.
func (c *content) settle(trust *trustlist.Trust, clock int64) error {
	whole, err := trust.Bundle()
	if err != nil || c.gives(whole, clock) {
		return err
	}
	parts, err := trustlist.ParseBundle(whole)
	if err != nil {
		return err
	}
	rest := trustlist.Parts{Roots: parts.Roots, List: parts.List, Policy: parts.Policy}
	if c.Rest, err = rest.Encode(); err != nil {
		return err
	}
	if rest.Regions, err = c.lacking(parts, clock); err == nil {
		if c.Rest, err = rest.Encode(); err == nil && c.gives(whole, clock) {
			return nil
		}
	}
	c.Rest = whole
	if _, _, err = c.load(clock); err != nil {
		return fmt.Errorf("fetch: what is to be stored does not load: %w", err)
	}
	return nil
}

// gives reports whether whole is the bundle of everything that is in force when
// the device starts with c.
func (c *content) gives(whole []byte, clock int64) bool {
	trust, _, err := c.load(clock)
	if err != nil { // a policy, say, that is known and left out
		return false
	}
	bundle, err := trust.Bundle()
	return err == nil && bytes.Equal(bundle, whole)
}

// lacking returns the regions that the device does not have as parts has them
// when it starts with c.
func (c *content) lacking(parts *trustlist.Parts, clock int64) ([]trustlist.RegionParts, error) {
	trust, _, err := c.load(clock)
	if err != nil {
		return nil, err
	}
	bundle, err := trust.Bundle()
	if err != nil {
		return nil, err
	}
	has, err := trustlist.ParseBundle(bundle)
	if err != nil {
		return nil, err
	}
	var lacking []trustlist.RegionParts
	for i := range parts.Regions {
		if !contains(has.Regions, &parts.Regions[i]) {
			lacking = append(lacking, parts.Regions[i])
		}
	}
	return lacking, nil
}

func contains(regions []trustlist.RegionParts, wanted *trustlist.RegionParts) bool {
	for i := range regions {
		if r := &regions[i]; r.Code == wanted.Code {
			return bytes.Equal(r.KeySet, wanted.KeySet) && bytes.Equal(r.Overlay, wanted.Overlay) &&
				bytes.Equal(r.Snapshot, wanted.Snapshot) && slices.EqualFunc(r.StatusLists, wanted.StatusLists, bytes.Equal) &&
				slices.EqualFunc(r.Deltas, wanted.Deltas, bytes.Equal)
		}
	}
	return false
}

// differ reports whether other documents are in force than before, or other
// versions are known. Other signatures of the same documents are no difference.
func differ(before, after *trustlist.Trust) bool {
	if before == nil || !bytes.Equal(before.Memory(), after.Memory()) {
		return true
	}
	return !slices.EqualFunc(before.Inspect(0).Documents, after.Inspect(0).Documents, func(a, b trustlist.DocumentStanding) bool {
		return a.Kind == b.Kind && a.Region == b.Region && a.List == b.List && a.Hash == b.Hash
	})
}
