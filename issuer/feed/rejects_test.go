package feed_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tongxing/tongxing/spec"
)

// spoiled is a fault: what of a good row is replaced by what, and the reason
// for which the row is then refused.
type spoiled struct{ old, new, want string }

var peopleFaults = []spoiled{
	{"陈梓", "", "姓名为空"},
	{"陈梓", "　 ", "姓名为空"},
	{"陈梓", "\u200b", "姓名为空"},
	{"陈梓", "陈\ufffd", "含无法识别的字符"},
	{"陈梓", "陈\x00", "含无法识别的字符"},
	{"陈梓", "陈\ue000", "含无法识别的字符"},
	{"陈梓", strings.Repeat("陈", 400), "内容过长"},
	{"陈梓", "陈,梓", "列数错误"},
	{",1981-04-01", "", "列数错误"},
	{"陈梓", `"陈"梓`, "行格式错误"},
	{"陈梓", `"陈梓`, "行格式错误"},
	{"陈梓", strings.Repeat("陈", 30_000), "行过长"},
	{",01,", ",77,", "证件类型未知"},
	{",01,", ",,", "证件类型未知"},
	{chenNumber, "", "证件号码为空"},
	{"1981-04-01", "2023-13-40", "出生日期无效"},
	{"1981-04-01", "1981-02-29", "出生日期无效"},
	{"1981-04-01", "", "出生日期无效"},
	{"1981-04-01", "81-4-1", "出生日期无效"},
	{"1981-04-01", "1981-04/01", "出生日期无效"},
	{chenNumber, "46999919810401040X", "证件号码校验位错误"},
	{chenNumber, "46999919810401040", "证件号码校验位错误"},
	{chenNumber, "P39784202", "证件号码校验位错误"},
	{"1981-04-01", "1982-05-06", "出生日期与证件号码不符"},
	{"1981-04-01", "2982-05-06", "出生日期无效"},
	{"1981-04-01", "2022-12-31", "出生日期与证件号码不符"}, // order before future
	{"01,469999198104010408,1981-04-01", "03,P39784202,2022-08-11", "出生日期在未来"},
	{"01,469999198104010408", "03,P397/84202", "证件号码无效"},
	{"陈梓,01,469999198104010408,1981-04-01", ",77,46999919810401040X,1981-13-01", "姓名为空"},
}

var testsFaults = []spoiled{
	{chenNumber, "ZZ557", "查无此人"},
	{chenNumber, "", "查无此人"},
	{"01,", "03,", "查无此人"},
	{"01,", "77,", "查无此人"},
	{"阴性", "未知", "检测结果未知"},
	{"阴性", "", "检测结果未知"},
	{"2022-08-08 20:00:00", "", "报告时间为空"},
	{"2022-08-08 20:00:00", "2022-08-08 06:59:59", "采样时间晚于报告时间"},
	{"07:00:00,2022-08-08 20:00:00", "07:00:00,2022-08-32 20:00:00", "报告时间无效"},
	{"2022-08-08 07:00:00", "", "采样时间无效"},
	{"2022-08-08 07:00:00", "2022-08-08", "采样时间无效"},
	{"2022-08-08 20:00:00", "2022-08-10 08:00:01", "报告时间在未来"},
	{"2022-08-08 07:00:00,2022-08-08 20:00:00", "2022-08-12 07:00:00,2022-08-11 20:00:00", "采样时间晚于报告时间"}, // order before future
	{"核酸", "CT", "检测方法未知"},
	{"460000003", "", "检测机构编码无效"},
	{"460000003", "990000003", "检测机构编码无效"},
	{"460000003", "460100003", "检测机构编码无效"},
	{"460000003", "46000000三", "检测机构编码无效"},
	{",检验所,460000003", "", "列数错误"},
}

