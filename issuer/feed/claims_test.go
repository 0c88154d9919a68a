package feed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/record"
)

// testAt is a row of the tests file, reported some hours before the end.
func testAt(hoursBefore int, kind, result string) string {
	reported := feedsEnd.Add(-time.Duration(hoursBefore) * time.Hour)
	return fmt.Sprintf("01,%s,%s,%s,%s,%s,检验所,460000003", chenNumber, kind, result,
		reported.Add(-time.Hour).Format(time.DateTime), reported.Format(time.DateTime))
}

// testsKept returns the tests of the one record as hours before the end, kind and result.
func testsKept(t *testing.T, rows ...string) []string {
	t.Helper()
	r := importFS(t, files{people: []string{chenPerson}, tests: rows, vaccinations: []string{chenDose}}.fs())
	var kept []string
	for _, test := range r.only(t).Tests {
		kept = append(kept, fmt.Sprint(int(feedsEnd.Sub(test.Reported).Hours()), " ", test.Kind, test.Result))
	}
	return kept
}

func TestTestsThatStillMatter(t *testing.T) {
	const nat, ag = "核酸", "抗原"
	const neg, pos, unknown = "阴性", "阳性", "无法判定"
	for name, c := range map[string]struct {
		rows []string
		want []string
	}{
		"the newest two":           {[]string{testAt(9, nat, neg), testAt(1, nat, neg), testAt(5, ag, neg)}, []string{"1 1 0", "5 2 0"}},
		"inconclusive is passed":   {[]string{testAt(1, nat, unknown), testAt(5, ag, neg)}, []string{"5 2 0"}},
		"30 days count":            {[]string{testAt(720, nat, neg)}, []string{"720 1 0"}},
		"more do not":              {[]string{testAt(721, nat, neg), testAt(721, nat, pos)}, nil},
		"positive is kept":         {[]string{testAt(9, nat, pos), testAt(5, ag, neg), testAt(1, ag, neg)}, []string{"1 2 0", "9 1 1"}},
		"a later negative answers": {[]string{testAt(9, nat, pos), testAt(8, nat, neg), testAt(5, ag, neg), testAt(1, ag, neg)}, []string{"1 2 0", "5 2 0"}},
		"inconclusive answers not": {[]string{testAt(9, nat, pos), testAt(8, nat, unknown), testAt(5, ag, neg), testAt(1, ag, neg)}, []string{"1 2 0", "9 1 1"}},
		"newest positive of two":   {[]string{testAt(9, nat, pos), testAt(7, "抗体", pos), testAt(5, ag, neg), testAt(1, ag, neg)}, []string{"1 2 0", "7 3 1"}},
		"positive first at once":   {[]string{testAt(1, nat, neg), testAt(1, nat, pos)}, []string{"1 1 1", "1 1 0"}},
	} {
		for range 2 { // whatever the order of the rows
			if got := testsKept(t, c.rows...); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
			slices.Reverse(c.rows)
		}
	}
}

// TestTwoReportsThatACredentialCannotTellApartAreOne: laboratories report in
// batches, so that two samples of one person have one time of report.
func TestTwoReportsThatACredentialCannotTellApartAreOne(t *testing.T) {
	first := testAt(1, "核酸", "阴性")
	second := strings.Replace(first, "06:00:00", "05:00:00", 1)
	if second == first {
		t.Fatal("the sample time was not found")
	}
	r := importFS(t, files{people: []string{chenPerson}, tests: []string{second, first}}.fs())
	if p := r.only(t); len(p.Tests) != 1 || feedsEnd.Sub(p.Tests[0].Sampled) != 2*time.Hour {
		t.Errorf("%+v", p.Tests)
	}
}

// dosesOf imports doses given as "product/dose/day" and returns what the record has.
func dosesOf(t *testing.T, doses ...string) string {
	t.Helper()
	makers := map[string]string{
		"sinovac": "新型冠状病毒灭活疫苗(Vero细胞),北京科兴中维生物技术有限公司",
		"wuhan":   "新型冠状病毒灭活疫苗(Vero细胞),武汉生物制品研究所有限责任公司",
		"cansino": "重组新型冠状病毒疫苗(5型腺病毒载体),康希诺生物股份公司",
		"zhifei":  "重组新型冠状病毒疫苗(CHO细胞),安徽智飞龙科马生物制药有限公司",
	}
	var rows []string
	for _, d := range doses {
		part := strings.Split(d, "/")
		rows = append(rows, strings.Join([]string{"01", chenNumber, makers[part[0]], part[1], part[2], ""}, ","))
	}
	r := importFS(t, files{people: []string{chenPerson}, vaccinations: rows}.fs())
	var got []string
	for _, v := range r.only(t).Vaccinations {
		got = append(got, fmt.Sprintf("%d: %d of %d on %s", v.Product, v.Dose, v.Course, v.Day))
	}
	return strings.Join(got, ", ")
}

