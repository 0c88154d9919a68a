package main

import (
	"time"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// devPolicy is the policy of a trial: the rules for states that the demo has, in force
// for the month that a status may be old, and nothing that a venue asks for.
func devPolicy(at time.Time) *trustlist.Policy {
	const day = 86400
	const nucleicAcid = 1
	from := at.Unix() - 30*day
	naat, _ := spec.TestKindByNumber(nucleicAcid)
	p := &trustlist.Policy{Editions: []trustlist.Edition{{EffectiveFrom: from}}}
	for _, r := range []struct {
		number, state uint16
		days          uint32
		name, text    string
	}{
		{101, spec.StateYellow, 7, "密切接触者 Close contact", "自最后一次接触起七天。For seven days from the last contact."},
		{102, spec.StateYellow, 7, "中风险区 Medium-risk area", "七天内到过公布的中风险区。Has been in a published medium-risk area within seven days."},
		{103, spec.StateYellow, 7, naat.Label.ZH + "混检异常 Pooled test to be repeated", "等待单人复核，最长七天。Until each person is tested again, for seven days at the longest."},
		{201, spec.StateRed, 14, "确诊病例 Confirmed case", "至解除隔离，最长十四天。Until isolation ends, for fourteen days at the longest."},
		{202, spec.StateRed, 10, "高风险区 High-risk area", "七天内到过公布的高风险区。Has been in a published high-risk area within seven days."},
	} {
		p.Rules = append(p.Rules, trustlist.Rule{Number: r.number, Name: r.name, Text: r.text,
			States: []uint16{r.state}, Longest: r.days * day, From: from})
	}
	return p
}
