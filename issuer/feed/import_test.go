package feed_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tongxing/tongxing/issuer/feed"
)

// goodFolder is a folder with one good row in each file.
func goodFolder() fstest.MapFS {
	return files{
		people: []string{chenPerson}, tests: []string{chenTest},
		vaccinations: []string{chenDose}, status: []string{chenStatus},
	}.fs()
}

func TestFaultOfAFileIsOneTypedError(t *testing.T) {
	set := func(name, text string) func(fstest.MapFS) {
		return func(fsys fstest.MapFS) { fsys[name] = &fstest.MapFile{Data: []byte(text)} }
	}
	for name, c := range map[string]struct {
		edit func(fstest.MapFS)
		want error
		text string
	}{
		"no people":         {func(f fstest.MapFS) { delete(f, "people.csv") }, feed.ErrNoPeople, "no people file"},
		"empty people":      {set("people.csv", ""), feed.ErrEmpty, "people.csv: "},
		"only a mark":       {set("people.csv", "\ufeff"), feed.ErrEmpty, "people.csv: the file is empty"},
		"mark of tests":     {set("tests.csv", "\ufeff\r\n"), feed.ErrEmpty, "tests.csv: the file is empty"},
		"people header":     {set("people.csv", peopleHeader+"\n"), feed.ErrEmpty, "people.csv: "},
		"empty tests":       {set("tests.csv", ""), feed.ErrEmpty, "tests.csv: "},
		"blank header":      {set("tests.csv", "  \n"+chenTest), feed.ErrHeader, "tests.csv: line 1: "},
		"long header":       {set("tests.csv", strings.Repeat("x", 10<<20)), feed.ErrHeader, "tests.csv: line 1: "},
		"open header":       {set("tests.csv", `"姓名`), feed.ErrHeader, "tests.csv: line 1: "},
		"no header":         {set("status.csv", chenStatus), feed.ErrColumnMissing, "status.csv: line 1: the column is missing: 证件类型 (document_type)"},
		"missing column":    {set("tests.csv", strings.Replace(testsHeader, "报告时间", "时间", 1)), feed.ErrColumnMissing, "missing: 报告时间 (reported)"},
		"column twice":      {set("tests.csv", testsHeader+",报告时间"), feed.ErrColumnTwice, "stands twice: 报告时间"},
		"UTF-16, no mark":   {set("tests.csv", "k\x00i\x00n\x00d\x00"), feed.ErrEncoding, "tests.csv: line 1: "},
		"neither encoding":  {set("tests.csv", "\u59d3\u540d\n\xff\xff"), feed.ErrEncoding, "tests.csv: line 2: neither UTF-8 nor GB18030"},
		"second file":       {set("tests.jsonl", "{}"), feed.ErrAmbiguous, "tests.jsonl: "},
		"folder":            {func(f fstest.MapFS) { delete(f, "tests.csv"); f["tests.csv/x"] = &fstest.MapFile{} }, feed.ErrNotAFile, "tests.csv: "},
		"device":            {func(f fstest.MapFS) { f["tests.csv"] = &fstest.MapFile{Mode: fs.ModeDevice} }, feed.ErrNotAFile, "tests.csv: "},
		"empty people list": {func(f fstest.MapFS) { delete(f, "people.csv"); f["people.jsonl"] = &fstest.MapFile{} }, feed.ErrEmpty, "people.jsonl: "},
	} {
		fsys := goodFolder()
		c.edit(fsys)
		_, err := tryImport(fsys, nil)
		var fault *feed.FileError
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		if c.want != feed.ErrNoPeople && !errors.As(err, &fault) {
			t.Errorf("%s: %v names no file", name, err)
		}
	}
}