var vaccinationsFaults = []spoiled{
	{chenNumber, "ZZ1", "查无此人"},
	{"北京科兴中维生物技术有限公司", "不存在的企业", "疫苗未知"},
	{"北京科兴中维生物技术有限公司", "康希诺生物股份公司", "疫苗未知"},
	{",1,", ",零,", "剂次无效"},
	{",1,", ",0,", "剂次无效"},
	{",1,", ",-1,", "剂次无效"},
	{",1,", ",10,", "剂次无效"},
	{",1,", ",1.5,", "剂次无效"},
	{",1,", ",,", "剂次无效"},
	{",1,2021-02-07", ",零,2029-01-01", "剂次无效"}, // order before future
	{"2021-02-07", "2029-01-01", "接种日期在未来"},
	{"2021-02-07", "2022-08-11", "接种日期在未来"},
	{"2021-02-07", "", "接种日期无效"},
	{"2021-02-07", "2021-02-30", "接种日期无效"},
	{"2021-02-07", "2019-12-31", "接种日期无效"},
}

var statusFaults = []spoiled{
	{chenNumber, "ZZ1", "查无此人"},
	{"绿码", "蓝码", "状态未知"},
	{"绿码,G01", "黄码,Y01", "非绿码无依据编号"},
	{"绿码,G01,2022-08-09 20:00:00,2022-08-16 20:00:00,", "红码,R01,2022-08-09 20:00:00,2022-08-16 20:00:00, 　", "非绿码无依据编号"},
	{"2022-08-16 20:00:00", "2022-08-09 19:59:59", "截止早于生效"},
	{"2022-08-09 20:00:00,2022-08-16 20:00:00", "2022-09-09 20:00:00,2022-09-08 20:00:00", "截止早于生效"},
	{"2022-08-09 20:00:00,", ",", "生效时间无效"},
	{"2022-08-16 20:00:00", "x", "截止时间无效"},
	{"绿码,G01", "绿码,R01", "规则与状态不符"},
}

// adverseFaults are faults of a row with evidence.
var adverseFaults = []spoiled{
	{"绿码,G01", "黄码,R01", "规则与状态不符"},
	{"绿码,G01", "黄码,", "规则编号无效"},
	{"绿码,G01", "黄码,0", "规则编号无效"},
	{"绿码,G01", "黄码,Y100", "规则编号无效"},
}

// TestEachFaultHasItsReason spoils one good row at a time.
func TestEachFaultHasItsReason(t *testing.T) {
	checkFaults(t, "people.csv", peopleHeader, chenPerson, peopleFaults)
	checkFaults(t, "tests.csv", testsHeader, chenTest, testsFaults)
	checkFaults(t, "vaccinations.csv", vaccinationsHeader, chenDose, vaccinationsFaults)
	checkFaults(t, "status.csv", statusHeader, chenStatus, statusFaults)
	checkFaults(t, "status.csv", statusHeader, chenStatus+"CDC46-1", adverseFaults)
}

func checkFaults(t *testing.T, file, header, good string, faults []spoiled) {
	t.Helper()
	for _, fault := range faults {
		row := strings.Replace(good, fault.old, fault.new, 1)
		if row == good {
			t.Fatalf("%q is not in %q", fault.old, good)
		}
		fsys := files{people: []string{chenPerson}}.fs()
		fsys[file] = &fstest.MapFile{Data: []byte(header + "\n\n" + row + "\n")}
		if got := importFS(t, fsys).rejects; got != file+",3,"+fault.want+"\n" {
			t.Errorf("%.120q: %q, want %s", row, got, fault.want)
		}
	}
}

// TestEveryReasonHasATest: no reason of the table is dead. The contradiction
// takes two rows and has a test of its own.
func TestEveryReasonHasATest(t *testing.T) {
	tested := map[string]bool{spec.RejectDocumentContradicted.Text("zh"): true}
	for _, fault := range slices.Concat(peopleFaults, testsFaults, vaccinationsFaults, statusFaults, adverseFaults) {
		tested[fault.want] = true
	}
	for _, reason := range spec.Rejects() {
		if !tested[reason.Text("zh")] {
			t.Errorf("%s is never expected", reason)
		}
	}
}

