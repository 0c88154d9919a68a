package feed_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/tongxing/tongxing/issuer/feed"
	"github.com/tongxing/tongxing/issuer/record"
)

var feedFiles = []string{"people.csv", "tests.csv", "vaccinations.csv", "status.csv"}

// realTables reads a real export as tables in UTF-8, headers included.
func realTables(t testing.TB, region string) map[string][][]string {
	t.Helper()
	tables := map[string][][]string{}
	for _, name := range feedFiles {
		data, err := os.ReadFile(filepath.Join(realFeeds, region, name))
		if err != nil {
			t.Fatal(err)
		}
		if region == "41" {
			if data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s has %d rows: %v", name, len(rows), err)
		}
		tables[name] = rows
	}
	return tables
}

// The forms in which a time can be written, and those for one without seconds.
var (
	timeForms   = []string{"2006-01-02 15:04:05", time.RFC3339, "20060102150405", "2006/1/2 15:04:05", "2006年1月2日 15时04分05秒"}
	minuteForms = []string{"2006/1/2 15:04", "2006年01月02日 15时04分", "200601021504", "2006-1-2T15:04"}
	dateForms   = []string{"2006-01-02", "2006/1/2", "20060102", "2006年1月2日", "2006年01月02日", "2006-01-02T00:00:00+08:00"}
)

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if '!' <= r && r <= '~' {
			return r - '!' + '！'
		}
		return r
	}, s)
}

// rewrite gives a value of the named column another form with the same meaning.
func rewrite(random *rand.Rand, column, value string) string {
	switch {
	case value == "":
		return strings.Repeat(" ", random.IntN(2))
	case strings.HasSuffix(column, "时间"):
		value = rewriteTime(random, value)
	case strings.HasSuffix(column, "日期"):
		for _, form := range dateForms {
			if t, err := time.ParseInLocation(form, value, record.Zone); err == nil {
				value = t.Format(dateForms[random.IntN(len(dateForms))])
				break
			}
		}
	case column == "证件号码":
		value = strings.TrimSpace(value)
		if random.IntN(3) == 0 {
			value = strings.ToLower(value)
		}
	case column == "姓名":
		return value
	}
	if random.IntN(4) == 0 {
		value = wide(value)
	}
	return strings.Repeat("　", random.IntN(2)) + value + strings.Repeat(" ", random.IntN(2))
}

func rewriteTime(random *rand.Rand, value string) string {
	for _, form := range slices.Concat(timeForms, minuteForms) {
		t, err := time.ParseInLocation(form, value, record.Zone)
		if err != nil {
			continue
		}
		forms := timeForms
		if t.Second() == 0 {
			forms = slices.Concat(timeForms, minuteForms)
		}
		form = forms[random.IntN(len(forms))]
		if form == time.RFC3339 && random.IntN(2) == 0 {
			t = t.UTC()
		}
		return t.Format(form)
	}
	return value
}

