package main

import (
	"encoding/json"
	"time"
)

// policyVector is a policy, what codes say, and what follows. Times are RFC 3339.
type policyVector struct {
	Name         string              `json:"name"`
	Comment      string              `json:"comment"`
	Requirement  []string            `json:"requirement"`
	Policy       *policyContent      `json:"policy,omitempty"`
	Overlays     []overlayContent    `json:"overlays,omitempty"`
	Laboratories []laboratoryContent `json:"laboratories,omitempty"`
	Codes        []codeContent       `json:"codes"`
	Class        uint16              `json:"class"`
	Region       string              `json:"region"`
	Time         string              `json:"time"`
	Decision     decisionContent     `json:"decision"`
}

type decisionContent struct {
	Outcome    string `json:"outcome"`
	Reason     string `json:"reason"`
	Until      string `json:"until,omitempty"`
	Source     string `json:"source"`
	Unfollowed string `json:"unfollowed,omitempty"`
	Rule       uint16 `json:"rule,omitempty"`
	NoList     bool   `json:"no_list,omitempty"`
}

type policyContent struct {
	Issued   string           `json:"issued,omitempty"`
	Editions []editionContent `json:"editions"`
	Rules    []ruleContent    `json:"rules,omitempty"`
	Names    []nameContent    `json:"names,omitempty"`
}

type overlayContent struct {
	Region   string           `json:"region,omitempty"`
	Issued   string           `json:"issued,omitempty"`
	Editions []editionContent `json:"editions"`
}

type editionContent struct {
	From    string         `json:"effective_from"`
	Until   string         `json:"emergency_until,omitempty"`
	Classes []classContent `json:"classes,omitempty"`
	Ladder  *ladderContent `json:"ladder,omitempty"`
}

type ladderContent struct {
	Fresh      uint32 `json:"fresh"`
	ShortLived uint32 `json:"short_lived"`
	All        uint32 `json:"all"`
}

type classContent struct {
	Class   uint16         `json:"class"`
	Floor   *demandContent `json:"floor,omitempty"`
	Ceiling *demandContent `json:"ceiling,omitempty"`
	Demand  *demandContent `json:"demand,omitempty"`
}

type demandContent struct {
	Pass        []uint16  `json:"pass,omitempty"`
	Check       []uint16  `json:"check,omitempty"`
	Restrict    []uint16  `json:"restrict,omitempty"`
	NoStatus    string    `json:"no_status,omitempty"`
	Requirement *evidence `json:"requirement,omitempty"`
	NoList      string    `json:"no_list,omitempty"`
}

// evidence is a requirement in JSON.
type evidence struct {
	Op        string      `json:"op"`
	Arguments []uint32    `json:"arguments,omitempty"`
	Of        []*evidence `json:"of,omitempty"`
}

type ruleContent struct {
	Number  uint16   `json:"number"`
	Name    string   `json:"name"`
	Text    string   `json:"text"`
	States  []uint16 `json:"states"`
	Longest uint32   `json:"longest_seconds"`
	From    string   `json:"from"`
	Until   string   `json:"until,omitempty"`
}

type nameContent struct {
	Table   uint16 `json:"table"`
	Number  uint16 `json:"number"`
	Chinese string `json:"zh"`
	English string `json:"en"`
}

type laboratoryContent struct {
	Number    uint32 `json:"number"`
	Admitted  string `json:"admitted"`
	Withdrawn string `json:"withdrawn,omitempty"`
}

type codeContent struct {
	Status       *statusContent       `json:"status,omitempty"`
	Tests        []testContent        `json:"tests,omitempty"`
	Vaccinations []vaccinationContent `json:"vaccinations,omitempty"`
	Exemptions   []uint16             `json:"exemptions,omitempty"`
	NoList       bool                 `json:"no_list,omitempty"`
}

type statusContent struct {
	State      uint16 `json:"state"`
	Rule       uint16 `json:"rule"`
	Determined string `json:"determined"`
	Issuer     string `json:"issuer"`
}

type testContent struct {
	Kind       uint16 `json:"kind"`
	Result     uint16 `json:"result"`
	Laboratory uint32 `json:"laboratory"`
	Reported   string `json:"reported"`
}

type vaccinationContent struct {
	Product uint16 `json:"product"`
	Dose    uint8  `json:"dose"`
	Course  uint8  `json:"course"`
	Day     uint16 `json:"day"`
}

// policyNow is the moment at which most codes are shown.
var policyNow = time.Date(2022, 8, 4, 12, 0, 0, 0, time.FixedZone("", 8*3600))

// when returns a moment so many seconds after policyNow.
func when(seconds int) string {
	return policyNow.Add(time.Duration(seconds) * time.Second).Format(time.RFC3339)
}