func TestGoodRowsAreNotRefused(t *testing.T) {
	r := importFS(t, files{
		people: []string{
			chenPerson,
			"古丽娜尔·吐尔逊,02,46999919460130 4425,1946年1月30日",
			"AL-SAYED AHMAD,03,p39784202,1995/8/18",
			"王五,04,军字第１２３４５６７号,19800101",
			"李四,99,A1,1800-01-01",
			"陈梓,1,469999810401040,1981-04-01T00:00:00+08:00", // the same number as it was until 1999
			`"欧阳 娜","居民身份证","469999193206120760","1932-06-12",,`,
		},
		tests: []string{
			strings.Replace(chenTest, "2022-08-08 20:00:00", "2022-08-08 07:00:00", 1), // sampled when reported
			strings.Replace(chenTest, "2022-08-08 20:00:00", "2022-08-10 08:00:00", 1), // now
			strings.Replace(chenTest, "阴性", "无法判定", 1),
		},
		vaccinations: []string{
			strings.Replace(chenDose, "2021-02-07", "2022-08-10", 1), // today
			strings.Replace(chenDose, "2021-02-07", "2020-01-01", 1),
		},
		status: []string{
			chenStatus + "CDC46-1", // green with evidence
			"01,469999198104010408,绿码,,2022-08-09 20:00:00,2022-08-09 20:00:00,",           // no rule, no time
			"01,469999198104010408,黄码,201,2023-08-09 20:00:00,2023-08-16 20:00:00,CDC46-2", // bare rule, future
			"01,469999198104010408,红码,r02,2022-08-09 20:00:00,2022-08-16 20:00:00,CDC46-2", // small letter
			"01,469999198104010408,无异常,G01,2022-08-01 20:00:00,2022-08-08 24:00",           // evidence column dropped, 24:00
		},
	}.fs())
	if r.rejects != "" || r.summary.People != 6 {
		t.Errorf("%d people, rejects:\n%s", r.summary.People, r.rejects)
	}
}

func TestClaimsOfARefusedPersonAreCountedAndNotListed(t *testing.T) {
	r := importFS(t, files{
		people: []string{
			"陈梓,01,46999919810401040X,1981-04-01", "白云,77,A1,1982-04-22", chenPerson,
		},
		tests: []string{
			"01,46999919810401040x,核酸,未知,2022-08-08 07:00:00,,检验所,460000003",
			" 77 ,ａ１,核酸,阴性,2022-08-08 07:00:00,2022-08-08 20:00:00,检验所,460000003",
			"77,A2,核酸,阴性,2022-08-08 07:00:00,2022-08-08 20:00:00,检验所,460000003",
		},
		status: []string{chenStatus},
	}.fs())
	if want := "people.csv,2,证件号码校验位错误\npeople.csv,3,证件类型未知\ntests.csv,4,查无此人\n"; r.rejects != want {
		t.Errorf("%s", r.rejects)
	}
	if n := r.summary.Files[1].OfRefused; n != 2 || len(r.records) != 1 {
		t.Errorf("%d claims of refused people, %d records", n, len(r.records))
	}
}

func TestRowSentTwiceCountsOnce(t *testing.T) {
	r := importFS(t, files{
		people: []string{chenPerson, " 陈梓 ,０１,４６９９９９１９８１０４０１０４０８,1981年4月1日", ",01,469999193206120760,1932-06-12", ",01,469999193206120760,19320612"},
		tests: []string{
			chenTest,
			"1, 469999198104010408 ,核酸,阴性,20220808070000,2022-08-08T12:00:00Z,检验所,４６０００0003",
			strings.Replace(chenTest, "阴性", "未知", 1), strings.Replace(chenTest, "阴性", "未知", 1),
		},
		vaccinations: []string{chenDose, chenDose, chenDose},
		status:       []string{chenStatus, strings.ReplaceAll(chenStatus, "2022-08-", "2022/8/")},
	}.fs())
	if want := "people.csv,4,姓名为空\ntests.csv,4,检测结果未知\n"; r.rejects != want {
		t.Errorf("rejects:\n%s", r.rejects)
	}
	for i, want := range []int{2, 2, 2, 1} {
		if f := r.summary.Files[i]; f.Repeated != want {
			t.Errorf("%s: %d repeated, want %d", f.Feed, f.Repeated, want)
		}
	}
	if p := r.only(t); len(p.Tests) != 1 || len(p.Vaccinations) != 1 || r.summary.StatusTied != 0 {
		t.Errorf("%+v", p)
	}
}