func TestHighestDoseOfEachProductWithThePrimaryCourse(t *testing.T) {
	for _, c := range []struct {
		want  string
		doses []string
	}{
		{"1: 2 of 2 on 2021-03-01", []string{"sinovac/2/2021-03-01", "sinovac/1/2021-02-01"}},
		{"1: 3 of 2 on 2021-09-01", []string{"sinovac/1/2021-02-01", "sinovac/2/2021-03-01", "sinovac/3/2021-09-01"}},
		{"1: 2 of 2 on 2021-03-01, 6: 3 of 2 on 2021-09-01", []string{"zhifei/3/2021-09-01", "sinovac/1/2021-02-01", "sinovac/2/2021-03-01"}},
		{"6: 2 of 3 on 2021-03-01, 3: 3 of 3 on 2021-09-01", []string{"zhifei/1/2021-02-01", "zhifei/2/2021-03-01", "wuhan/3/2021-09-01"}},
		{"5: 1 of 1 on 2021-02-01, 1: 2 of 1 on 2021-09-01", []string{"cansino/1/2021-02-01", "sinovac/2/2021-09-01"}},
		{"6: 3 of 3 on 2021-09-01", []string{"zhifei/3/2021-09-01"}}, // the first dose is not known
		{"1: 1 of 2 on 2021-03-01", []string{"sinovac/1/2021-03-01", "sinovac/1/2021-02-01"}},
	} {
		if got := dosesOf(t, c.doses...); got != c.want {
			t.Errorf("%q: %s, want %s", c.doses, got, c.want)
		}
	}
}

// statusOf imports rows of the status file, given without the document.
func statusOf(t *testing.T, rows ...string) (*record.Status, result) {
	t.Helper()
	for i := range rows {
		rows[i] = "01," + chenNumber + "," + rows[i]
	}
	r := importFS(t, files{people: []string{chenPerson}, status: rows, vaccinations: []string{chenDose}}.fs())
	return r.only(t).Status, r
}

func TestStatusThatTookEffectLastIsCurrent(t *testing.T) {
	s, r := statusOf(t,
		"绿码,G01,2022-08-08 20:00:00,2022-08-15 20:00:00,",
		"黄码,Y02,2022-08-09T18:00:00Z,2022-08-17 02:00:00,CDC46-1",
		"无异常,G01,2022-08-09 23:00:00,2022-08-16 23:00:00,",
		"红码,R01,2022-08-10 08:00:01,2022-08-17 20:00:00,CDC46-2",
	)
	if s == nil || s.State != 1 || s.Rule != 102 || s.Evidence != "CDC46-1" || r.summary.StatusFuture != 1 {
		t.Errorf("%+v, %+v", s, r.summary)
	}
}

func TestExpiredStatusIsNoStatus(t *testing.T) {
	s, r := statusOf(t,
		"绿码,G01,2022-08-01 20:00:00,2022-08-20 20:00:00,", // outlives its successor, and is over with it
		"绿码,G01,2022-08-03 08:00:00,2022-08-10 08:00:00,",
	)
	if s != nil || r.summary.StatusExpired != 1 {
		t.Errorf("%+v, %d expired", s, r.summary.StatusExpired)
	}
}

func TestGravestOfSimultaneousStatesStands(t *testing.T) {
	rows := []string{
		"绿码,G01,2022-08-09 20:00:00,2022-08-16 20:00:00,",
		"红码,R01,2022-08-09 20:00:00,2022-08-16 20:00:00,CDC46-1",
		"黄码,Y01,2022-08-09 20:00:00,2022-08-18 20:00:00,CDC46-2",
	}
	for range 2 {
		s, r := statusOf(t, slices.Clone(rows)...)
		if s == nil || s.State != 2 || r.summary.StatusTied != 2 {
			t.Errorf("%+v, %d tied", s, r.summary.StatusTied)
		}
		slices.Reverse(rows)
	}
}

func TestRefusedStatusLeavesTheOneBefore(t *testing.T) {
	s, _ := statusOf(t, "绿码,G01,2022-08-08 20:00:00,2022-08-15 20:00:00,", "黄码,Y01,2022-08-09 20:00:00,2022-08-16 20:00:00,")
	if s == nil || s.State != 0 {
		t.Errorf("%+v", s)
	}
}

func TestPersonWithoutClaimHasNoRecord(t *testing.T) {
	r := importFS(t, files{people: []string{chenPerson}, tests: []string{testAt(1, "核酸", "无法判定")}}.fs())
	if len(r.records) != 0 || r.summary.WithoutClaim != 1 || r.summary.TestsInconclusive != 1 {
		t.Errorf("%+v", r.summary)
	}
}

func TestRecordsKeepTheOrderOfThePeopleFile(t *testing.T) {
	var people, statuses, want []string
	for i := range 300 {
		number := fmt.Sprintf("A%d", i*7919%1000)
		people = append(people, "李四,03,"+number+",1990-01-01")
		statuses = append(statuses, "03,"+number+",绿码,G01,2022-08-09 20:00:00,2022-08-16 20:00:00,")
		want = append(want, number)
	}
	slices.Reverse(statuses)
	r := importFS(t, files{people: people, status: statuses}.fs())
	for i, p := range r.records {
		if p.DocumentNumber != want[i] {
			t.Fatalf("record %d is %s, want %s", i, p.DocumentNumber, want[i])
		}
	}
}
