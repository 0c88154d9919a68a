package verifier

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// clockTolerance is how far in the future, in seconds, iat may lie: clocks of
// issuers and venues differ.
const clockTolerance = 300

// clockTrust is for how long after the newest national document a clock alone
// can say that the programme has ended: a clock that is years ahead must not.
const clockTrust = 90 * 24 * time.Hour

// Options of a Verifier. The zero value is the default.
type Options struct {
	// Ladder holds where the policy gives no freshness ladder of its own; nil
	// is [trustlist.DefaultLadder].
	Ladder *trustlist.Ladder
	// StatusListRequired is for a venue that insists on knowing whether a code
	// was revoked: a code whose status list is not in the trust material is to be
	// checked, with the reason no_status_list. Without it the policy says what
	// follows at the class of the venue; where no class is stated such a code is
	// judged by the rest, and the evidence says that it was not checked.
	StatusListRequired bool
}

// Verifier checks codes against one state of the trust material. It is immutable
// and safe for concurrent use.
type Verifier struct {
	trust        *trustlist.Trust
	evaluator    *policy.Evaluator
	laboratories policy.Laboratories
	ladder       trustlist.Ladder
	listRequired bool
}

// New returns a Verifier over trust, with its policy and the overlays of its
// regions compiled. The error says which option contradicts itself.
func New(trust *trustlist.Trust, options Options) (*Verifier, error) {
	if trust == nil {
		return nil, errors.New("verifier: no trust material: load a bundle first")
	}
	ladder := trustlist.DefaultLadder
	if options.Ladder != nil {
		ladder = *options.Ladder
	}
	if ladder.Fresh > ladder.ShortLived || ladder.ShortLived > ladder.All {
		return nil, errors.New("verifier: freshness ladder: no step may begin before the one above it")
	}
	var overlays []*trustlist.Overlay
	for _, region := range trust.Regions() {
		if overlay := region.Overlay(); overlay != nil {
			overlays = append(overlays, overlay)
		}
	}
	evaluator, err := policy.New(trust.Policy(), overlays)
	if err != nil {
		return nil, fmt.Errorf("verifier: %w", err)
	}
	return &Verifier{trust, evaluator, policy.LaboratoriesOf(trust), ladder, options.StatusListRequired}, nil
}

// Verify returns the verdict on a code given as the text of its symbol, at the
// time at. It is a pure function of its arguments and the trust material. A nil
// Verifier, and the zero one, answer every text with the reason no_trust.
func (v *Verifier) Verify(code string, at time.Time, context Context) Verdict {
	if v.empty() {
		return Verdict{reason: spec.ReasonNoTrust}
	}
	c := v.begin(at)
	if err := c.programmeEnd(); err != nil {
		return c.refuse(spec.ReasonProgrammeEnded, err)
	}
	data, err := transport.Decode(code)
	if err != nil {
		return c.refuse(textReason(err), err)
	}
	return c.bytes(data, context)
}

// VerifyBytes is [Verifier.Verify] for the bytes of a code.
func (v *Verifier) VerifyBytes(data []byte, at time.Time, context Context) Verdict {
	if v.empty() {
		return Verdict{reason: spec.ReasonNoTrust}
	}
	c := v.begin(at)
	if err := c.programmeEnd(); err != nil {
		return c.refuse(spec.ReasonProgrammeEnded, err)
	}
	return c.bytes(data, context)
}

func (c *checking) bytes(data []byte, context Context) Verdict {
	unverified, err := format.Parse(data)
	if err != nil {
		return c.refuse(parseReason(err), err)
	}
	return c.verdict(unverified, context)
}

// empty reports whether there is nothing to check a code against.
func (v *Verifier) empty() bool { return v == nil || v.trust == nil }

func textReason(err error) spec.Reason {
	switch {
	case errors.Is(err, transport.ErrNotACode):
		return spec.ReasonNotACode
	case errors.Is(err, transport.ErrLaterVersion):
		return spec.ReasonLaterVersion
	}
	return spec.ReasonDamagedText
}

func parseReason(err error) spec.Reason {
	var parse *format.ParseError
	if errors.As(err, &parse) {
		switch parse.Class {
		case format.FaultEnvelope:
			return spec.ReasonEnvelope
		case format.FaultAlgorithm:
			return spec.ReasonAlgorithmUnknown
		case format.FaultClaims:
			return spec.ReasonClaims
		}
	}
	return spec.ReasonEncoding
}

// checking is one verification under way.
type checking struct {
	verifier *Verifier
	clock    int64
	now      int64 // effective time
	evidence Evidence
	asked    asked
	judged   *judged // nil until the state was looked at
}

