package verifier

import (
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// Outcome is what a verdict comes down to.
type Outcome uint8

// The outcomes. The zero value is Unverified: whatever is not proven is not
// believed, and what is not believed does not restrict.
const (
	Unverified Outcome = iota // damaged, unknown, expired, revoked...: the code says nothing
	Pass                      // verified, and the holder passes
	Restricted                // verified, and a published rule restricts the holder here
	Check                     // verified, and a person has to look
)

// String returns "unverified", "pass", "restricted" or "check".
func (o Outcome) String() string {
	switch o {
	case Pass:
		return "pass"
	case Restricted:
		return "restricted"
	case Check:
		return "check"
	}
	return "unverified"
}

// MarshalText implements [encoding.TextMarshaler] with String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Verdict is the answer for one code. The zero value is an unverified code that
// nobody has checked. A Verdict is immutable and may be passed by value.
type Verdict struct {
	outcome    Outcome
	reason     spec.Reason
	err        error
	evidence   Evidence
	remaining  time.Duration
	credential *format.Credential // nil unless the outcome is one of a verified code
	asked      asked
	judged     *judged // nil unless the outcome is one of a verified code
}

// asked says which of the checks that not every code needs were made.
type asked struct{ origin, holder bool }

// Evidence says what a code was checked against, so that a verdict can be
// explained and recomputed. Fields that the checks did not reach are zero.
type Evidence struct {
	// EffectiveTime is the time that was decisive, in Unix seconds: the later
	// of the clock and the newest national document.
	EffectiveTime int64
	// ClockBehind is by how much the clock is behind the newest national document:
	// it is wrong, and the document's time counted. 0 if it is not.
	ClockBehind   time.Duration
	Issuer        string // region that the code claims, two digits
	IssuerName    string // as in the trust list
	Authority     string // who answers for the region's codes
	Appeal        string // where a holder turns to
	Algorithm     sig.Algorithm
	KeyID         [sig.KeyIDSize]byte
	KeyState      trustlist.KeyState
	ListVersion   trustlist.Version
	KeySetVersion trustlist.Version
	PolicyVersion trustlist.Version
	// KnowledgeAge is how old the newest national document is at the effective
	// time; Freshness is what the ladder makes of it.
	KnowledgeAge time.Duration
	Freshness    Freshness
	Revocation   Revocation // what the region's status lists say, and how old they are
	Ruling       Ruling     // of a verified code: by what of the policy
}

// Outcome returns what the verdict comes down to.
func (v Verdict) Outcome() Outcome { return v.outcome }

// Reason returns why, as a number of spec/reasons.csv.
func (v Verdict) Reason() spec.Reason { return v.reason }

// Verified reports whether signature, trust, usage and times held. Only then is
// there a credential to read.
func (v Verdict) Verified() bool { return v.outcome != Unverified && v.credential != nil }

// Credential returns a copy of the verified credential, or nil and false for an
// unverified one.
func (v Verdict) Credential() (*format.Credential, bool) {
	if !v.Verified() {
		return nil, false
	}
	return v.credential.Clone(), true
}

// Remaining returns how long after the effective time the answer holds: until the
// code expires, or until the same facts would get another answer. It is 0 for an
// unverified code.
func (v Verdict) Remaining() time.Duration { return v.remaining }

// Evidence returns what the code was checked against.
func (v Verdict) Evidence() Evidence { return v.evidence }

// Clauses returns every condition of the requirement that was asked for at the
// venue, with what the code has for it. There are none for an unverified code.
func (v Verdict) Clauses() []policy.Clause { return v.judged.clauses() }

// Names gives the numbers of a verified code their names, with those that the policy
// adds; of an unverified code there is nothing to name.
func (v Verdict) Names() policy.Names { return v.judged.names() }

// Err returns what exactly was wrong, for logs and developers, or nil. It names
// places and numbers in the code and nothing of the person.
func (v Verdict) Err() error { return v.err }

// verdictJSON is the form of a verdict for programs. Names are stable.
type verdictJSON struct {
	Outcome    Outcome            `json:"outcome"`
	Reason     reasonJSON         `json:"reason"`
	Problem    string             `json:"problem,omitempty"`
	Time       string             `json:"effective_time,omitempty"`
	Behind     float64            `json:"clock_behind_hours,omitempty"`
	Issuer     *issuerJSON        `json:"issuer,omitempty"`
	Key        *keyJSON           `json:"key,omitempty"`
	Trust      *trustJSON         `json:"trust,omitempty"`
	Revocation *revocationJSON    `json:"revocation,omitempty"`
	Policy     *policyJSON        `json:"policy,omitempty"`
	HoursLeft  float64            `json:"hours_left,omitempty"`
	Credential *format.Credential `json:"credential,omitempty"`
}

type reasonJSON struct {
	Number uint16 `json:"number"`
	Name   string `json:"name"`
	ZH     string `json:"zh"`
	EN     string `json:"en"`
	NextZH string `json:"next_zh"`
	NextEN string `json:"next_en"`
}

func jsonOf(r spec.Reason) reasonJSON {
	return reasonJSON{
		Number: uint16(r), Name: r.Name(), ZH: r.Text("zh"), EN: r.Text("en"), NextZH: r.NextStep("zh"), NextEN: r.NextStep("en"),
	}
}

type issuerJSON struct {
	Region    string `json:"region"`
	Name      string `json:"name,omitempty"`
	Authority string `json:"authority,omitempty"`
	Appeal    string `json:"appeal,omitempty"`
}

type keyJSON struct {
	ID        string `json:"id"`
	Algorithm string `json:"algorithm"`
	State     string `json:"state"`
}

type trustJSON struct {
	List     string  `json:"list_version"`
	KeySet   string  `json:"key_set_version,omitempty"`
	Policy   string  `json:"policy_version,omitempty"`
	AgeHours float64 `json:"age_hours"`
	State    string  `json:"freshness"`
}

type revocationJSON struct {
	Checked bool   `json:"checked"` // false: there is no such list on this device
	List    uint32 `json:"list"`
	Month   string `json:"month"` // of the list: "2022-08"
	AsOf    string `json:"as_of,omitempty"`
	Due     string `json:"due,omitempty"`
	Overdue bool   `json:"overdue,omitempty"`
	Behind  bool   `json:"behind,omitempty"`
}

// MarshalJSON writes the verdict with its reason in both languages. A
// credential's content is there only when it is verified.
func (v Verdict) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

func (v Verdict) view() *verdictJSON {
	out := &verdictJSON{
		Outcome: v.outcome,
		Reason:  jsonOf(v.reason),
	}
	if v.err != nil {
		out.Problem = v.err.Error()
	}
	v.evidence.fill(out)
	if v.Verified() {
		out.HoursLeft, out.Credential = hours(v.remaining), v.credential
		out.Policy = v.judged.json()
	}
	return out
}

func (e *Evidence) fill(out *verdictJSON) {
	if e.EffectiveTime == 0 {
		return
	}
	out.Time, out.Behind = rfc3339(e.EffectiveTime), hours(e.ClockBehind)
	out.Trust = &trustJSON{
		List: e.ListVersion.String(), AgeHours: hours(e.KnowledgeAge), State: e.Freshness.String(),
	}
	if e.PolicyVersion != (trustlist.Version{}) {
		out.Trust.Policy = e.PolicyVersion.String()
	}
	if e.Issuer != "" {
		out.Issuer = &issuerJSON{e.Issuer, e.IssuerName, e.Authority, e.Appeal}
	}
	if e.KeySetVersion != (trustlist.Version{}) {
		out.Trust.KeySet = e.KeySetVersion.String()
	}
	if e.Algorithm != 0 {
		out.Key = &keyJSON{hexString(e.KeyID[:]), e.Algorithm.String(), e.KeyState.String()}
	}
	if r := e.Revocation; r.Asked {
		out.Revocation = &revocationJSON{Checked: r.Covered, List: r.List, Month: r.Month(), Overdue: r.Overdue, Behind: r.Behind}
		if r.Covered {
			out.Revocation.AsOf, out.Revocation.Due = rfc3339(r.AsOf), rfc3339(r.Due)
		}
	}
}
