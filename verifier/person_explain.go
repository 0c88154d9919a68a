package verifier

import (
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/spec"
)

// Explain returns the steps of the answer for several codes, as [Verdict.Explain]
// does for one. Where the codes are joined each check before the state held for
// every one of them, and state and requirement are what they say together, with
// every issuer of a conflict. Where they are not, the steps are those of the code
// that decided, and the step of the holder says that a document is asked for.
func (p Person) Explain(lang string) []Step {
	if !p.joined {
		steps := p.decisive.Explain(lang)
		for i := range steps {
			if s := &steps[i]; s.Check == spec.CheckHolder && p.documentNeeded {
				s.Text += ": " + spec.Phrase("document_needed", lang)
				if s.Result != Failed {
					s.Result = Undecided
				}
			}
		}
		return steps
	}
	steps := p.together().Explain(lang)
	joined := fmt.Sprint(len(p.Credentials()))
	for i := range steps {
		s := &steps[i]
		switch {
		case joined == "1":
		case s.Check < spec.CheckRevocation && s.Check != spec.CheckTrustAge && s.Result == Held:
			s.Text = s.Check.Text(lang) + ": " + spec.Phrase("each_of", lang, joined)
		case s.Check == spec.CheckState && len(p.conflict) > 0:
			s.Text += ": " + spec.Phrase("conflict", lang, p.conflictText(lang))
		case s.Check == spec.CheckHolder:
			s.Text += ": " + spec.Phrase("codes_joined", lang, joined)
		}
	}
	return steps
}

// together is the answer for joined codes as the verdict on one that says it all.
func (p Person) together() Verdict {
	v := Verdict{outcome: p.outcome, reason: p.reason, evidence: p.decisive.evidence, credential: p.decisive.credential, judged: p.judged}
	v.evidence.Ruling = p.judged.ruling()
	v.asked.holder = true
	for _, one := range p.verdicts {
		v.asked.origin = v.asked.origin || one.Verified() && one.asked.origin
		// What is the least known of the revocation of any is all that is known of theirs.
		if r := one.evidence.Revocation; one.Verified() && lessKnown(r, v.evidence.Revocation) {
			v.evidence.Revocation, v.evidence.Issuer = r, one.evidence.Issuer
		}
	}
	return v
}

func lessKnown(a, b Revocation) bool {
	if a.Covered != b.Covered {
		return !a.Covered
	}
	return a.Covered && a.AsOf < b.AsOf
}

func (p Person) conflictText(lang string) string {
	var all []string
	for _, c := range p.conflict {
		all = append(all, spec.Phrase("conflict_claim", lang, p.Names().State(c.State, lang), c.Issuer, c.IssuerName,
			rfc3339(c.Determined), c.Authority, c.Appeal))
	}
	return strings.Join(all, "; ")
}
