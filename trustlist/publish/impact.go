package publish

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// Impact says what a new trust list takes from one region.
type Impact struct {
	Region string `json:"region"`
	// Removed: the region is not listed any more, and nothing of it holds.
	Removed bool `json:"removed,omitempty"`
	// NewEpoch: all its documents are void until it publishes new ones.
	NewEpoch     bool             `json:"new_epoch,omitempty"`
	Usage        []UsageLoss      `json:"usage,omitempty"`
	Keys         []KeyLoss        `json:"keys,omitempty"`         // of the key set, where it is known
	Laboratories []LaboratoryLoss `json:"laboratories,omitempty"` // likewise, and those that the list names
	// SigningKeys are the keys that could sign codes under the list before,
	// Stranded those of them that cannot afterwards. Without a key set both are 0.
	SigningKeys  int  `json:"signing_keys"`
	Stranded     int  `json:"stranded"`
	KeySetKnown  bool `json:"keyset_known"`
	EarlierHolds bool `json:"earlier_holds"` // whether anything that was issued before the dates holds
}

// UsageLoss is usage that a region has no more.
type UsageLoss struct {
	Usage trustlist.Usage
	From  int64 // unix seconds
	// EarlierHolds reports whether what was issued before From holds.
	EarlierHolds bool
}

type lossJSON struct {
	KeyID        string    `json:"key_id,omitempty"`
	Number       uint16    `json:"number,omitempty"`
	Name         string    `json:"name,omitempty"`
	Usage        string    `json:"usage,omitempty"`
	Left         string    `json:"left,omitempty"`
	From         time.Time `json:"from"`
	EarlierHolds bool      `json:"earlier_holds"`
}

// MarshalJSON returns the loss for people to read.
func (l UsageLoss) MarshalJSON() ([]byte, error) {
	return json.Marshal(lossJSON{Usage: l.Usage.String(), From: stamp(l.From), EarlierHolds: l.EarlierHolds})
}

// stamp is a time in unix seconds as JSON says it, at UTC+8.
func stamp(t int64) time.Time { return time.Unix(t, 0).In(format.ChinaTime) }

// KeyLoss is what a signing key may sign no more.
type KeyLoss struct {
	KeyID        [sig.KeyIDSize]byte
	Usage        trustlist.Usage // that it loses
	Left         trustlist.Usage // that it keeps
	From         int64           // unix seconds
	EarlierHolds bool
}

// MarshalJSON returns the loss for people to read.
func (l KeyLoss) MarshalJSON() ([]byte, error) {
	return json.Marshal(lossJSON{KeyID: hex.EncodeToString(l.KeyID[:]), Usage: l.Usage.String(), Left: l.Left.String(),
		From: stamp(l.From), EarlierHolds: l.EarlierHolds})
}

// LaboratoryLoss is a laboratory whose tests count no more.
type LaboratoryLoss struct {
	Number       uint16
	Name         string // where a key set tells it
	From         int64  // unix seconds
	EarlierHolds bool
}

// MarshalJSON returns the loss for people to read.
func (l LaboratoryLoss) MarshalJSON() ([]byte, error) {
	return json.Marshal(lossJSON{Number: l.Number, Name: l.Name, From: stamp(l.From), EarlierHolds: l.EarlierHolds})
}

// Impacts says what the step from one list to the next takes away, region by
// region, from the key sets that are given. untouched are the regions of both
// lists of which the step changes nothing at all.
func Impacts(before, after *trustlist.List, sets ...*trustlist.KeySet) (impacts []Impact, untouched []string) {
	known := map[string]*trustlist.KeySet{}
	for _, set := range sets {
		known[set.Region] = set
	}
	for i := range before.Regions {
		was := &before.Regions[i]
		is, listed := entryOf(after, was.Code)
		if listed && sameRegion(before, after, was, is) {
			untouched = append(untouched, was.Code)
			continue
		}
		c := comparison{before, after, was, is, known[was.Code]}
		if impact := c.impact(); impact.takes() {
			impacts = append(impacts, impact)
		}
	}
	return impacts, untouched
}

func (i *Impact) takes() bool {
	return i.Removed || i.NewEpoch || len(i.Usage)+len(i.Keys)+len(i.Laboratories) > 0
}

// sameRegion reports whether two lists say the same of a region.
func sameRegion(before, after *trustlist.List, was, is *trustlist.Entry) bool {
	return reflect.DeepEqual(exported(was), exported(is)) &&
		slices.Equal(ofRegion(before.WithdrawnUsage, was.Code), ofRegion(after.WithdrawnUsage, was.Code)) &&
		slices.Equal(ofRegion(before.WithdrawnKeys, was.Code), ofRegion(after.WithdrawnKeys, was.Code)) &&
		slices.Equal(ofRegion(before.WithdrawnLaboratories, was.Code), ofRegion(after.WithdrawnLaboratories, was.Code))
}

// exported returns what an entry says, without what was derived from it.
func exported(e *trustlist.Entry) trustlist.Entry {
	return trustlist.Entry{
		Code: e.Code, Name: e.Name, Authority: e.Authority, Appeal: e.Appeal, RulesHash: e.RulesHash, Usage: e.Usage,
		Epoch: e.Epoch, LeastCounter: e.LeastCounter, Threshold: e.Threshold, Keys: e.Keys,
	}
}

