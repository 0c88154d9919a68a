package verifier

import (
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier/policy"
)

// At asks the policy of v about a verified code at another venue, without its
// signature being verified again.
func (verdict Verdict) At(v *Verifier, class uint16, region string) (Outcome, spec.Reason) {
	j := verdict.judged
	return v.judge(policy.Venue{Class: class, Region: region}, j.facts, j.unlisted, j.now).answer(verdict.evidence.Freshness)
}
