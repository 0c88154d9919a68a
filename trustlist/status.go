package trustlist

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strconv"
	"time"

	"github.com/tongxing/tongxing/format/cborx"
)

const (
	maxSetBytes    = 8 << 20
	maxListNumber  = 1<<20 - 1
	maxListChanges = 1 << 14
)

// chinaTime is UTC+8, all year.
var chinaTime = time.FixedZone("UTC+8", 8*3600)

// StatusSet is a set of indices in the encoding of package format/status, which
// [Load] alone looks into.
type StatusSet struct {
	_       struct{} `cbor:",toarray"`
	Members uint32
	Encoded []byte // empty exactly for no members
}

// StatusList is one whole status list of a region: the credentials whose ref
// names it, revoked, superseded or suspended. The sets are disjoint.
type StatusList struct {
	RegionalHead
	List       uint32    `cbor:"5,keyasint"` // months since 2020-01 x 256 + shard
	Revoked    StatusSet `cbor:"6,keyasint"`
	Superseded StatusSet `cbor:"7,keyasint"`
	Suspended  StatusSet `cbor:"8,keyasint"`
}

// Kind returns [KindStatusList].
func (*StatusList) Kind() Kind { return KindStatusList }

func (s *StatusList) encode() ([]byte, error)     { return cborx.Marshal(s) }
func (s *StatusList) decode(payload []byte) error { return cborx.Unmarshal(payload, s) }

func (s *StatusList) canonical() Document {
	c := *s
	return &c
}

func (s *StatusList) validate() error {
	if err := s.validateHead(); err != nil {
		return err
	}
	if s.Due == 0 {
		return invalid("due", "a status list says when the next one is due")
	}
	if s.List > maxListNumber {
		return invalid("list", "%d is above %d", s.List, maxListNumber)
	}
	if err := s.Revoked.validate("revoked"); err != nil {
		return err
	}
	if err := s.Superseded.validate("superseded"); err != nil {
		return err
	}
	return s.Suspended.validate("suspended")
}

func (s *StatusSet) validate(field string) error {
	if (s.Members == 0) != (len(s.Encoded) == 0) {
		return invalid(field, "%d members in %d bytes", s.Members, len(s.Encoded))
	}
	if len(s.Encoded) > maxSetBytes {
		return invalid(field, "%d bytes, more than %d", len(s.Encoded), maxSetBytes)
	}
	return nil
}

// StatusHash identifies what a region's status lists say together, whoever
// signed them and when: SHA-256 over the deterministic CBOR of the array of
// [list, revoked, superseded, suspended], ascending by list. lists is not
// changed.
func StatusHash(lists []*StatusList) [32]byte {
	lists = slices.Clone(lists)
	slices.SortFunc(lists, func(a, b *StatusList) int { return cmp.Compare(a.List, b.List) })
	h := sha256.New()
	h.Write(cborx.AppendArray(nil, len(lists)))
	for _, l := range lists {
		h.Write(cborx.AppendUint(cborx.AppendArray(nil, 4), uint64(l.List)))
		for _, set := range []StatusSet{l.Revoked, l.Superseded, l.Suspended} {
			h.Write(cborx.AppendUint(cborx.AppendArray(nil, 2), uint64(set.Members)))
			h.Write(cborx.AppendBytes(nil, set.Encoded))
		}
	}
	return [32]byte(h.Sum(nil))
}

// StatusHashAt is [StatusHash] as a delta or a snapshot that is issued at t, in
// unix seconds, states it: over the lists whose month has not ended then.
func StatusHashAt(lists []*StatusList, t int64) [32]byte {
	return StatusHash(slices.DeleteFunc(slices.Clone(lists), func(l *StatusList) bool { return listOver(l.List, t) }))
}

// StatusDelta is a region's day: what changes in all its status lists.
type StatusDelta struct {
	RegionalHead
	Base    [32]byte       // [StatusHash] before
	Result  [32]byte       // [StatusHash] after
	Changes []StatusChange // ascending by list
}