func (v *Verifier) begin(at time.Time) *checking {
	c := &checking{verifier: v, clock: at.Unix()}
	c.now = max(c.clock, v.trust.Floor())
	age := ageOf(c.now - v.trust.AgesFrom())
	c.evidence = Evidence{
		EffectiveTime: c.now,
		ClockBehind:   ageOf(c.now - c.clock),
		ListVersion:   v.trust.ListVersion(),
		PolicyVersion: v.trust.PolicyVersion(),
		KnowledgeAge:  age,
		Freshness:     v.ladderAt(c.now).Freshness(int64(age / time.Second)),
	}
	return c
}

// ageOf returns seconds as a duration. A clock may say anything: what is longer
// than a duration holds (292 years) must not come round to fresh.
func ageOf(seconds int64) time.Duration {
	return time.Duration(min(seconds, math.MaxInt64/int64(time.Second))) * time.Second
}

// ladderAt returns the policy's ladder at a time, or the one of the options.
func (v *Verifier) ladderAt(now int64) trustlist.Ladder {
	if policy := v.trust.Policy(); policy != nil {
		if edition, ok := policy.EditionAt(now); ok && edition.Ladder != nil {
			return *edition.Ladder
		}
	}
	return v.ladder
}

func (c *checking) refuse(reason spec.Reason, err error) Verdict {
	return Verdict{reason: reason, err: err, evidence: c.evidence, asked: c.asked}
}

// verdict makes the checks from the issuer on, in the order of
// spec/verification.md.
func (c *checking) verdict(u *format.Unverified, context Context) Verdict {
	region, key, reason, err := c.findKey(u)
	if reason != 0 {
		return c.refuse(reason, err)
	}
	credential, err := u.Verify(key.Public)
	if err != nil {
		return c.refuse(spec.ReasonSignatureInvalid, err)
	}
	c.asked = asked{origin: credential.Origin != nil, holder: context.presents()}
	for _, check := range [...]func() (spec.Reason, error){
		func() (spec.Reason, error) { return checkKeyTimes(key, credential.IssuedAt) },
		func() (spec.Reason, error) { return checkUsage(key, region, credential) },
		func() (spec.Reason, error) { return checkLaboratories(key, credential) },
		func() (spec.Reason, error) { return c.checkOrigin(credential.Origin) },
		func() (spec.Reason, error) { return c.checkTrustAge() },
		func() (spec.Reason, error) { return c.checkTimes(credential) },
		func() (spec.Reason, error) { return c.checkRevocation(region, credential.Ref) },
		func() (spec.Reason, error) { return c.checkState(credential, context) },
		func() (spec.Reason, error) { return checkHolder(credential, context) },
	} {
		if reason, err := check(); reason != 0 {
			return c.refuse(reason, err)
		}
	}
	return c.accept(credential)
}

func (c *checking) accept(credential *format.Credential) Verdict {
	verdict := Verdict{
		evidence:   c.evidence,
		remaining:  c.judged.remaining(credential.Expires),
		credential: credential,
		asked:      c.asked,
		judged:     c.judged,
	}
	verdict.outcome, verdict.reason = c.judged.answer(c.evidence.Freshness)
	verdict.evidence.Ruling = c.judged.ruling()
	return verdict
}

// findKey finds the key that the code names within its issuer's own key set. A
// compromised key is told before the signature is looked at: whoever stole it
// can make signatures that verify.
func (c *checking) findKey(u *format.Unverified) (*trustlist.Region, *trustlist.Key, spec.Reason, error) {
	e := &c.evidence
	e.Issuer = u.Issuer()
	region, listed := c.verifier.trust.Region(e.Issuer)
	if !listed {
		return nil, nil, spec.ReasonIssuerUnknown, fmt.Errorf("region %s is not in trust list %s", e.Issuer, e.ListVersion)
	}
	e.IssuerName, e.Authority, e.Appeal = region.Name, region.Authority, region.Appeal
	if err := region.Available(); err != nil {
		return nil, nil, spec.ReasonIssuerUnavailable, err
	}
	e.KeySetVersion = region.KeySetVersion
	e.KeyID = u.KeyID()
	key, known := region.Key(e.KeyID)
	if !known {
		return nil, nil, spec.ReasonKeyUnknown, fmt.Errorf("key %x is not in key set %s of region %s", e.KeyID, e.KeySetVersion, e.Issuer)
	}
	e.Algorithm, e.KeyState = key.Public.Algorithm(), key.State
	switch {
	case u.Algorithm() != e.Algorithm:
		return nil, nil, spec.ReasonAlgorithmMismatch, fmt.Errorf("%w: code says %s, key is %s", cose.ErrAlgorithmMismatch, u.Algorithm(), e.Algorithm)
	case key.State == trustlist.Compromised:
		return nil, nil, spec.ReasonKeyCompromised, fmt.Errorf("key %x of region %s is compromised", e.KeyID, e.Issuer)
	}
	return region, key, 0, nil
}