type withdrawal interface {
	trustlist.UsageWithdrawal | trustlist.KeyWithdrawal | trustlist.LaboratoryWithdrawal
}

func ofRegion[W withdrawal](all []W, code string) []W {
	return slices.DeleteFunc(slices.Clone(all), func(w W) bool {
		switch w := any(w).(type) {
		case trustlist.UsageWithdrawal:
			return w.Region != code
		case trustlist.KeyWithdrawal:
			return w.Region != code
		case trustlist.LaboratoryWithdrawal:
			return w.Region != code
		}
		return true
	})
}

// comparison is one region before and after; is is nil when it is removed.
type comparison struct {
	before, after *trustlist.List
	was, is       *trustlist.Entry
	set           *trustlist.KeySet // nil: not known
}

func (c *comparison) impact() Impact {
	impact := Impact{Region: c.was.Code, Removed: c.is == nil, KeySetKnown: c.set != nil}
	impact.NewEpoch = c.is != nil && c.is.Epoch > c.was.Epoch
	impact.Usage = c.usage()
	impact.Laboratories = c.laboratories()
	if c.set != nil {
		for i := range c.set.Keys {
			c.key(&impact, &c.set.Keys[i])
		}
	}
	holds := func(earlier bool) { impact.EarlierHolds = impact.EarlierHolds || earlier }
	for _, l := range impact.Usage {
		holds(l.EarlierHolds)
	}
	for _, l := range impact.Keys {
		holds(l.EarlierHolds)
	}
	for _, l := range impact.Laboratories {
		holds(l.EarlierHolds)
	}
	impact.EarlierHolds = impact.EarlierHolds && !impact.Removed && !impact.NewEpoch
	return impact
}

// usage returns what the region loses as a whole.
func (c *comparison) usage() []UsageLoss {
	if c.is == nil {
		return []UsageLoss{{c.was.Usage, c.after.Issued, false}}
	}
	var losses []UsageLoss
	if lost := c.was.Usage &^ c.is.Usage; lost != 0 {
		losses = append(losses, UsageLoss{lost, c.after.Issued, false})
	}
	for _, w := range ofRegion(c.after.WithdrawnUsage, c.was.Code) {
		if lost := w.Usage & grantAt(c.before, c.was, w.From) & c.is.Usage; lost != 0 {
			losses = append(losses, UsageLoss{lost, w.From, true})
		}
	}
	slices.SortStableFunc(losses, func(a, b UsageLoss) int { return cmp.Compare(a.From, b.From) })
	return losses
}

// credentialUsage are the bits that a key needs one of to sign any code.
const credentialUsage = trustlist.UsageStatus | trustlist.UsageTest | trustlist.UsageVaccination | trustlist.UsageExemption

// key adds what one key loses: by itself, or with the region.
func (c *comparison) key(impact *Impact, key *trustlist.Key) {
	if key.State == trustlist.Compromised || c.withdrawn(c.before, key) == trustlist.Compromised {
		return // it had nothing to lose
	}
	grant := key.Usage & c.was.Usage
	signs := grant&credentialUsage != 0
	if signs {
		impact.SigningKeys++
	}
	left := grant
	if w, now := c.newWithdrawal(key); now {
		left = 0
		impact.Keys = append(impact.Keys, KeyLoss{key.Public.KeyID(), grant, left, w.From, w.State == trustlist.Retired})
	} else {
		for _, loss := range impact.Usage {
			if lost := left & loss.Usage; lost != 0 {
				left &^= lost
				impact.Keys = append(impact.Keys, KeyLoss{key.Public.KeyID(), lost, left, loss.From, loss.EarlierHolds})
			}
		}
	}
	if signs && left&credentialUsage == 0 {
		impact.Stranded++
	}
}

// withdrawn returns the state that a list gives a key over the region's head.
func (c *comparison) withdrawn(list *trustlist.List, key *trustlist.Key) trustlist.KeyState {
	for _, w := range ofRegion(list.WithdrawnKeys, c.was.Code) {
		if w.KeyID == key.Public.KeyID() {
			return w.State
		}
	}
	return trustlist.Active
}

// newWithdrawal returns the withdrawal of a key that the list before had not.
func (c *comparison) newWithdrawal(key *trustlist.Key) (trustlist.KeyWithdrawal, bool) {
	before := ofRegion(c.before.WithdrawnKeys, c.was.Code)
	for _, w := range ofRegion(c.after.WithdrawnKeys, c.was.Code) {
		if w.KeyID == key.Public.KeyID() && !slices.Contains(before, w) {
			return w, true
		}
	}
	return trustlist.KeyWithdrawal{}, false
}

func (c *comparison) laboratories() []LaboratoryLoss {
	names := map[uint16]string{}
	var losses []LaboratoryLoss
	if c.set != nil {
		for _, l := range c.set.Laboratories {
			names[l.Number] = l.Name
			if c.is == nil && l.Withdrawn == 0 {
				losses = append(losses, LaboratoryLoss{l.Number, l.Name, c.after.Issued, false})
			}
		}
	}
	before := ofRegion(c.before.WithdrawnLaboratories, c.was.Code)
	for _, w := range ofRegion(c.after.WithdrawnLaboratories, c.was.Code) {
		if !slices.Contains(before, w) {
			losses = append(losses, LaboratoryLoss{w.Number, names[w.Number], w.From, true})
		}
	}
	return losses
}
