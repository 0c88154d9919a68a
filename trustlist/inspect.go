package trustlist

import (
	"maps"
	"slices"
)

// Freshness is how old trust is, as a step of the ladder that the policy gives
// ([Ladder]). Age is shown; it never stops a venue without a word.
type Freshness uint8

// The steps, from the newest on. The zero value is no statement.
const (
	Fresh               Freshness = iota + 1
	Stale                         // shown; everything works
	TooOldForShortLived           // status and tests are left to the venue to judge
	TooOld                        // nothing is verified any more
)

// String returns the step's name in English.
func (f Freshness) String() string {
	switch f {
	case Fresh:
		return "fresh"
	case Stale:
		return "stale"
	case TooOldForShortLived:
		return "too old for status and tests"
	case TooOld:
		return "too old"
	}
	return "unknown"
}

// MarshalText returns String.
func (f Freshness) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Freshness returns the step of the ladder for an age in seconds.
func (l Ladder) Freshness(age int64) Freshness {
	switch {
	case age > int64(l.All):
		return TooOld
	case age > int64(l.ShortLived):
		return TooOldForShortLived
	case age > int64(l.Fresh):
		return Stale
	}
	return Fresh
}

// Inspection is what a device believes at a time and what it lacks, for people
// and their tools to read. All times are unix seconds.
type Inspection struct {
	Clock     int64     // of the device, 0 if it has none
	Effective int64     // the later of clock and floor
	Floor     int64     // [Trust.Floor]
	AgesFrom  int64     // [Trust.AgesFrom]
	Age       int64     // seconds from AgesFrom to the effective time
	Freshness Freshness // what Ladder makes of Age
	Ladder    Ladder
	// NextStep is when the trust takes the next step down the ladder if nothing
	// new comes, 0 when it is on the last.
	NextStep     int64
	ProgrammeEnd int64 // 0: none
	Documents    []DocumentStanding
	Lacks        []Lack
	Regions      []RegionStanding
}

// DocumentStanding is a document in force.
type DocumentStanding struct {
	Kind    Kind
	Region  string // empty for root, list and policy
	List    uint32 // number of a status list
	Version Version
	Hash    [32]byte
	Issued  int64
	Age     int64 // seconds from issue to effective time; below 0 for one of the future
	Due     int64 // when the next one is due; 0: not said
	Overdue bool  // Due has passed
	Signers int   // distinct keys, of those who may sign it; 1 where one is enough
	// HoldsFloor says that the clock floor is the time of issue of this document.
	// A floor that none holds comes from one that was in force before.
	HoldsFloor bool
}

// Lack is a document that the device should have and has not: a region's key
// set, snapshot, or overlay that the snapshot names; or one that it has known
// and no longer has, as a status list that was left out for its size.
type Lack struct {
	Kind   Kind
	Region string  // empty for the policy
	List   uint32  // number of a status list
	Known  Version // that was known; zero: none was ever
}

// RegionStanding is how a region of the list stands.
type RegionStanding struct {
	Code         string
	Name         string
	Unavailable  error // why its key set is not in force, a *[RegionError]; nil when it is
	StatusBehind bool  // the snapshot names other status lists
	ActiveKeys   int   // that may sign credentials at the effective time
	// KeysUntil is when the last of the active keys for credentials, those of
	// later periods counted, may sign no longer; 0 without any.
	KeysUntil int64
}

// Available reports whether the region's key set is in force.
func (r *RegionStanding) Available() bool { return r.Unavailable == nil }

// Inspect returns what the device believes at clock, in unix seconds, 0 if it has
// none: every document in force with its age and when the next is due, what is
// missing, how the regions stand, and the step of the freshness ladder.
func (t *Trust) Inspect(clock int64) *Inspection {
	i := &Inspection{Clock: clock, Effective: max(clock, t.floor), Floor: t.floor, AgesFrom: t.AgesFrom(), ProgrammeEnd: t.end}
	i.Age = i.Effective - i.AgesFrom
	i.Ladder = t.rules.LadderAt(i.Effective)
	i.Freshness = i.Ladder.Freshness(i.Age)
	for _, step := range []uint32{i.Ladder.Fresh, i.Ladder.ShortLived, i.Ladder.All} {
		if i.Age <= int64(step) {
			i.NextStep = i.AgesFrom + int64(step) + 1
			break
		}
	}
	i.add(KindRoot, "", 0, &t.root)
	i.add(KindList, "", 0, &t.list)
	i.need(KindPolicy, "", &t.policy, t.rules != nil)
	for _, region := range t.sorted {
		i.addRegion(region)
	}
	return i
}

// add notes a document in force.
func (i *Inspection) add(kind Kind, region string, list uint32, s *documentState) {
	i.Documents = append(i.Documents, DocumentStanding{
		Kind: kind, Region: region, List: list, Version: s.version, Hash: s.hash,
		Issued: s.issued, Age: i.Effective - s.issued, Due: s.due, Overdue: s.due != 0 && i.Effective > s.due,
		Signers: s.signers, HoldsFloor: region == "" && s.issued == i.Floor,
	})
}

// need notes a document that is in force or lacking.
func (i *Inspection) need(kind Kind, region string, s *documentState, inForce bool) {
	if inForce {
		i.add(kind, region, 0, s)
		return
	}
	i.Lacks = append(i.Lacks, Lack{Kind: kind, Region: region, Known: s.version})
}

func (i *Inspection) addRegion(r *Region) {
	record := r.record
	i.need(KindKeySet, r.Code, &record.keySet, r.unavailable == nil)
	if r.unavailable == nil {
		i.need(KindSnapshot, r.Code, &record.snapshot, r.snapshot != nil)
	}
	named := r.snapshot != nil && r.snapshot.Overlay != nil
	if r.overlay != nil || named || !record.overlay.version.IsZero() {
		i.need(KindOverlay, r.Code, &record.overlay, r.overlay != nil)
	}
	for _, number := range slices.Sorted(maps.Keys(record.lists)) {
		state := record.lists[number]
		if _, inForce := r.lists[number]; inForce {
			i.add(KindStatusList, r.Code, number, &state)
			continue
		}
		if !listOver(number, i.Effective) {
			i.Lacks = append(i.Lacks, Lack{KindStatusList, r.Code, number, state.version})
		}
	}
	if len(r.deltas) != 0 {
		i.add(KindStatusDelta, r.Code, 0, &record.deltas)
	}
	standing := RegionStanding{Code: r.Code, Name: r.Name, Unavailable: r.unavailable, StatusBehind: r.listsBehind}
	for _, key := range r.keys {
		if key.Usage&(UsageKnown&^(UsageStatusList|UsageSnapshot)) == 0 || key.State == Compromised {
			continue
		}
		if key.maySignAt(i.Effective) {
			standing.ActiveKeys++
		}
		if key.State == Active {
			standing.KeysUntil = max(standing.KeysUntil, key.SignUntil)
		}
	}
	i.Regions = append(i.Regions, standing)
}