func TestJSONRowSentTwiceInAnotherFormCountsOnce(t *testing.T) {
	row := `{"证件类型":"01","证件号码":"ZZ1","疫苗名称":"x","生产企业":"y","剂次":"1","接种日期":"2021-02-07"`
	r := importFS(t, fstest.MapFS{
		"people.csv": {Data: []byte(peopleHeader + "\n" + chenPerson + "\n")},
		"vaccinations.jsonl": {Data: []byte(row + `,"接种单位":"接种点1"}` + "\n" + row + `,"接种单位":" \u63a5种点１　","备注":""}` + "\n" +
			row + `,"接种单位":"接种点2"}` + "\n")},
	})
	if want := "vaccinations.jsonl,1,查无此人\nvaccinations.jsonl,3,查无此人\n"; r.rejects != want || r.summary.Files[2].Repeated != 1 {
		t.Errorf("%d repeated, rejects:\n%s", r.summary.Files[2].Repeated, r.rejects)
	}
}

func TestContradictingRowsOfOneDocumentAreAllRefused(t *testing.T) {
	r := importFS(t, files{
		people: []string{chenPerson, "李四,03,A1,1990-01-01", "陈子,02,469999198104010408,1981-04-01", chenPerson},
		status: []string{chenStatus, "03,A1,绿码,G01,2022-08-09 20:00:00,2022-08-16 20:00:00,"},
	}.fs())
	if want := "people.csv,2,同一证件信息不一致\npeople.csv,4,同一证件信息不一致\n"; r.rejects != want {
		t.Errorf("rejects:\n%s", r.rejects)
	}
	if p := r.only(t); p.Name != "李四" || r.summary.Files[3].OfRefused != 1 {
		t.Errorf("%+v", p)
	}
}

func TestCorrectedRowRepairsARefusedOne(t *testing.T) {
	r := importFS(t, files{people: []string{"陈梓,01,469999198104010408,2023-13-40", chenPerson}, status: []string{chenStatus}}.fs())
	if r.rejects != "people.csv,2,出生日期无效\n" || r.only(t).BirthDate != "1981-04-01" {
		t.Errorf("rejects:\n%s", r.rejects)
	}
}

func TestIdentityCardAndHouseholdRegisterNameOnePerson(t *testing.T) {
	r := importFS(t, files{
		people: []string{"陈梓,02,469999198104010408,1981-04-01", chenPerson},
		tests:  []string{chenTest}, status: []string{strings.Replace(chenStatus, "01,", "02,", 1)},
	}.fs())
	if p := r.only(t); p.DocumentType != "02" || len(p.Tests) != 1 || p.Status == nil || r.summary.Files[0].Repeated != 1 {
		t.Errorf("%+v", p)
	}
}

// One damaged row in a file of millions costs that row.
func TestABadByteCostsItsRowAlone(t *testing.T) {
	for _, bad := range []string{"\xff", "\x81", "\x81\x30", "\x81\x30\x81", "\xfe\xfe\xff", "\xe5"} {
		for place, person := range map[string]string{
			"in the name":        "李" + bad + "四,03,A1,1990-01-01",
			"at the end of line": "李四,03,A1,1990-01-01" + bad,
			"before a comma":     "李四,03,A1" + bad + ",1990-01-01",
		} {
			for encoding, encode := range map[string]func(string) []byte{
				"UTF-8": func(s string) []byte { return []byte(s) }, "GB18030": func(s string) []byte {
					data, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
					if err != nil {
						t.Fatal(err)
					}
					return data
				},
			} {
				before, after, _ := strings.Cut(person, bad)
				data := slices.Concat(encode(peopleHeader+"\n"+chenPerson+"\n"+before), []byte(bad), encode(after+"\n王五,03,A2,1990-01-01\n"))
				r := importFS(t, fstest.MapFS{"people.csv": {Data: data}})
				if !strings.HasPrefix(r.rejects, "people.csv,3,") || strings.Count(r.rejects, "\n") != 1 || r.summary.Files[0].Accepted != 2 {
					t.Errorf("%s, %x %s: %d people, rejects:\n%s", encoding, bad, place, r.summary.Files[0].Accepted, r.rejects)
				}
			}
		}
	}
}
