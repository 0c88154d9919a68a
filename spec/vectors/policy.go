package vectors

import (
	"embed"
	"encoding/json"
	"errors"
	"time"
)

//go:embed policy/*.json
var policyFiles embed.FS

// Policy is a recognition policy, what codes of one person say, a venue and a
// time, and the decision (policy.md).
type Policy struct {
	Name         string             `json:"name"`        // of the file, without .json
	Comment      string             `json:"comment"`     // what is special about it
	Requirement  []string           `json:"requirement"` // the MUSTs it tests, such as POLICY-13
	Policy       json.RawMessage    `json:"policy"`      // in the form of `tongxing trust show --json`; absent: none
	Overlays     []json.RawMessage  `json:"overlays"`    // the same, with region and issued
	Laboratories []PolicyLaboratory `json:"laboratories"`
	Codes        []PolicyCode       `json:"codes"` // verified, all matched to one document
	Class        uint16             `json:"class"`
	Region       string             `json:"region"` // of the venue
	Time         time.Time          `json:"time"`
	Decision     PolicyDecision     `json:"decision"`
}

// PolicyLaboratory is a laboratory of the region that its number names.
type PolicyLaboratory struct {
	Number    uint32    `json:"number"`
	Admitted  time.Time `json:"admitted"`
	Withdrawn time.Time `json:"withdrawn"` // zero: not withdrawn
}

// PolicyCode is what one code says.
type PolicyCode struct {
	Status *struct {
		State      uint16    `json:"state"`
		Rule       uint16    `json:"rule"`
		Determined time.Time `json:"determined"`
		Issuer     string    `json:"issuer"`
	} `json:"status"`
	Tests []struct {
		Kind       uint16    `json:"kind"`
		Result     uint16    `json:"result"`
		Laboratory uint32    `json:"laboratory"`
		Reported   time.Time `json:"reported"`
	} `json:"tests"`
	Vaccinations []struct {
		Product uint16 `json:"product"`
		Dose    uint8  `json:"dose"`
		Course  uint8  `json:"course"`
		Day     uint16 `json:"day"`
	} `json:"vaccinations"`
	Exemptions []uint16 `json:"exemptions"`
	NoList     bool     `json:"no_list"` // its status list is missing
}

// PolicyDecision is what follows.
type PolicyDecision struct {
	Outcome    string    `json:"outcome"`    // pass, restricted, check or unverified
	Reason     string    `json:"reason"`     // a name of reasons.csv
	Until      time.Time `json:"until"`      // zero: nothing will change the answer
	Source     string    `json:"source"`     // none, floor or overlay
	Unfollowed string    `json:"unfollowed"` // why the overlay is not followed; empty when it is, or there is none
	Rule       uint16    `json:"rule"`       // under which the state counts
	NoList     bool      `json:"no_list"`    // a list is missing, and that passes
}

// LoadPolicies returns all vectors of the policy in the order of their names. It
// fails rather than return none.
func LoadPolicies() ([]Policy, error) {
	return loadAll(policyFiles, "policy/*.json", func(p *Policy) string { return p.Name }, func(p *Policy) error {
		if len(p.Codes) == 0 || p.Decision.Outcome == "" {
			return errors.New("no codes, or no decision")
		}
		return nil
	})
}
