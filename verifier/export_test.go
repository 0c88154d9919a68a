package verifier

import (
	"encoding/json"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier/policy"
)

// At asks the policy of v about a verified code at another venue, without its
// signature being verified again.
func (verdict Verdict) At(v *Verifier, class uint16, region string) (Outcome, spec.Reason) {
	j := verdict.judged
	return v.judge(policy.Venue{Class: class, Region: region}, j.facts, j.unlisted, j.now).answer(verdict.evidence.Freshness)
}

type personJSON struct {
	Outcome        Outcome     `json:"outcome"`
	Reason         reasonJSON  `json:"reason"`
	Joined         bool        `json:"joined"`
	DocumentNeeded bool        `json:"document_needed,omitempty"`
	Conflict       []claimJSON `json:"conflict,omitempty"`
	Policy         *policyJSON `json:"policy,omitempty"`
	HoursLeft      float64     `json:"hours_left,omitempty"`
	Verdicts       []Verdict   `json:"verdicts"`
}

type claimJSON struct {
	State      uint16     `json:"state"`
	Determined string     `json:"determined"`
	Issuer     issuerJSON `json:"issuer"`
}

// Reflected is the answer as encoding/json writes it of its structs.
func (p Person) Reflected() ([]byte, error) {
	out := personJSON{Outcome: p.outcome, Reason: jsonOf(p.reason), Joined: p.joined, DocumentNeeded: p.documentNeeded, Verdicts: p.verdicts,
		Policy: p.judged.json(), HoursLeft: hours(p.remaining)}
	for _, c := range p.conflict {
		out.Conflict = append(out.Conflict, claimJSON{c.State, rfc3339(c.Determined), issuerJSON{c.Issuer, c.IssuerName, c.Authority, c.Appeal}})
	}
	if out.Verdicts == nil {
		out.Verdicts = []Verdict{}
	}
	return json.Marshal(out)
}
