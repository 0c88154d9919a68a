package feed

import (
	"cmp"
	"slices"

	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
)

// maxTestAge is how long a report still matters, in seconds: a credential
// counts at most 43,200 minutes back (30 days).
const maxTestAge = 43_200 * 60

type testRow struct {
	kind, result      uint16
	sampled, reported int64
	laboratory        uint32
}

// compareTests orders by time of report, the newest last; of reports of the
// same moment a positive one counts as newer.
func compareTests(a, b testRow) int {
	return cmp.Or(
		cmp.Compare(a.reported, b.reported),
		cmp.Compare(positive(a), positive(b)),
		cmp.Compare(a.sampled, b.sampled), cmp.Compare(b.kind, a.kind), cmp.Compare(b.laboratory, a.laboratory),
	)
}

func positive(t testRow) int {
	if t.result == spec.ResultPositive {
		return 1
	}
	return 0
}

// keptTests is how many tests of a person come from a feed into a credential, which
// has room for more: with two its symbol stays below version 11.
const keptTests = 2

// testSelection keeps the tests that still matter: the newest two that prove
// something. A positive report that no later report of the same kind has
// answered is never pushed out by others: it takes the second place.
type testSelection struct {
	newest    []testRow // at most keptTests, the newest first
	positives []testRow // the newest positive of each kind
	negatives []testRow // the newest negative of each kind
}

// add takes in a test that is conclusive, not in the future and young enough.
func (s *testSelection) add(t testRow) {
	if t.result == spec.ResultPositive {
		s.positives = keepNewest(s.positives, t)
	} else {
		s.negatives = keepNewest(s.negatives, t)
	}
	same := slices.IndexFunc(s.newest, func(x testRow) bool { return sameToCredential(x, t) })
	switch {
	case same < 0:
		s.newest = append(s.newest, t)
	case compareTests(t, s.newest[same]) > 0:
		s.newest[same] = t // a credential cannot hold both
	}
	slices.SortFunc(s.newest, func(a, b testRow) int { return compareTests(b, a) })
	s.newest = s.newest[:min(len(s.newest), keptTests)]
}

// sameToCredential tells whether two tests would be one claim: kind, result,
// laboratory and the minute of the report agree.
func sameToCredential(a, b testRow) bool {
	return a.kind == b.kind && a.result == b.result && a.laboratory == b.laboratory &&
		a.reported/60 == b.reported/60
}

func keepNewest(rows []testRow, t testRow) []testRow {
	i := slices.IndexFunc(rows, func(x testRow) bool { return x.kind == t.kind })
	switch {
	case i < 0:
		return append(rows, t)
	case compareTests(t, rows[i]) > 0:
		rows[i] = t
	}
	return rows
}

// unanswered returns the newest positive report that no later negative report
// of the same kind follows.
func (s *testSelection) unanswered() (newest testRow, found bool) {
	for _, p := range s.positives {
		answered := slices.ContainsFunc(s.negatives, func(n testRow) bool {
			return n.kind == p.kind && n.reported > p.reported
		})
		if !answered && (!found || compareTests(p, newest) > 0) {
			newest, found = p, true
		}
	}
	return newest, found
}

func (s *testSelection) records() []record.Test {
	chosen := slices.Clone(s.newest)
	if p, ok := s.unanswered(); ok && !slices.ContainsFunc(chosen, func(t testRow) bool { return sameToCredential(t, p) }) {
		chosen[len(chosen)-1] = p
	}
	var list []record.Test
	for _, t := range chosen {
		list = append(list, record.Test{
			Kind: t.kind, Result: t.result, Sampled: moment(t.sampled), Reported: moment(t.reported),
			Laboratory: t.laboratory,
		})
	}
	return list
}
