package verifier

import (
	"github.com/tongxing/tongxing/internal/jsontext"
)

// The members of a verdict's JSON are written one by one, in the order and under the
// conditions of the structs' tags: a queue of ten thousand verdicts takes a quarter
// longer with encoding/json. A test holds the two to each other.

// AppendJSON appends the verdict as [Verdict.MarshalJSON] writes it.
func (v Verdict) AppendJSON(dst []byte) []byte { return v.view().appendJSON(dst) }

func (v *verdictJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("outcome", v.Outcome.String())
	w.Value("reason", v.Reason.appendJSON)
	w.TextIf("problem", v.Problem)
	w.TextIf("effective_time", v.Time)
	w.FloatIf("clock_behind_hours", v.Behind)
	if v.Issuer != nil {
		w.Value("issuer", v.Issuer.appendJSON)
	}
	if v.Key != nil {
		w.Value("key", v.Key.appendJSON)
	}
	if v.Trust != nil {
		w.Value("trust", v.Trust.appendJSON)
	}
	if v.Revocation != nil {
		w.Value("revocation", v.Revocation.appendJSON)
	}
	if v.Policy != nil {
		w.Value("policy", v.Policy.appendJSON)
	}
	w.FloatIf("hours_left", v.HoursLeft)
	if v.Credential != nil {
		w.Value("credential", v.Credential.AppendJSON)
	}
	return w.End()
}

func (r *reasonJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Int("number", int64(r.Number))
	w.Text("name", r.Name)
	w.Text("zh", r.ZH)
	w.Text("en", r.EN)
	w.Text("next_zh", r.NextZH)
	w.Text("next_en", r.NextEN)
	return w.End()
}

func (i *issuerJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("region", i.Region)
	w.TextIf("name", i.Name)
	w.TextIf("authority", i.Authority)
	w.TextIf("appeal", i.Appeal)
	return w.End()
}

func (k *keyJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("id", k.ID)
	w.Text("algorithm", k.Algorithm)
	w.Text("state", k.State)
	return w.End()
}

func (t *trustJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("list_version", t.List)
	w.TextIf("key_set_version", t.KeySet)
	w.TextIf("policy_version", t.Policy)
	w.Float("age_hours", t.AgeHours)
	w.Text("freshness", t.State)
	return w.End()
}

func (r *revocationJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Bool("checked", r.Checked)
	w.Int("list", int64(r.List))
	w.Text("month", r.Month)
	w.TextIf("as_of", r.AsOf)
	w.TextIf("due", r.Due)
	w.BoolIf("overdue", r.Overdue)
	w.BoolIf("behind", r.Behind)
	return w.End()
}

func (p *policyJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.IntIf("class", int64(p.Class))
	w.TextIf("region", p.Region)
	w.Text("source", p.Source)
	w.TextIf("edition", p.Edition)
	w.TextIf("overlay_version", p.Overlay)
	w.TextIf("overlay_edition", p.OverlayEdition)
	w.TextIf("overlay_not_followed", p.Unfollowed)
	if p.Rule != nil {
		w.Value("rule", p.Rule.appendJSON)
	}
	w.BoolIf("no_status_list", p.NoList)
	w.TextIf("until", p.Until)
	if len(p.Clauses) > 0 {
		w.Value("clauses", func(dst []byte) []byte { return jsontext.AppendList(dst, p.Clauses, appendClause) })
	}
	return w.End()
}

func (r *ruleJSON) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Int("number", int64(r.Number))
	w.Text("name", r.Name)
	return w.End()
}

func appendClause(dst []byte, c clauseJSON) []byte {
	w := jsontext.Object(dst)
	w.Text("path", c.Path)
	w.Text("asks", c.Asks)
	w.IntIf("kind", int64(c.Kind))
	w.IntIf("limit", c.Limit)
	w.Bool("satisfied", c.Satisfied)
	if c.Found != nil {
		w.Int("found", *c.Found)
	}
	return w.End()
}