// rewritten returns the tables with each value in another form and the columns
// in another order, encoded as asked.
func rewritten(t testing.TB, random *rand.Rand, tables map[string][][]string, e encoding.Encoding) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, rows := range tables {
		order := random.Perm(len(rows[0]))
		var text bytes.Buffer
		writer := csv.NewWriter(&text)
		writer.UseCRLF = random.IntN(2) == 0
		for i, row := range rows {
			out := make([]string, len(row))
			for to, from := range order {
				if out[to] = row[from]; i > 0 {
					out[to] = rewrite(random, rows[0][from], row[from])
				}
			}
			if err := writer.Write(out); err != nil {
				t.Fatal(err)
			}
		}
		writer.Flush()
		data, err := e.NewEncoder().Bytes(text.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

// TestImportDoesNotDependOnEncodingOrForm rewrites real exports and expects the
// same bytes of records and rejects.
func TestImportDoesNotDependOnEncodingOrForm(t *testing.T) {
	encodings := map[string]encoding.Encoding{
		"UTF-8": encoding.Nop, "UTF-8 with BOM": unicode.UTF8BOM, "GB18030": simplifiedchinese.GB18030,
		"UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	}
	for _, region := range []string{"41", "46"} {
		tables := realTables(t, region)
		_, records, rejects := importReal(t, region)
		seed := uint64(1)
		for name, e := range encodings {
			seed++
			random := rand.New(rand.NewPCG(seed, 46))
			got := importFS(t, rewritten(t, random, tables, e))
			if got.raw != string(records) || "文件,行号,原因\n"+got.rejects != string(rejects) {
				t.Errorf("%s in %s differs: %s", region, name, firstDifference(got.raw, string(records)))
			}
		}
	}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%s\nwant %s", a[i], b[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(a), len(b))
}

// TestImportDoesNotDependOnTheOrderOfClaims shuffles the claims of a real export.
func TestImportDoesNotDependOnTheOrderOfClaims(t *testing.T) {
	tables := realTables(t, "33")
	_, records, rejects := importReal(t, "33")
	random := rand.New(rand.NewPCG(33, 1))
	for name, rows := range tables {
		if name != "people.csv" {
			random.Shuffle(len(rows)-1, func(i, j int) { rows[i+1], rows[j+1] = rows[j+1], rows[i+1] })
		}
	}
	got := importFS(t, rewritten(t, random, tables, encoding.Nop))
	if got.raw != string(records) {
		t.Error(firstDifference(got.raw, string(records)))
	}
	if a, b := strings.Count(got.rejects, "\n"), bytes.Count(rejects, []byte("\n"))-1; a != b {
		t.Errorf("%d rejects, want %d", a, b)
	}
}

// TestJSONLinesOfARealExportMeanTheSame turns every row into an object.
func TestJSONLinesOfARealExportMeanTheSame(t *testing.T) {
	_, records, rejects := importReal(t, "41")
	fsys := fstest.MapFS{}
	for name, rows := range realTables(t, "41") {
		text := bytes.NewBufferString("\n") // in place of the header, so that lines agree
		for _, row := range rows[1:] {
			object := map[string]string{}
			for i, value := range row {
				object[rows[0][i]] = value
			}
			if err := json.NewEncoder(text).Encode(object); err != nil {
				t.Fatal(err)
			}
		}
		fsys[strings.Replace(name, "csv", "jsonl", 1)] = &fstest.MapFile{Data: text.Bytes()}
	}
	got := importFS(t, fsys)
	if got.raw != string(records) {
		t.Error(firstDifference(got.raw, string(records)))
	}
	if want := strings.ReplaceAll(string(rejects), ".csv", ".jsonl"); "文件,行号,原因\n"+got.rejects != want {
		t.Error(firstDifference(got.rejects, want))
	}
}

// TestImportDoesNotDependOnMemory: with the smallest buffer rows are spilled to
// disk, nothing of which is left.
func TestImportDoesNotDependOnMemory(t *testing.T) {
	_, records, rejects := importReal(t, "33")
	folder := t.TempDir()
	var out, refused bytes.Buffer
	spilled := false
	_, err := feed.Import(t.Context(), os.DirFS(filepath.Join(realFeeds, "33")), feed.Options{
		Region: "33", At: feedsEnd, Records: &out, Rejects: &refused, BufferBytes: 1, TempDir: folder,
		Progress: func(feed.Progress) { spilled = spilled || openTemporaryFiles(t, folder) > 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(records) || refused.String() != string(rejects) {
		t.Error("another result with a small buffer")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if !spilled {
		t.Error("nothing was spilled")
	}
}

// openTemporaryFiles counts the files in the folder that this process holds
// open, with a name or without, and checks that nobody else may read them.
func openTemporaryFiles(t *testing.T, folder string) (count int) {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(links) == 0 {
		t.Fatal("this test needs /proc")
	}
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(target, folder) {
			continue
		}
		count++
		if info, err := os.Stat(link); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", target, info.Mode())
		}
	}
	return count
}

// FuzzImport: no content of the files panics or breaks the sums, and what is
// written can be read.
func FuzzImport(f *testing.F) {
	for _, region := range []string{"33", "41", "46"} {
		var seed [4][]byte
		for i, name := range feedFiles {
			data, err := os.ReadFile(filepath.Join(realFeeds, region, name))
			if err != nil {
				f.Fatal(err)
			}
			lines := bytes.SplitAfterN(data, []byte("\n"), 5)
			seed[i] = bytes.Join(lines[:4], nil)
		}
		f.Add(false, seed[0], seed[1], seed[2], seed[3])
	}
	f.Add(true, []byte(`{"name":"陈梓","document_type":"01","document_number":"469999198104010408","birth_date":"1981-04-01"}`),
		[]byte(testsHeader+"\n"+chenTest), []byte(vaccinationsHeader+"\n"+chenDose), []byte(statusHeader+"\n"+chenStatus))
	f.Fuzz(func(t *testing.T, lines bool, people, tests, vaccinations, status []byte) {
		fsys := fstest.MapFS{}
		for i, data := range [][]byte{people, tests, vaccinations, status} {
			name := feedFiles[i]
			if lines && i == 0 {
				name = "people.ndjson"
			}
			fsys[name] = &fstest.MapFile{Data: data}
		}
		r, err := tryImport(fsys, nil)
		if err != nil {
			return
		}
		checkCounts(t, r.summary)
		if len(r.records) != r.summary.Records || strings.Count(r.rejects, "\n") != r.summary.Rejected {
			t.Fatalf("%d records, %d rejects, %+v", len(r.records), strings.Count(r.rejects, "\n"), r.summary)
		}
	})
}
