package policy

import (
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// Facts is what the verified codes of one person say, as far as a policy can ask
// for it. It holds no name, no number of a document and no issuer but that of
// the status, for the wording of a conflict.
type Facts struct {
	Status       *Status // nil: no code says a status
	Tests        []Test
	Vaccinations []Vaccination
	Exemptions   []uint16 // kinds
	// Conflict says that two codes give different states, determined in the same
	// second: neither is the later one. See [Evaluator.Combine].
	Conflict bool
	// NoList says that the status list which would tell whether one of the
	// codes is revoked is not there.
	NoList bool
}

// Status is a health status as determined.
type Status struct {
	State      uint16
	Rule       uint16 // 0 exactly for state 0
	Determined int64  // unix seconds
	Issuer     string // region, two digits
}

// Test is a negative test of a laboratory that was admitted when it reported.
type Test struct {
	Kind       uint16
	Laboratory uint32 // region x 65536 + n
	Reported   int64  // unix seconds
}

// Vaccination is one dose; doses count over all products.
type Vaccination struct {
	Product uint16
	Dose    uint8
	Course  uint8
	Day     int32 // since 2020-01-01 at UTC+8
}

// Laboratories finds the laboratory with a number (region x 65536 + n).
type Laboratories interface {
	Laboratory(number uint32) (trustlist.Laboratory, bool)
}

// LaboratoriesOf looks laboratories up in the key set of the region that their
// number names.
func LaboratoriesOf(trust *trustlist.Trust) Laboratories { return laboratories{trust} }

type laboratories struct{ trust *trustlist.Trust }

// Laboratory implements [Laboratories]. The region's code is two ASCII digits.
func (l laboratories) Laboratory(number uint32) (trustlist.Laboratory, bool) {
	if number > trustlist.MaxLaboratory {
		return trustlist.Laboratory{}, false
	}
	region := number >> 16
	found, ok := l.trust.Region(string([]byte{'0' + byte(region/10), '0' + byte(region%10)}))
	if !ok {
		return trustlist.Laboratory{}, false
	}
	return found.Laboratory(uint16(number))
}

// FactsOf returns the facts of one verified credential: its status, its negative
// tests by laboratories that were admitted at the time of the report, its
// vaccinations and exemptions (spec/policy.md, section 4). A positive or
// inconclusive test is no fact. Numbers that nobody has named are left in: it is
// [Evaluator.Evaluate] that knows the names.
func FactsOf(c *format.Credential, laboratories Laboratories) Facts {
	f := Facts{Exemptions: slices.Clone(c.Exemptions)}
	if c.Status != nil {
		f.Status = &Status{c.Status.State, c.Status.Rule, minutesBefore(c, c.Status.Minutes), c.Issuer}
	}
	for _, t := range c.Tests {
		reported := minutesBefore(c, t.Minutes)
		if CountsAsFact(t.Result, t.Laboratory, reported, laboratories) {
			f.Tests = append(f.Tests, Test{t.Kind, t.Laboratory, reported})
		}
	}
	for _, v := range c.Vaccinations {
		f.Vaccinations = append(f.Vaccinations, Vaccination{v.Product, v.Dose, v.Course, int32(v.Day)})
	}
	return f
}

func minutesBefore(c *format.Credential, minutes uint16) int64 { return c.IssuedAt - 60*int64(minutes) }

// CountsAsFact reports whether a test is a fact: it is negative, and of a
// laboratory (region x 65536 + n) that was admitted and not withdrawn when it
// reported (unix seconds).
func CountsAsFact(result uint16, laboratory uint32, reported int64, laboratories Laboratories) bool {
	if result != spec.ResultNegative {
		return false
	}
	l, ok := laboratories.Laboratory(laboratory)
	return ok && l.Admitted <= reported && (l.Withdrawn == 0 || reported < l.Withdrawn)
}

// dayZero is 2020-01-01 00:00 at UTC+8, from which days are counted.
const (
	dayZero    = 1577836800 - 8*3600
	daySeconds = int64(24 * time.Hour / time.Second)
)

// dayOf returns the day of t at UTC+8.
func dayOf(t int64) int64 {
	day := (t - dayZero) / daySeconds
	if (t-dayZero)%daySeconds < 0 {
		day--
	}
	return day
}

// beginning returns the first second of a day.
func beginning(day int64) int64 { return dayZero + day*daySeconds }
