package spec

import (
	"errors"
	"fmt"
	"math/bits"
	"os"
	"strings"
	"testing"
)

func TestEmbeddedCodeTablesAreSound(t *testing.T) {
	if err := CheckCodes(); err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string]int{
		"provinces": len(Provinces()), "document types": len(DocumentTypes()), "products": len(Products()),
		"test kinds": len(TestKinds()), "results": len(Results()), "states": len(States()),
		"exemptions": len(Exemptions()), "venue classes": len(VenueClasses()), "rejects": len(Rejects()),
		"revocation reasons": len(RevocationReasons()),
	} {
		if n == 0 {
			t.Errorf("no %s", what)
		}
	}
}

// [POLICY-1]
func TestVenueClassesAreThoseOfTheTextInTheirOrder(t *testing.T) {
	text, err := os.ReadFile("policy.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range VenueClasses() {
		if int(v.Number) != i+1 {
			t.Errorf("class %d stands in place %d: numbers have no gaps so far", v.Number, i+1)
		}
		if row := fmt.Sprintf("| %d | %s | %s |", v.Number, v.Label.ZH, v.Label.EN); !strings.Contains(string(text), row) {
			t.Errorf("policy.md has no %q", row)
		}
		if found, ok := VenueClassByNumber(v.Number); !ok || found != v || VenueClassName(v.Number, "zh") != v.Label.ZH {
			t.Errorf("class %d is found as %v, %v", v.Number, found, ok)
		}
	}
	if n := len(VenueClasses()); n != 16 {
		t.Errorf("%d classes", n)
	}
}

func TestProvincesAreThoseOfGB2260(t *testing.T) {
	if n := len(Provinces()); n != 34 {
		t.Fatalf("%d provinces", n)
	}
	for _, p := range Provinces() {
		if !strings.HasPrefix(p.ISO, "CN-") || p.Label.ZH == "" || p.Label.EN == "" {
			t.Errorf("%+v", p)
		}
	}
	if p, ok := ProvinceByNumber("41"); !ok || p.ISO != "CN-HA" || p.Label.In("zh") != "河南省" {
		t.Errorf("41 is %+v", p)
	}
	if _, ok := ProvinceByNumber("00"); ok {
		t.Error("00 is a province")
	}
}

func TestRegionsAreTheProvincesAndTheNationalPlatform(t *testing.T) {
	regions, provinces := Regions(), Provinces()
	if len(regions) != len(provinces)+1 {
		t.Fatalf("%d regions, %d provinces", len(regions), len(provinces))
	}
	for i, p := range provinces {
		if regions[i] != (Region{p.Number, p.Label}) {
			t.Errorf("region %+v, province %+v", regions[i], p)
		}
	}
	r, ok := RegionByNumber(NationalPlatform)
	if !ok || r.Label != (Label{"国家平台", "National platform"}) {
		t.Errorf("00 is %+v", r)
	}
	if _, ok := RegionByNumber("99"); ok {
		t.Error("99 is a region")
	}
}

func TestProductNeedsNameAndMaker(t *testing.T) {
	const inactivated = "新型冠状病毒灭活疫苗(Vero细胞)"
	for _, c := range []struct {
		vaccine, maker string
		number         uint16
	}{
		{inactivated, "北京科兴中维生物技术有限公司", 1},
		{inactivated, "北京生物制品研究所有限责任公司", 2},
		{inactivated, "武汉生物制品研究所有限责任公司", 3},
		{inactivated, "深圳康泰生物制品股份有限公司", 4},
		{"重组新型冠状病毒疫苗(5型腺病毒载体)", "康希诺生物股份公司", 5},
		{"重组新型冠状病毒疫苗(CHO细胞)", "安徽智飞龙科马生物制药有限公司", 6},
		{"新型冠状病毒灭活疫苗（ｖｅｒｏ 细胞）", "北京科兴中维生物技术有限公司", 1},
		{"coronavac", "SINOVAC", 1},
		{inactivated, "康希诺生物股份公司", 0},
		{inactivated, "", 0},
		{"", "康希诺生物股份公司", 0},
		{inactivated, "不存在的企业", 0},
	} {
		if p, ok := ProductByNameAndMaker(c.vaccine, c.maker); p.Number != c.number || ok != (c.number != 0) {
			t.Errorf("%s of %s is %d, want %d", c.vaccine, c.maker, p.Number, c.number)
		}
	}
}

func TestCoursesAreThoseOfTheVaccines(t *testing.T) {
	for number, course := range map[uint16]uint8{1: 2, 2: 2, 3: 2, 4: 2, 5: 1, 6: 3} {
		if p, ok := ProductByNumber(number); !ok || p.Course != course {
			t.Errorf("product %d has a course of %d, want %d", number, p.Course, course)
		}
	}
}

func TestDocumentTypeIsFoundByNumberAndName(t *testing.T) {
	for name, want := range map[string]string{
		"01": "01", "1": "01", "０１": "01", "居民身份证": "01", "身份证": "01", "ID card": "01",
		"户口簿": "02", "passport": "03", "99": "99", "港澳台居民居住证": "91", "77": "", "": "", "0": "",
	} {
		if d, ok := DocumentTypeByName(name); d.Number != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, d.Number, want)
		}
	}
}

func TestGreenHasTwoNames(t *testing.T) {
	for name, want := range map[string]uint16{"绿码": 0, "无异常": 0, "Green": 0, "黄码": 1, "红码": 2} {
		if s, ok := StateByName(name); !ok || s.Number != want {
			t.Errorf("%q is %d %v", name, s.Number, ok)
		}
	}
	if _, ok := StateByName("蓝码"); ok {
		t.Error("蓝码 is a state")
	}
}

