// Package screen makes of a verdict what a venue's device shows over its full
// width, so that a guard understands it by colour, shape, word or sound alone.
//
//	verdict -> Screen -> JSON    spec/screens.csv, spec/notices.csv, spec/gate.md
//
// It is the one place for this: the page of tongxing-gate, its headless form and
// the web application, through WebAssembly, show what is here. So it is pure as the
// verifier is: it reads no clock and keeps nothing.
//
//	shown := screen.Of(v.Verify(text, now, venue))
//	shown.Word.In("en") // "Pass"
//	shown.Shape         // "circle"
//
// Whatever is not verified shows nothing of a person, and is not a refusal: every
// screen but that of a pass names another way in.
package screen

import (
	"math"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/policy"
)

// Notice names a row of spec/notices.csv: what a guard is told beside the verdict.
type Notice string

// The notices.
const (
	ClockBehind          Notice = "clock_behind"
	Stale                Notice = "stale"
	TooOldForShortLived  Notice = "too_old_for_short_lived"
	TooOld               Notice = "too_old"
	NotCheckedRevocation Notice = "not_checked_for_revocation"
	RevocationOverdue    Notice = "revocation_overdue"
	DocumentNeeded       Notice = "document_needed"
	Enrolled             Notice = "enrolled"
	Training             Notice = "training"
)

// Condition is one condition of what the venue asks for, with what the code has for
// it.
type Condition struct {
	Satisfied    bool
	Asked, Found spec.Label
}

// Screen is what a device shows for one scan. The zero value shows nothing; every
// other is made by a function of this package. It is a value: who has a copy may
// change it.
type Screen struct {
	spec.Screen
	Outcome   verifier.Outcome
	Reason    spec.Reason // of the verdict; 0 where there is none
	Holder    string      // masked name, "" of an unverified code
	LastTwo   string      // characters of the document number
	AsOf      int64       // unix seconds: when the code was issued, 0 of an unverified one
	Remaining time.Duration
	Issuer    spec.Label // region that issued the code
	Appeal    string     // where the holder turns to
	// Conditions are those of the venue's demand, of a verified code.
	Conditions []Condition
	Notices    []Notice

	verdict func([]byte) []byte // appends the whole verdict's JSON, nil where there is none
}

// Of returns the screen of a verdict.
func Of(v verifier.Verdict) Screen {
	s := base(v.Outcome(), v.Reason())
	s.evidence(v.Evidence(), v.Outcome())
	if c, ok := v.Credential(); ok {
		s.credential(c)
		s.Remaining = v.Remaining()
		s.conditions(v.Names(), v.Clauses())
	}
	s.verdict = v.AppendJSON
	return s
}

// OfPerson returns the one screen for the codes that a person shows together. Where
// they are not joined it shows nobody's name: nobody knows yet whose they are.
func OfPerson(p verifier.Person) Screen {
	s := base(p.Outcome(), p.Reason())
	verdicts := p.Verdicts()
	for _, v := range verdicts {
		for _, n := range Of(v).Notices {
			s.Notices = appendNotice(s.Notices, n)
		}
	}
	if joined := p.Credentials(); len(joined) > 0 {
		s.credential(joined[0])
		s.Remaining = p.Remaining()
		s.conditions(p.Names(), p.Clauses())
	}
	if len(verdicts) > 0 {
		s.issuer(verdicts[0].Evidence())
	}
	if p.DocumentNeeded() {
		s.Notices = appendNotice(s.Notices, DocumentNeeded)
	}
	s.verdict = func(dst []byte) []byte {
		data, err := p.MarshalJSON()
		if err != nil {
			return append(dst, "null"...)
		}
		return append(dst, data...)
	}
	return s
}

// SetScanner returns the screen for a text that a keyboard scanner garbled: the
// scanner is to be set, the code is not doubted.
func SetScanner() Screen { return named("scanner") }

// NotEnrolled returns the screen for a document under which this device has no
// code. It is no refusal.
func NotEnrolled() Screen { return named("not_enrolled") }

// With returns the screen with a notice more.
func (s Screen) With(n Notice) Screen {
	s.Notices = appendNotice(slices.Clone(s.Notices), n)
	return s
}

// NextStep returns what the guard does next, in both languages.
func (s Screen) NextStep() spec.Label {
	if s.Next.ZH != "" {
		return s.Next
	}
	return spec.Label{ZH: s.Reason.NextStep("zh"), EN: s.Reason.NextStep("en")}
}

// HoursLeft returns how long the answer holds, in hours with one decimal.
func (s Screen) HoursLeft() float64 { return math.Round(s.Remaining.Hours()*10) / 10 }

func named(name string) Screen {
	row, _ := spec.ScreenByName(name)
	return Screen{Screen: row}
}

func base(outcome verifier.Outcome, reason spec.Reason) Screen {
	s := named(outcome.String())
	s.Outcome, s.Reason = outcome, reason
	return s
}

func (s *Screen) credential(c *format.Credential) {
	s.Holder, s.LastTwo, s.AsOf = c.Holder.Name, c.Holder.LastTwo, c.IssuedAt
}

func (s *Screen) issuer(e verifier.Evidence) {
	if e.IssuerName == "" { // not in the trust list: a claim that nobody answers for
		return
	}
	s.Issuer, s.Appeal = spec.Label{ZH: e.IssuerName, EN: e.IssuerName}, e.Appeal
	if region, ok := spec.RegionByNumber(e.Issuer); ok {
		s.Issuer = region.Label
	}
}

// evidence adds what a guard has to know of the device and of revocation.
func (s *Screen) evidence(e verifier.Evidence, outcome verifier.Outcome) {
	s.issuer(e)
	if e.ClockBehind > 0 {
		s.Notices = appendNotice(s.Notices, ClockBehind)
	}
	switch e.Freshness {
	case verifier.Stale:
		s.Notices = appendNotice(s.Notices, Stale)
	case verifier.TooOldForShortLived:
		s.Notices = appendNotice(s.Notices, TooOldForShortLived)
	case verifier.TooOld:
		s.Notices = appendNotice(s.Notices, TooOld)
	}
	switch r := e.Revocation; {
	case !r.Asked || outcome == verifier.Unverified:
	case !r.Covered:
		s.Notices = appendNotice(s.Notices, NotCheckedRevocation)
	case r.Overdue:
		s.Notices = appendNotice(s.Notices, RevocationOverdue)
	}
}

func (s *Screen) conditions(names policy.Names, clauses []policy.Clause) {
	for _, c := range clauses {
		s.Conditions = append(s.Conditions, Condition{
			Satisfied: c.Satisfied,
			Asked:     spec.Label{ZH: names.Asked(c, "zh"), EN: names.Asked(c, "en")},
			Found:     spec.Label{ZH: c.Finding("zh"), EN: c.Finding("en")},
		})
	}
}

func appendNotice(all []Notice, n Notice) []Notice {
	if slices.Contains(all, n) {
		return all
	}
	return append(all, n)
}
