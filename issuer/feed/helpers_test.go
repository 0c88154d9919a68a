package feed_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tongxing/tongxing/issuer/feed"
	"github.com/tongxing/tongxing/issuer/record"
)

// Headers of the four feeds as provinces write them.
const (
	peopleHeader       = "姓名,证件类型,证件号码,出生日期"
	testsHeader        = "证件类型,证件号码,检测方法,检测结果,采样时间,报告时间,检测机构,检测机构编码"
	vaccinationsHeader = "证件类型,证件号码,疫苗名称,生产企业,剂次,接种日期,接种单位"
	statusHeader       = "证件类型,证件号码,状态,规则编号,生效时间,截止时间,依据编号"
)

// Chen is a person whose rows the tests vary, with her number in the two forms.
const (
	chenNumber = "469999198104010408"
	chenPerson = "陈梓,01,469999198104010408,1981-04-01"
	chenTest   = "01,469999198104010408,核酸,阴性,2022-08-08 07:00:00,2022-08-08 20:00:00,检验所,460000003"
	chenDose   = "01,469999198104010408,新型冠状病毒灭活疫苗(Vero细胞),北京科兴中维生物技术有限公司,1,2021-02-07,接种点"
	chenStatus = "01,469999198104010408,绿码,G01,2022-08-09 20:00:00,2022-08-16 20:00:00,"
)

// files is a folder of feeds, without their headers.
type files struct{ people, tests, vaccinations, status []string }

func (f files) fs() fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, file := range map[string]struct {
		header string
		rows   []string
	}{
		"people.csv": {peopleHeader, f.people}, "tests.csv": {testsHeader, f.tests},
		"vaccinations.csv": {vaccinationsHeader, f.vaccinations}, "status.csv": {statusHeader, f.status},
	} {
		if file.rows != nil {
			text := file.header + "\n" + strings.Join(file.rows, "\n") + "\n"
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

// result is what an import gave.
type result struct {
	summary feed.Summary
	records []*record.Record
	raw     string
	rejects string // without the header
}

// importFS imports a folder at the end of the real feeds.
func importFS(t testing.TB, fsys fstest.MapFS) result {
	t.Helper()
	r, err := tryImport(fsys, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkCounts(t, r.summary)
	return r
}

// tryImport imports a folder with options that edit may change.
func tryImport(fsys fstest.MapFS, edit func(*feed.Options)) (result, error) {
	var out, refused bytes.Buffer
	options := feed.Options{Region: "46", At: feedsEnd, Records: &out, Rejects: &refused}
	if edit != nil {
		edit(&options)
	}
	summary, err := feed.Import(context.Background(), fsys, options)
	if err != nil {
		return result{}, err
	}
	r := result{summary: summary, raw: out.String(), rejects: strings.TrimPrefix(refused.String(), "文件,行号,原因\n")}
	for reader := record.NewReader(&out); ; {
		person, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return result{}, err
		}
		r.records = append(r.records, person)
	}
}

// only returns the one record of a result.
func (r result) only(t testing.TB) *record.Record {
	t.Helper()
	if len(r.records) != 1 {
		t.Fatalf("%d records; rejects:\n%s", len(r.records), r.rejects)
	}
	return r.records[0]
}