func TestStateConstantsAreThoseOfTheTable(t *testing.T) {
	constants := map[uint16]string{StateGreen: "绿码", StateYellow: "黄码", StateRed: "红码"}
	for _, s := range States() {
		if constants[s.Number] != s.Label.ZH {
			t.Errorf("state %d is %s, its constant is for %q", s.Number, s.Label.ZH, constants[s.Number])
		}
	}
	if len(States()) != len(constants) {
		t.Errorf("%d states, %d constants", len(States()), len(constants))
	}
}

func TestRuleNumberAndNameAreInverse(t *testing.T) {
	for _, s := range States() {
		for n := range uint16(rulesPerState) {
			name := s.RuleName(s.Number*rulesPerState + n)
			if number, ok := RuleNumber(name); !ok || number != s.Number*rulesPerState+n {
				t.Fatalf("%s is %d", name, number)
			}
		}
	}
	for _, name := range []string{"", "Y", "Y100", "Y-1", "Y+1", "01", "B01", "y01", "YY"} {
		if n, ok := RuleNumber(name); ok {
			t.Errorf("%q is rule %d", name, n)
		}
	}
}

func TestUnknownNumbersHaveANameInBothLanguages(t *testing.T) {
	for _, c := range [][2]string{
		{ProductName(999, "zh"), "未知疫苗代码 999"}, {ProductName(999, "en"), "unknown vaccine code 999"},
		{StateName(9, "zh"), "未知状态代码 9"}, {StateName(9, "en"), "unknown state code 9"},
		{ResultName(9, "zh"), "未知检测结果代码 9"}, {ResultName(9, "en"), "unknown result code 9"},
		{TestKindName(9, "zh"), "未知检测方法代码 9"}, {TestKindName(9, "en"), "unknown test kind code 9"},
		{VenueClassName(99, "zh"), "未知场所代码 99"}, {VenueClassName(99, "en"), "unknown venue class code 99"},
		{ExemptionName(9, "zh"), "未知豁免代码 9"}, {ExemptionName(9, "en"), "unknown exemption code 9"},
		{Reject(250).Text("zh"), "未知原因代码 250"}, {Reject(250).Text("en"), "unknown reason code 250"},
		{RevocationReasonName(999, "zh"), "未知吊销原因代码 999"}, {RevocationReasonName(999, "en"), "unknown revocation reason code 999"},
		{StateName(1, "en-GB"), "Yellow"}, {StateName(1, "zh-CN"), "黄码"}, {Reject(250).Name(), "reject_250"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

func TestRejectReasonsFitABitSetInOrder(t *testing.T) {
	if len(Rejects()) > bits.UintSize {
		t.Errorf("%d reasons", len(Rejects()))
	}
	place := map[Reject]int{}
	for i, r := range Rejects() {
		place[r] = i
		if strings.HasPrefix(r.Name(), "reject_") || strings.HasPrefix(r.Text("zh"), "未知原因代码") {
			t.Errorf("reason %d has no name", r)
		}
	}
	for _, order := range [][2]Reject{
		{RejectBirthDateDiffers, RejectBirthDateInFuture},
		{RejectSampledAfterReport, RejectReportInFuture},
		{RejectUntilBeforeDetermined, RejectVaccinationInFuture},
		{RejectPersonUnknown, RejectResultUnknown},
	} {
		if place[order[0]] >= place[order[1]] {
			t.Errorf("%v is judged after %v", order[0], order[1])
		}
	}
}

// TestEveryRejectConstantHasARow parses the source, so that a constant without
// a row fails here and not in front of an operator.
func TestEveryRejectConstantHasARow(t *testing.T) {
	source, err := os.ReadFile("codes_feed.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(source)) {
		var name string
		var number Reject
		if n, _ := fmt.Sscanf(line, "\tReject%s Reject = %d", &name, &number); n == 2 {
			seen++
			if strings.HasPrefix(number.Name(), "reject_") {
				t.Errorf("Reject%s has no row", name)
			}
		}
	}
	if seen != len(Rejects()) {
		t.Errorf("%d constants, %d rows", seen, len(Rejects()))
	}
}

func TestFaultyTableIsRefused(t *testing.T) {
	for name, edit := range map[string]func(string) string{
		"empty":        func(string) string { return "" },
		"header only":  func(s string) string { return s[:strings.IndexByte(s, '\n')+1] },
		"other header": func(s string) string { return "x" + s },
		"twice":        func(s string) string { return s + s[strings.IndexByte(s, '\n')+1:] },
		"missing cell": func(s string) string { return s + "1\n" },
		"not a number": func(s string) string { return strings.Replace(s, "\n", "\nx", 1) },
	} {
		for _, file := range []string{"products.csv", "regions.csv", "states.csv", "results.csv", "test_kinds.csv", "reject_reasons.csv", "revocation_reasons.csv"} {
			_, err := parseCodes(func(path string) ([]byte, error) {
				data, err := codeFiles.ReadFile(path)
				if strings.HasSuffix(path, "/"+file) {
					data = []byte(edit(string(data)))
				}
				return data, err
			})
			if !errors.Is(err, errCodes) || !strings.Contains(err.Error(), file) {
				t.Errorf("%s with %s: %v", file, name, err)
			}
		}
	}
}

func ExampleProductByNameAndMaker() {
	p, _ := ProductByNameAndMaker("新型冠状病毒灭活疫苗（Vero细胞）", "北京科兴中维生物技术有限公司")
	fmt.Println(p.Number, p.Label.In("en"), p.Course, p.EU, p.ICD11)
	// Output: 1 CoronaVac (Sinovac) 2 CoronaVac XM7HT3
}
