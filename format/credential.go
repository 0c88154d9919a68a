package format

import (
	"time"
)

// Credential is what a health code says. Times are seconds since 1970 (CWT
// NumericDate, RFC 8392 section 2), whole and unsigned below 2^32.
type Credential struct {
	Issuer       string // GB/T 2260 region, two ASCII digits, "00" for the national platform
	IssuedAt     int64  // iat
	Expires      int64  // exp: valid while t < Expires
	Holder       Holder
	Ref          Ref
	Status       *Status       // nil: the code says nothing of a status
	Tests        []Test        // at most MaxTests
	Vaccinations []Vaccination // at most MaxVaccinations
	Exemptions   []uint16      // at most MaxExemptions kinds, spec/codes/exemptions.csv
	Origin       *Origin       // nil unless the code was converted (转码)
}

// Holder ties a credential to a person without naming one.
type Holder struct {
	_       struct{} `cbor:",toarray"`
	Name    string   // masked, see [MaskName]
	Class   uint8    // document class, 1 for every document with the citizen number
	LastTwo string   // last two characters of the document number
	Tag     [2]byte  // see [HolderTag]
}

// Ref is the identity of a credential: a place in a status list of its issuer.
type Ref struct {
	_     struct{} `cbor:",toarray"`
	List  uint32   // months from 2020-01 to the month of exp (UTC+8) x 256 + shard
	Index uint32   // unpredictable within the list, never used again
}

// Status is a health status as determined by the issuer under a published rule.
type Status struct {
	_       struct{} `cbor:",toarray"`
	State   uint16   // spec/codes/states.csv: 0 green, 1 yellow, 2 red
	Rule    uint16   // number of the rule in the policy; 0 exactly for state 0
	Minutes uint16   // from the determination to iat, see [MinutesBefore]
}

// Test is one test result.
type Test struct {
	_          struct{} `cbor:",toarray"`
	Kind       uint16   // spec/codes/test_kinds.csv
	Result     uint16   // spec/codes/results.csv
	Minutes    uint16   // from the report to iat
	Laboratory uint32   // region x 65536 + n, n as in the region's key set
}

// Vaccination is one dose. Doses count over all products.
type Vaccination struct {
	_       struct{} `cbor:",toarray"`
	Product uint16   // spec/codes/products.csv
	Dose    uint8    // from 1
	Course  uint8    // doses in the primary course; a dose beyond it is a booster
	Day     uint16   // calendar day at UTC+8, 0 is 2020-01-01
}

// Origin names where a converted credential came from.
type Origin struct {
	_      struct{} `cbor:",toarray"`
	Region string   // two ASCII digits
	KeyID  [4]byte  // of the key that signed the source
}

// Limits of a credential.
const (
	MaxTests        = 4
	MaxVaccinations = 6
	MaxExemptions   = 4
	MaxExtensions   = 2
	MaxMinutes      = 43200 // 30 days
	MaxNameBytes    = 24
	MaxLaboratory   = 100<<16 - 1
	// MinTime is 2020-01-01T00:00:00Z, the least iat and exp; MaxTime is the
	// greatest.
	MinTime = 1577836800
	MaxTime = 1<<32 - 1
	// MaxSize is the most bytes that [Parse] looks at: what fits the largest QR
	// symbol.
	MaxSize = 2953
)

// ChinaTime is UTC+8, the zone of days and months in credentials. China has had
// no other since 1991, and a fixed zone needs no time zone database.
var ChinaTime = time.FixedZone("UTC+8", 8*60*60)

// MinutesBefore returns the whole minutes from t to issuedAt, both in Unix
// seconds, as status and tests carry them: floor((issuedAt - t) / 60). It
// returns a *[ClaimError] if t is later, or more than [MaxMinutes] earlier.
func MinutesBefore(issuedAt, t int64) (uint16, error) {
	if t > issuedAt {
		return 0, claimError("minutes", "the event is later than iat")
	}
	minutes := (issuedAt - t) / 60
	if minutes > MaxMinutes {
		return 0, claimError("minutes", "%d minutes before iat, at most %d", minutes, MaxMinutes)
	}
	return uint16(minutes), nil
}

// Determined returns when the status was determined, in Unix seconds; by
// definition iat - 60 x minutes.
func (c *Credential) Determined() int64 {
	if c.Status == nil {
		return 0
	}
	return c.IssuedAt - 60*int64(c.Status.Minutes)
}

// Reported returns when the result of t, a test of c, was reported, in Unix
// seconds.
func (c *Credential) Reported(t Test) int64 { return c.IssuedAt - 60*int64(t.Minutes) }

// Clone returns a copy that shares nothing with c.
func (c *Credential) Clone() *Credential {
	clone := *c
	if c.Status != nil {
		status := *c.Status
		clone.Status = &status
	}
	if c.Origin != nil {
		origin := *c.Origin
		clone.Origin = &origin
	}
	clone.Tests = append([]Test(nil), c.Tests...)
	clone.Vaccinations = append([]Vaccination(nil), c.Vaccinations...)
	clone.Exemptions = append([]uint16(nil), c.Exemptions...)
	return &clone
}

// ListMonth returns the month part of a list number for an exp in Unix seconds:
// months from 2020-01 to the month of exp at UTC+8.
func ListMonth(expires int64) uint32 {
	t := time.Unix(expires, 0).In(ChinaTime)
	return uint32((t.Year()-2020)*12 + int(t.Month()) - 1)
}

// Day returns the calendar day at UTC+8 of a time in Unix seconds, counted from
// 2020-01-01.
func Day(unix int64) int64 {
	const day0 = 1577808000 // 2020-01-01T00:00:00+08:00
	seconds := unix - day0
	if seconds < 0 {
		return -1 - (-1-seconds)/86400
	}
	return seconds / 86400
}

// DayStart returns when a day of [Day] begins, in Unix seconds.
func DayStart(day int64) int64 { return 1577808000 + day*86400 }
