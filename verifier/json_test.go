package verifier

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"testing/quick"
)

// What is written member by member is what encoding/json makes of the structs.
func TestJSONIsThatOfReflection(t *testing.T) {
	tenths := rand.New(rand.NewPCG(6, 2))
	same := func(outcome Outcome, reason reasonJSON, problem, time string, issuer *issuerJSON, key *keyJSON, trust *trustJSON,
		revocation *revocationJSON, policy *policyJSON) bool {
		v := verdictJSON{outcome, reason, problem, time, 0, issuer, key, trust, revocation, policy, 0, nil} // a credential has a test of its own
		for _, hours := range []*float64{&v.Behind, &v.HoursLeft} {
			*hours = math.Round(tenths.Float64()*1e6) / 10 * float64(tenths.IntN(2))
		}
		if v.Trust != nil {
			v.Trust.AgeHours = math.Round(tenths.Float64()*1e6) / 10
		}
		want, err := json.Marshal(&v)
		return err == nil && string(v.appendJSON(nil)) == string(want)
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 2000}); err != nil || !same(0, reasonJSON{}, "", "", nil, nil, nil, nil, nil) {
		t.Error(err)
	}
}
