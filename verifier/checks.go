package verifier

import (
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

var errNoRule = errors.New("the state rests on no rule that a policy publishes")

// checkKeyTimes holds iat against the life of the key.
func checkKeyTimes(key *trustlist.Key, issuedAt int64) (spec.Reason, error) {
	switch {
	case key.State == trustlist.Retired && issuedAt >= key.Since:
		return spec.ReasonKeyRetired, fmt.Errorf("issued %s, key retired %s", rfc3339(issuedAt), rfc3339(key.Since))
	case key.State != trustlist.Active && key.State != trustlist.Retired:
		return spec.ReasonKeyCompromised, fmt.Errorf("key is %s", key.State)
	case issuedAt < key.SignFrom || issuedAt >= key.SignUntil:
		return spec.ReasonKeyNotInPeriod, fmt.Errorf("issued %s, key signs from %s until %s",
			rfc3339(issuedAt), rfc3339(key.SignFrom), rfc3339(key.SignUntil))
	}
	return 0, nil
}

// checkUsage refuses a credential whole when one claim is not covered by the key
// and by the trust list: a claim cut out of a signed whole is nobody's word. The
// error does not tell an adverse status from another: what does not count is not
// told.
func checkUsage(key *trustlist.Key, region *trustlist.Region, c *format.Credential) (spec.Reason, error) {
	needed := trustlist.UsageNeeded(c)
	if missing := needed &^ key.Usage; missing != 0 {
		return spec.ReasonUsageKey, fmt.Errorf("the key may not sign %s", claimsOf(missing))
	}
	if missing := needed &^ region.UsageAt(c.IssuedAt); missing != 0 {
		return spec.ReasonUsageList, fmt.Errorf("the trust list does not grant region %s %s for what is issued %s", region.Code, claimsOf(missing), rfc3339(c.IssuedAt))
	}
	return 0, nil
}

// claimsOf names what a usage is for, a status of any state alike.
func claimsOf(u trustlist.Usage) trustlist.Usage {
	if u&trustlist.UsageAdverse != 0 {
		u = u&^trustlist.UsageAdverse | trustlist.UsageStatus
	}
	return u
}

func checkLaboratories(key *trustlist.Key, c *format.Credential) (spec.Reason, error) {
	for _, t := range c.Tests {
		if !key.AdmitsLaboratory(t.Laboratory) {
			return spec.ReasonLaboratoryNotAdmitted, fmt.Errorf("the key may not sign tests of laboratory %02d-%d", t.Laboratory>>16, t.Laboratory&0xffff)
		}
	}
	return 0, nil
}

// checkOrigin holds a converted code to its source: a key that is compromised
// where the claims came from is compromised here.
func (c *checking) checkOrigin(origin *format.Origin) (spec.Reason, error) {
	if origin == nil {
		return 0, nil
	}
	region, listed := c.verifier.trust.Region(origin.Region)
	if !listed {
		return spec.ReasonOriginUnknown, fmt.Errorf("source region %s is not in the trust list", origin.Region)
	}
	key, known := region.Key(origin.KeyID)
	if !known {
		return spec.ReasonOriginUnknown, fmt.Errorf("source key %x is not known in region %s", origin.KeyID, origin.Region)
	}
	if key.State == trustlist.Compromised {
		return spec.ReasonOriginCompromised, fmt.Errorf("source key %x of region %s is compromised", origin.KeyID, origin.Region)
	}
	return 0, nil
}

// programmeEnd ends the checking of codes when the programme has ended, before
// anything of a code is looked at, so that no venue goes on asking for codes out of
// habit, and nobody is sent for a better one.
func (c *checking) programmeEnd() error {
	floor := c.verifier.trust.Floor()
	end, set := c.verifier.trust.ProgrammeEnd()
	clockCounts := c.clock-floor <= int64(clockTrust.Seconds())
	if set && (floor >= end || c.clock >= end && clockCounts) {
		return fmt.Errorf("the programme ended %s", rfc3339(end))
	}
	return nil
}

// checkTrustAge refuses to judge by trust material that is too old to mean
// anything.
func (c *checking) checkTrustAge() (spec.Reason, error) {
	if c.evidence.Freshness == TooOld {
		return spec.ReasonTrustStale, fmt.Errorf("the trust material is %d days old", int(c.evidence.KnowledgeAge.Hours()/24))
	}
	return 0, nil
}

func (c *checking) checkTimes(credential *format.Credential) (spec.Reason, error) {
	switch {
	case c.now < credential.IssuedAt-clockTolerance:
		return spec.ReasonFromTheFuture, fmt.Errorf("issued %s, it is %s", rfc3339(credential.IssuedAt), rfc3339(c.now))
	case c.now >= credential.Expires:
		return spec.ReasonExpired, fmt.Errorf("expired %s, it is %s", rfc3339(credential.Expires), rfc3339(c.now))
	}
	return 0, nil
}

// checkState asks the policy, and refuses an adverse state that rests on no rule
// that is published: it does not restrict.
//
// The error names neither state nor rule: what does not count is not told.
func (c *checking) checkState(credential *format.Credential, context Context) (spec.Reason, error) {
	v := c.verifier
	c.judged = v.judge(context.venue(), policy.FactsOf(credential, v.laboratories), !c.evidence.Revocation.Covered, c.now)
	if c.judged.decision.Outcome == policy.Unverified {
		return spec.ReasonAdverseWithoutRule, errNoRule
	}
	return 0, nil
}