func TestMissingFolderIsAnError(t *testing.T) {
	var out bytes.Buffer
	missing := filepath.Join(t.TempDir(), "nowhere")
	_, err := feed.Import(context.Background(), os.DirFS(missing), feed.Options{Region: "46", At: feedsEnd, Records: &out})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestTheNationalPlatformImportsAsAnyRegion(t *testing.T) {
	if _, err := tryImport(goodFolder(), func(o *feed.Options) { o.Region = "00" }); err != nil {
		t.Error(err)
	}
}

func TestFaultyOptionsAreRefused(t *testing.T) {
	for name, edit := range map[string]func(*feed.Options){
		"no region":      func(o *feed.Options) { o.Region = "" },
		"unknown region": func(o *feed.Options) { o.Region = "99" },
		"no time":        func(o *feed.Options) { o.At = time.Time{} },
		"no records":     func(o *feed.Options) { o.Records = nil },
		"buffer":         func(o *feed.Options) { o.BufferBytes = 2 << 30 },
		"negative":       func(o *feed.Options) { o.BufferBytes = -1 },
	} {
		if _, err := tryImport(goodFolder(), edit); !errors.Is(err, feed.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFilesOtherThanPeopleMayBeMissing(t *testing.T) {
	fsys := goodFolder()
	delete(fsys, "tests.csv")
	delete(fsys, "vaccinations.csv")
	r := importFS(t, fsys)
	if f := r.summary.Files; f[0].File == "" || f[1].File != "" || f[2].File != "" || f[3].File == "" {
		t.Errorf("%+v", f)
	}
	if p := r.only(t); p.Status == nil || p.Tests != nil || p.Vaccinations != nil {
		t.Errorf("%+v", p)
	}
}

// want is what importing goodFolder gives, in whatever form its files are.
func wantSame(t *testing.T, name string, fsys fstest.MapFS) {
	t.Helper()
	want := importFS(t, goodFolder())
	got := importFS(t, fsys)
	if got.raw != want.raw || got.rejects != "" {
		t.Errorf("%s:\n%s%swant\n%s", name, got.raw, got.rejects, want.raw)
	}
}

func TestFormsOfAFileMeanTheSame(t *testing.T) {
	edit := func(change func(string) string) fstest.MapFS {
		fsys := goodFolder()
		for _, file := range fsys {
			file.Data = []byte(change(string(file.Data)))
		}
		return fsys
	}
	lines := func(change func(i int, line string) string) fstest.MapFS {
		return edit(func(text string) string {
			var out []string
			for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
				out = append(out, change(i, line))
			}
			return strings.Join(out, "\n")
		})
	}
	wantSame(t, "CRLF", edit(func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }))
	wantSame(t, "no line end", edit(func(s string) string { return strings.TrimSuffix(s, "\n") }))
	wantSame(t, "blank lines", edit(func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n , ,\n") }))
	wantSame(t, "tabs", edit(func(s string) string { return strings.ReplaceAll(s, ",", "\t") }))
	wantSame(t, "semicolons", edit(func(s string) string { return strings.ReplaceAll(s, ",", ";") }))
	wantSame(t, "quoted", lines(func(_ int, s string) string { return `"` + strings.ReplaceAll(s, ",", `","`) + `"` }))
	wantSame(t, "empty columns", lines(func(_ int, s string) string { return s + ",,," }))
	wantSame(t, "more columns", lines(func(i int, s string) string { return fmt.Sprint("备注", i, ",", s, ",更多") }))
	wantSame(t, "columns the other way", lines(func(_ int, s string) string {
		cells := strings.Split(s, ",")
		for i := range len(cells) / 2 {
			cells[i], cells[len(cells)-1-i] = cells[len(cells)-1-i], cells[i]
		}
		return strings.Join(cells, ",")
	}))
	wantSame(t, "quoted line feeds", lines(func(i int, s string) string {
		return fmt.Sprintf("%s,\"备\n\"\"注%d\n\"", s, i)
	}))
	upper := goodFolder()
	upper["PEOPLE.CSV"] = upper["people.csv"]
	delete(upper, "people.csv")
	wantSame(t, "capital file name", upper)
}

func TestEnglishNamesAndJSONLinesMeanTheSame(t *testing.T) {
	wantSame(t, "English header", fstest.MapFS{
		"people.csv": {Data: []byte("birth_date,Name,Document Type,document-number\n1981-04-01,陈梓,01,469999198104010408\n")},
		"tests.csv": {Data: []byte("document_type,document_number,kind,result,sampled,reported,laboratory,laboratory_code\n" +
			"ID card,469999198104010408,NAAT,Negative,2022-08-08 07:00:00,2022-08-08 20:00:00,Laboratory 3,460000003\n")},
		"vaccinations.csv": {Data: []byte("document_type,document_number,vaccine,manufacturer,dose,date\n01,469999198104010408,CoronaVac,Sinovac,1,2021-02-07\n")},
		"status.csv": {Data: []byte("document_type,document_number,state,rule,effective_from,valid_until,evidence\n" +
			"01,469999198104010408,green,G01,2022-08-09T20:00:00+08:00,2022-08-16T20:00:00+08:00,\n")},
	})
	wantSame(t, "JSON Lines", fstest.MapFS{
		"people.jsonl": {Data: []byte("\ufeff" + `{"name":"陈梓","document_type":"01","document_number":"469999198104010408","birth_date":"1981-04-01","note":{"x":[1]}}` + "\r\n")},
		"tests.ndjson": {Data: []byte(`{"document_type":1,"document_number":469999198104010408,"kind":"核酸","result":"阴性","sampled":"2022-08-08 07:00:00","reported":20220808200000,"laboratory":460000003}` + "\n\n")},
		"vaccinations.jsonl": {Data: []byte(`{"document_type":"01","document_number":"469999198104010408","vaccine":"新型冠状病毒灭活疫苗(Vero细胞)",` +
			`"maker":"北京科兴中维生物技术有限公司","dose":1,"date":"2021-02-07"}`)},
		"status.jsonl": {Data: []byte(`{"证件类型":"01","证件号码":"469999198104010408","状态":"绿码","规则编号":null,"生效时间":"2022-08-09 20:00:00","截止时间":"2022-08-16 20:00:00"}`)},
	})
}

func TestBrokenJSONLineIsRefused(t *testing.T) {
	good := `{"name":"陈梓","document_type":"01","document_number":"469999198104010408","birth_date":"1981-04-01"}`
	var text, want strings.Builder
	text.WriteString(good + "\n")
	for i, c := range []struct{ line, reason string }{
		{"{", "行格式错误"}, {"[]", "行格式错误"}, {"陈梓,01", "行格式错误"}, {good + good, "行格式错误"}, {good + ",", "行格式错误"},
		{`{"name":"x","name":"y"}`, "行格式错误"}, {`{"name":true}`, "行格式错误"}, {`{"name":{}}`, "行格式错误"}, {`{"name":"x"`, "行格式错误"},
		{`{"x":"` + strings.Repeat("x", 70_000) + `"}`, "行过长"}, {`{"name":"\ud800"}`, "含无法识别的字符"},
		{`{}`, "姓名为空"}, {"\x00", "行格式错误"}, {strings.Repeat(`{"a":`, 9000), "行格式错误"},
	} {
		text.WriteString(c.line + "\n")
		fmt.Fprintf(&want, "people.jsonl,%d,%s\n", i+2, c.reason)
	}
	r := importFS(t, fstest.MapFS{"people.jsonl": {Data: []byte(text.String())}})
	if r.rejects != want.String() || r.summary.People != 1 {
		t.Errorf("%d people, rejects:\n%swant\n%s", r.summary.People, r.rejects, want.String())
	}
}

// TestLineIsThePhysicalLine: quoted line feeds, blank lines and broken rows
// before a row are counted as an editor counts them.
func TestLineIsThePhysicalLine(t *testing.T) {
	text := peopleHeader + ",\"备\n注\"\n" + // lines 1 and 2
		chenPerson + ",\"a\nb\nc\"\n" + // 3 to 5
		"\n" + // 6
		"李四,03,A1,\"x,1990-01-01\n" + // 7: a stray mark
		",03,A2,1990-01-01,\n" + // 8
		strings.Repeat("x", 10<<20) + "\n" + // 9
		",03,A3,1990-01-01,\"\"" // 10
	r := importFS(t, fstest.MapFS{"people.csv": {Data: []byte(text)}})
	want := "people.csv,7,行格式错误\npeople.csv,8,姓名为空\npeople.csv,9,行过长\npeople.csv,10,姓名为空\n"
	if r.rejects != want || r.summary.People != 1 {
		t.Errorf("rejects:\n%s", r.rejects)
	}
}

// TestImportEndsWithItsContext, in whatever stage, and leaves nothing behind.
func TestImportEndsWithItsContext(t *testing.T) {
	for _, stage := range []feed.Stage{feed.StageRead, feed.StageMerge, feed.StageWrite} {
		folder := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		summary, err := feed.Import(ctx, os.DirFS(filepath.Join(realFeeds, "33")), feed.Options{
			Region: "33", At: feedsEnd, Records: io.Discard, TempDir: folder, BufferBytes: 1,
			Progress: func(p feed.Progress) {
				if p.Stage == stage {
					cancel()
				}
			},
		})
		cancel()
		if !errors.Is(err, context.Canceled) || summary.Files != nil {
			t.Errorf("stage %s: %v", stage, err)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 || openTemporaryFiles(t, folder) > 0 {
			t.Errorf("stage %s left behind: %v, %v", stage, left, err)
		}
	}
}

func TestProgressRisesToTheTotal(t *testing.T) {
	var last feed.Progress
	seen := map[feed.Stage]int{}
	_, err := feed.Import(context.Background(), os.DirFS(filepath.Join(realFeeds, "33")), feed.Options{
		Region: "33", At: feedsEnd, Records: io.Discard,
		Progress: func(p feed.Progress) {
			if p.Stage == last.Stage && p.Done < last.Done || p.Done > p.Total {
				t.Errorf("%+v after %+v", p, last)
			}
			last = p
			seen[p.Stage]++
		},
	})
	if err != nil || last.Stage != feed.StageWrite || last.Done != last.Total || last.Total == 0 {
		t.Errorf("%+v, %v", last, err)
	}
	for _, stage := range []feed.Stage{feed.StageRead, feed.StageMerge, feed.StageWrite} {
		if seen[stage] < 2 || seen[stage] > 500 {
			t.Errorf("%d reports of stage %s", seen[stage], stage)
		}
	}
}

// fullDisk takes n bytes.
type fullDisk struct{ left int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestFullDiskIsAnError(t *testing.T) {
	for _, edit := range []func(*feed.Options){
		func(o *feed.Options) { o.Records = &fullDisk{} },
		func(o *feed.Options) { o.Rejects = &fullDisk{} },
	} {
		if _, err := tryImport(goodFolder(), edit); !errors.Is(err, errFull) {
			t.Errorf("%v", err)
		}
	}
}
