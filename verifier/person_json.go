package verifier

import "github.com/tongxing/tongxing/internal/jsontext"

// AppendJSON appends the answer as [Person.MarshalJSON] writes it. Both do without
// reflection, which is heavy where the verifier is embedded.
func (p Person) AppendJSON(dst []byte) []byte {
	reason := jsonOf(p.reason)
	w := jsontext.Object(dst)
	w.Text("outcome", p.outcome.String())
	w.Value("reason", reason.appendJSON)
	w.Bool("joined", p.joined)
	w.BoolIf("document_needed", p.documentNeeded)
	if len(p.conflict) > 0 {
		w.Value("conflict", func(dst []byte) []byte { return jsontext.AppendList(dst, p.conflict, appendClaim) })
	}
	if policy := p.judged.json(); policy != nil {
		w.Value("policy", policy.appendJSON)
	}
	w.FloatIf("hours_left", hours(p.remaining))
	w.Value("verdicts", func(dst []byte) []byte {
		return jsontext.AppendList(dst, p.verdicts, func(dst []byte, v Verdict) []byte { return v.AppendJSON(dst) })
	})
	return w.End()
}

func appendClaim(dst []byte, c StatusClaim) []byte {
	issuer := issuerJSON{c.Issuer, c.IssuerName, c.Authority, c.Appeal}
	w := jsontext.Object(dst)
	w.Int("state", int64(c.State))
	w.Text("determined", rfc3339(c.Determined))
	w.Value("issuer", issuer.appendJSON)
	return w.End()
}