// StatusChange is what a delta does to one list. Additions and Removals are in
// the encoding of package format/status, which [Load] alone looks into; only from
// the suspended set anything is ever removed.
type StatusChange struct {
	List      uint32
	Additions []byte
	Removals  []byte
}

// On the wire the numbers of lists, as gaps, and the additions stand in arrays
// of their own: a list that is touched costs two or three bytes more than its
// additions.
type wireDelta struct {
	RegionalHead
	Base      [32]byte      `cbor:"5,keyasint"`
	Result    [32]byte      `cbor:"6,keyasint"`
	Gaps      []uint32      `cbor:"7,keyasint"` // the first number, then differences
	Additions [][]byte      `cbor:"8,keyasint"`
	Removals  []wireRemoval `cbor:"9,keyasint,omitempty"`
}

type wireRemoval struct {
	_        struct{} `cbor:",toarray"`
	Position uint32   // in Gaps
	Encoded  []byte
}

// Kind returns [KindStatusDelta].
func (*StatusDelta) Kind() Kind { return KindStatusDelta }

func (d *StatusDelta) canonical() Document {
	c := *d
	c.Changes = slices.Clone(d.Changes)
	slices.SortFunc(c.Changes, compareChanges)
	return &c
}

func compareChanges(a, b StatusChange) int { return cmp.Compare(a.List, b.List) }

func (d *StatusDelta) validate() error {
	if err := d.validateHead(); err != nil {
		return err
	}
	if d.Due == 0 {
		return invalid("due", "a status delta says when the next one is due")
	}
	if err := checkCount("changes", len(d.Changes), 0, maxListChanges); err != nil {
		return err
	}
	if (d.Base == d.Result) != (len(d.Changes) == 0) {
		return invalid("result", "equals base exactly when nothing changes")
	}
	if err := checkAscending("changes", d.Changes, compareChanges); err != nil {
		return err
	}
	for i, c := range d.Changes {
		switch field := "changes[" + strconv.Itoa(i) + "]"; {
		case c.List > maxListNumber:
			return invalid(field, "list %d is above %d", c.List, maxListNumber)
		case len(c.Additions) == 0 && len(c.Removals) == 0:
			return invalid(field, "changes nothing")
		case len(c.Additions) > maxSetBytes || len(c.Removals) > maxSetBytes:
			return invalid(field, "more than %d bytes", maxSetBytes)
		}
	}
	return nil
}

func (d *StatusDelta) encode() ([]byte, error) {
	w := wireDelta{RegionalHead: d.RegionalHead, Base: d.Base, Result: d.Result}
	last := uint32(0)
	for i, c := range d.Changes {
		w.Gaps = append(w.Gaps, c.List-last)
		w.Additions = append(w.Additions, c.Additions)
		if len(c.Removals) != 0 {
			w.Removals = append(w.Removals, wireRemoval{Position: uint32(i), Encoded: c.Removals})
		}
		last = c.List
	}
	return cborx.Marshal(w)
}

func (d *StatusDelta) decode(payload []byte) error {
	var w wireDelta
	if err := cborx.Unmarshal(payload, &w); err != nil {
		return err
	}
	if len(w.Gaps) > maxListChanges || len(w.Additions) != len(w.Gaps) {
		return invalid("changes", "%d lists with %d additions", len(w.Gaps), len(w.Additions))
	}
	changes := make([]StatusChange, len(w.Gaps))
	number := uint64(0)
	for i, gap := range w.Gaps {
		number += uint64(gap)
		if number > maxListNumber {
			return invalid("changes", "list %d is above %d", number, maxListNumber)
		}
		changes[i] = StatusChange{List: uint32(number), Additions: w.Additions[i]}
	}
	previous := -1
	for _, r := range w.Removals {
		position := int(r.Position)
		if position <= previous || position >= len(changes) || len(r.Encoded) == 0 {
			return invalid("removals", "position %d of %d lists", r.Position, len(changes))
		}
		changes[position].Removals, previous = r.Encoded, position
	}
	*d = StatusDelta{RegionalHead: w.RegionalHead, Base: w.Base, Result: w.Result, Changes: changes}
	return nil
}