const (
	oneHour = 3600
	oneDay  = 24 * oneHour
)

// todayNumber is the day of policyNow.
var todayNumber = uint16(policyNow.Sub(time.Date(2020, 1, 1, 0, 0, 0, 0, policyNow.Location())).Hours() / 24)

// midnight is the seconds from policyNow to the beginning of a later day.
func midnight(days int) int { return days*oneDay - 12*oneHour }

func joinedBy(op string, of ...*evidence) *evidence   { return &evidence{op, nil, of} }
func allOf(of ...*evidence) *evidence                 { return joinedBy("all_of", of...) }
func anyOf(of ...*evidence) *evidence                 { return joinedBy("any_of", of...) }
func single(op string, arguments ...uint32) *evidence { return &evidence{op, arguments, nil} }
func testWithin(kind, seconds uint32) *evidence       { return single("test", kind, seconds) }

// asking is a demand with the usual states.
func asking(r *evidence) *demandContent {
	return &demandContent{Pass: []uint16{0}, Check: []uint16{1}, Restrict: []uint16{2}, Requirement: r}
}

func between(class uint16, floor, ceiling *demandContent) classContent {
	return classContent{Class: class, Floor: floor, Ceiling: ceiling}
}

// The classes of usualPolicy, by what they ask for.
const (
	testOrBooster   = 3
	withoutStatus   = 8
	testAndTwoWeeks = 9
	nothingMore     = 12
	unnamedClass    = 15
)

func usualPolicy() *policyContent {
	strictest := allOf(testWithin(1, oneDay), single("since_dose", 14), single("doses", 3))
	closed := &demandContent{Pass: []uint16{0}, Restrict: []uint16{1, 2}, Requirement: strictest}
	open := &demandContent{Pass: []uint16{0}, Restrict: []uint16{2}, NoStatus: "pass", NoList: "pass"}
	return &policyContent{
		Issued: when(-15 * oneDay),
		Editions: []editionContent{{From: when(-10 * oneDay), Classes: []classContent{
			between(testOrBooster, asking(anyOf(testWithin(1, 2*oneDay), single("doses", 3))), closed),
			between(withoutStatus, open, closed),
			between(testAndTwoWeeks, asking(allOf(testWithin(1, oneDay), single("since_dose", 14))), closed),
			between(nothingMore, asking(nil), closed),
		}}},
		Rules: []ruleContent{
			{101, "密接", "密切接触者。", []uint16{1}, 7 * oneDay, when(-40 * oneDay), ""},
			{102, "区域", "到过公布的区域。", []uint16{1}, 30 * oneDay, when(-5 * oneDay), when(5 * oneDay)},
			{201, "确诊", "确诊病例。", []uint16{2}, 14 * oneDay, when(-40 * oneDay), ""},
		},
		Names: []nameContent{{1, 5, "蓝码", "Blue"}, {4, 99, "新疫苗", "New vaccine"}},
	}
}

// shown is a case: a person with a green code of region 33 at a venue in region
// 34, unless the case says otherwise.
func shown(name, comment string, class uint16, d decisionContent, change func(*policyVector), requirement ...string) *policyVector {
	v := &policyVector{
		Name: name, Comment: comment, Requirement: requirement, Policy: usualPolicy(),
		Laboratories: []laboratoryContent{{33<<16 + 1, when(-300 * oneDay), ""}, {44<<16 + 2, when(-300 * oneDay), when(-oneDay)}},
		Codes:        []codeContent{{Status: &statusContent{0, 0, when(-oneHour), "33"}}},
		Class:        class, Region: "34", Time: when(0), Decision: d,
	}
	if change != nil {
		change(v)
	}
	return v
}

// tested adds a negative nucleic acid test to the first code.
func (v *policyVector) tested(ago int) {
	v.Codes[0].Tests = append(v.Codes[0].Tests, testContent{1, 0, 33<<16 + 1, when(-ago)})
}

// dosed adds a dose of so many days ago.
func (v *policyVector) dosed(dose uint8, days int) {
	v.Codes[0].Vaccinations = append(v.Codes[0].Vaccinations, vaccinationContent{1, dose, 2, uint16(int(todayNumber) - days)})
}

func (v *policyVector) state(state, rule uint16, ago int) {
	v.Codes[0].Status = &statusContent{state, rule, when(-ago), "33"}
}

func policyFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, part := range [][]*policyVector{testCases(), doseCases(), stateCases(), listCases(), editionCases(), overlayCases(), noticeCases(), combinedCases()} {
		for _, v := range part {
			content, err := json.MarshalIndent(v, "", "  ")
			if err != nil {
				return nil, err
			}
			files["policy/"+v.Name+".json"] = append(content, '\n')
		}
	}
	return files, nil
}
