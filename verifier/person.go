package verifier

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier/policy"
)

// Person is the answer for the codes that one person shows together. The zero
// value is that of nobody: unverified. A Person is immutable.
type Person struct {
	outcome        Outcome
	reason         spec.Reason
	joined         bool
	documentNeeded bool
	verdicts       []Verdict
	conflict       []StatusClaim
	remaining      time.Duration
	judged         *judged // nil unless the answer is that of verified codes
	decisive       Verdict // the one whose answer it is; of joined codes the first, for the age of the trust
}

// StatusClaim is what one issuer says of a person's state, and where the holder
// turns to about it.
type StatusClaim struct {
	State      uint16
	Determined int64  // unix seconds
	Issuer     string // region, two digits
	IssuerName string
	Authority  string
	Appeal     string
}

// VerifyTogether returns the answer for several codes that one person shows, such
// as a health code and the paper of a laboratory (spec/verification.md, section
// 10). Neither their order nor a code that is there twice makes a difference.
//
// What they say is joined only when the context has a document and it matches
// every code that is verified: two codes with one masked name can be two people's.
// Otherwise each is judged alone, and the answer asks for the document.
func (v *Verifier) VerifyTogether(codes []string, at time.Time, context Context) Person {
	shown := make([]showing, 0, len(codes))
	for _, code := range codes {
		shown = append(shown, v.show(code, at, context))
	}
	shown = distinct(shown)
	p := Person{verdicts: make([]Verdict, len(shown))}
	for i := range shown {
		p.verdicts[i] = shown[i].verdict
	}
	p.decide(v, context)
	return p
}

// showing is one of several codes.
type showing struct {
	identity []byte // equal for codes that say the same, whatever their form and signature
	data     []byte
	verdict  Verdict
}

func (v *Verifier) show(code string, at time.Time, context Context) showing {
	data, err := transport.Decode(code)
	if err != nil {
		text := []byte(strings.TrimSpace(code))
		return showing{text, text, v.Verify(code, at, context)}
	}
	s := showing{data, data, v.VerifyBytes(data, at, context)}
	if message, err := cose.ParseSign1(data); err == nil {
		s.identity = message.UnverifiedPayload()
	}
	return s
}

// distinct returns each code once, in an order that does not depend on the given
// one: verified codes first, the latest first. Of two forms of one code, of which
// a signature may be wrong, the better one counts.
func distinct(shown []showing) []showing {
	slices.SortFunc(shown, func(a, b showing) int {
		return cmp.Or(bytes.Compare(a.identity, b.identity), rank(b.verdict)-rank(a.verdict), bytes.Compare(a.data, b.data))
	})
	shown = slices.CompactFunc(shown, func(a, b showing) bool { return bytes.Equal(a.identity, b.identity) })
	slices.SortStableFunc(shown, func(a, b showing) int {
		return cmp.Or(rank(b.verdict)-rank(a.verdict), cmp.Compare(issuedAt(b.verdict), issuedAt(a.verdict)))
	})
	return shown
}

// rank is how far a verdict has come: checks in their order, within one the reasons
// by their numbers, and verified above all.
func rank(v Verdict) int {
	if v.Verified() {
		return 1 << 20
	}
	check, _ := v.reason.Check()
	return int(check)<<16 | int(v.reason)
}

func issuedAt(v Verdict) int64 {
	if v.credential == nil {
		return 0
	}
	return v.credential.IssuedAt
}

// decide makes the answer of the verdicts, which are distinct and in order.
func (p *Person) decide(v *Verifier, context Context) {
	var verified []Verdict
	mismatch := false
	for _, verdict := range p.verdicts {
		mismatch = mismatch || verdict.reason == spec.ReasonHolderMismatch
		if verdict.Verified() {
			verified = append(verified, verdict)
		}
	}
	switch {
	case len(p.verdicts) == 0:
	case mismatch:
		p.decisive = p.verdicts[slices.IndexFunc(p.verdicts, func(v Verdict) bool { return v.reason == spec.ReasonHolderMismatch })]
		p.reason, p.documentNeeded = spec.ReasonHolderMismatch, len(p.verdicts) > 1
	case len(verified) == 0:
		p.decisive, p.reason = p.verdicts[0], p.verdicts[0].reason
	case context.Document != (format.Document{}):
		p.join(v, context, verified)
	default:
		p.answer(worst(verified))
		p.documentNeeded = len(verified) > 1
	}
}

func (p *Person) answer(v Verdict) {
	p.decisive = v
	p.outcome, p.reason, p.remaining, p.judged = v.outcome, v.reason, v.remaining, v.judged
}

