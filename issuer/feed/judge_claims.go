package feed

import (
	"strconv"

	"github.com/tongxing/tongxing/spec"
)

// maxDose bounds the number of a dose: nobody had more in one course and its
// boosters, and a larger number is a slip.
const maxDose = 9

// firstDay is 2020-01-01, before which nobody was vaccinated and from which a
// credential counts days; in days since 1970-01-01.
const firstDay = 18_262

// test judges a row of the tests file.
func (j *judge) test() {
	kind, kindOK := spec.TestKindByName(j.value("kind"))
	result, resultOK := spec.ResultByName(j.value("result"))
	sampledText, reportedText := j.value("sampled"), j.value("reported")
	sampled, sampledOK := parseTime(sampledText)
	reported, reportedOK := parseTime(reportedText)
	laboratory, laboratoryOK := parseLaboratory(j.value("laboratory"))

	j.markInt(int64(kind.Number), kindOK, j.value("kind"))
	j.markInt(int64(result.Number), resultOK, j.value("result"))
	j.markInt(sampled, sampledOK, sampledText)
	j.markInt(reported, reportedOK, reportedText)
	j.markInt(laboratory, laboratoryOK, j.value("laboratory"))

	j.faults.addIf(!resultOK, spec.RejectResultUnknown)
	j.faults.addIf(reportedText == "", spec.RejectReportTimeEmpty)
	j.faults.addIf(sampledOK && reportedOK && sampled > reported, spec.RejectSampledAfterReport)
	j.faults.addIf(!kindOK, spec.RejectTestKindUnknown)
	j.faults.addIf(!sampledOK, spec.RejectSampleTimeInvalid)
	j.faults.addIf(!reportedOK, spec.RejectReportTimeInvalid)
	j.faults.addIf(!laboratoryOK, spec.RejectLaboratoryInvalid)
	j.faults.addIf(reportedOK && reported > j.at, spec.RejectReportInFuture)

	for _, v := range []int64{int64(kind.Number), int64(result.Number), sampled, reported, laboratory} {
		j.content.putInt(v)
	}
}

// parseLaboratory reads a laboratory code: the six digits of the province in
// GB/T 2260 ("330000"; "000000" for the national platform) and three of the laboratory's number there. The result
// is region x 65536 + number.
func parseLaboratory(code string) (laboratory int64, ok bool) {
	const digits, regionDigits, numberDigits = 9, 2, 3
	if len(code) != digits || code[regionDigits:digits-numberDigits] != "0000" {
		return 0, false
	}
	if _, ok := spec.RegionByNumber(code[:regionDigits]); !ok {
		return 0, false
	}
	region, err := strconv.ParseUint(code[:regionDigits], 10, 8)
	if err != nil {
		return 0, false
	}
	number, err := strconv.ParseUint(code[digits-numberDigits:], 10, 16)
	return int64(region<<16 | number), err == nil
}

// vaccination judges a row of the vaccinations file.
func (j *judge) vaccination() {
	vaccine, maker, doseText, dayText := j.value("vaccine"), j.value("maker"), j.value("dose"), j.value("date")
	product, productOK := spec.ProductByNameAndMaker(vaccine, maker)
	dose, err := strconv.ParseUint(doseText, 10, 8)
	doseOK := err == nil && 1 <= dose && dose <= maxDose
	day, dayOK := parseDay(dayText)
	dayOK = dayOK && day >= firstDay

	j.markInt(int64(product.Number), productOK, vaccine+"\x00"+maker)
	j.markInt(int64(dose), doseOK, doseText)
	j.markInt(day, dayOK, dayText)

	j.faults.addIf(!productOK, spec.RejectVaccineUnknown)
	j.faults.addIf(!doseOK, spec.RejectDoseInvalid)
	j.faults.addIf(!dayOK, spec.RejectVaccinationDateInvalid)
	j.faults.addIf(dayOK && day > dayAt(j.at), spec.RejectVaccinationInFuture)

	for _, v := range []int64{int64(product.Number), int64(dose), day} {
		j.content.putInt(v)
	}
}

// status judges a row of the status file.
func (j *judge) status() {
	state, stateOK := spec.StateByName(j.value("state"))
	ruleText, evidence := foldNumber(j.value("rule")), j.value("evidence")
	fromText, untilText := j.value("determined"), j.value("until")
	from, fromOK := parseTime(fromText)
	until, untilOK := parseTime(untilText)

	j.markInt(int64(state.Number), stateOK, j.value("state"))
	j.mark(ruleText)
	j.markInt(from, fromOK, fromText)
	j.markInt(until, untilOK, untilText)
	j.mark(evidence)

	j.faults.addIf(!stateOK, spec.RejectStateUnknown)
	j.faults.addIf(stateOK && state.Number != spec.StateGreen && evidence == "", spec.RejectAdverseWithoutEvidence)
	j.faults.addIf(fromOK && untilOK && until < from, spec.RejectUntilBeforeDetermined)
	j.faults.addIf(!fromOK, spec.RejectDeterminedInvalid)
	j.faults.addIf(!untilOK, spec.RejectUntilInvalid)
	rule := uint16(0)
	if stateOK {
		var reason spec.Reject
		rule, reason = parseRule(state.Number, ruleText)
		j.faults.addIf(reason != 0, reason)
	}
	for _, v := range []int64{int64(state.Number), int64(rule), from, until} {
		j.content.putInt(v)
	}
	j.content.putText(evidence)
}

// parseRule reads the rule of a state: the letter of the state and one or two
// digits, or a bare number. Green has rule 0 whatever rule put it there, but a
// rule of another state beside it is a contradiction.
func parseRule(state uint16, text string) (rule uint16, reason spec.Reject) {
	number, named := spec.RuleNumber(text)
	if named {
		if owner, ok := spec.RuleState(number); !ok || owner.Number != state {
			return 0, spec.RejectRuleOfAnotherState
		}
	} else if bare, err := strconv.ParseUint(text, 10, 16); err == nil {
		number, named = uint16(bare), bare > 0
	}
	if state == spec.StateGreen {
		return 0, 0
	}
	if !named {
		return 0, spec.RejectRuleInvalid
	}
	return number, 0
}