// join asks the policy about what the verified codes say together. The status that
// was determined last decides.
func (p *Person) join(v *Verifier, context Context, verified []Verdict) {
	p.joined, p.decisive = true, verified[0]
	now, expires := verified[0].judged.now, verified[0].credential.Expires
	facts := make([]policy.Facts, len(verified))
	unlisted := false
	for i := range verified {
		facts[i] = verified[i].judged.facts
		unlisted = unlisted || verified[i].judged.unlisted
		expires = min(expires, verified[i].credential.Expires)
	}
	p.judged = v.judge(context.venue(), v.evaluator.Combine(now, facts...), unlisted, now)
	p.outcome, p.reason = p.judged.answer(verified[0].evidence.Freshness)
	p.remaining = p.judged.remaining(expires)
	p.compare(verified)
}

// compare reports states that differ: of two issuers, of which the later decides,
// or of one second, of which neither does. They are in the order of
// [policy.Evaluator.Combine]: a state that nobody knows gives way, then the one
// determined last.
func (p *Person) compare(verified []Verdict) {
	stating := slices.DeleteFunc(slices.Clone(verified), func(v Verdict) bool { return v.credential.Status == nil })
	if len(stating) < 2 {
		return
	}
	slices.SortStableFunc(stating, func(a, b Verdict) int {
		x, y := a.credential, b.credential
		return cmp.Or(unknownState(a)-unknownState(b), cmp.Compare(y.Determined(), x.Determined()),
			cmp.Compare(x.Issuer, y.Issuer), cmp.Compare(x.Status.State, y.Status.State))
	})
	first := stating[0].credential
	for _, v := range stating[1:] {
		c := v.credential
		if c.Status.State == first.Status.State || c.Issuer == first.Issuer && c.Determined() != first.Determined() {
			continue
		}
		if len(p.conflict) == 0 {
			p.conflict = append(p.conflict, claimOf(stating[0]))
		}
		p.conflict = append(p.conflict, claimOf(v))
	}
}

func unknownState(v Verdict) int {
	if v.reason == spec.ReasonStateUnknown {
		return 1
	}
	return 0
}

func claimOf(v Verdict) StatusClaim {
	c, e := v.credential, v.evidence
	return StatusClaim{c.Status.State, c.Determined(), e.Issuer, e.IssuerName, e.Authority, e.Appeal}
}

// worst returns the verified verdict that is furthest from a pass.
func worst(verified []Verdict) Verdict {
	distance := map[Outcome]int{Pass: 0, Check: 1, Restricted: 2}
	return slices.MaxFunc(verified, func(a, b Verdict) int {
		return cmp.Or(distance[a.outcome]-distance[b.outcome], cmp.Compare(a.reason, b.reason))
	})
}

// Outcome returns what the answer comes down to.
func (p Person) Outcome() Outcome { return p.outcome }

// Reason returns why, as a number of spec/reasons.csv.
func (p Person) Reason() spec.Reason { return p.reason }

// Remaining returns how long the answer holds: until one of the codes expires that
// it rests on, or until the same facts would get another answer. It is 0 when no
// code is verified.
func (p Person) Remaining() time.Duration { return p.remaining }

// Ruling returns by what of the policy the answer was given.
func (p Person) Ruling() Ruling {
	if p.judged == nil {
		return Ruling{}
	}
	return p.judged.ruling()
}

// Clauses returns every condition of the requirement that was asked for at the
// venue, with what the codes have for it together.
func (p Person) Clauses() []policy.Clause { return p.judged.clauses() }

// Names gives the numbers of the codes their names, with those that the policy adds.
func (p Person) Names() policy.Names { return p.judged.names() }

// Joined reports whether one document matched all codes that are verified, so that
// they are one person's and what they say counts together.
func (p Person) Joined() bool { return p.joined }

// DocumentNeeded reports whether the answer asks for a document: several codes are
// verified, or one is not the holder's, and nobody can say whether they belong
// together.
func (p Person) DocumentNeeded() bool { return p.documentNeeded }

// Verdicts returns the verdict on each code, each once, those that are verified
// first.
func (p Person) Verdicts() []Verdict { return slices.Clone(p.verdicts) }

// Credentials returns copies of the verified credentials that are joined, the
// latest first: the facts that a policy is asked about. There are none unless
// Joined.
func (p Person) Credentials() []*format.Credential {
	if !p.joined {
		return nil
	}
	var all []*format.Credential
	for _, v := range p.verdicts {
		if c, ok := v.Credential(); ok {
			all = append(all, c)
		}
	}
	return all
}

// Conflict returns the states that differ between issuers, or of one second, that
// which decides first; nil when there are none, or the codes are not joined.
func (p Person) Conflict() []StatusClaim { return slices.Clone(p.conflict) }

// MarshalJSON writes the answer with the verdict on each code.
func (p Person) MarshalJSON() ([]byte, error) { return p.AppendJSON(nil), nil }
