package feed_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tongxing/tongxing/issuer/feed"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
)

// feedsEnd is when the exports in testdata end.
var feedsEnd = time.Date(2022, 8, 10, 8, 0, 0, 0, record.Zone)

const realFeeds = "../../testdata/feeds"

// importReal imports one of the real exports.
func importReal(t testing.TB, region string) (summary feed.Summary, records, rejects []byte) {
	t.Helper()
	var out, refused bytes.Buffer
	summary, err := feed.Import(context.Background(), os.DirFS(filepath.Join(realFeeds, region)), feed.Options{
		Region: region, At: feedsEnd, Records: &out, Rejects: &refused,
	})
	if err != nil {
		t.Fatal(err)
	}
	return summary, out.Bytes(), refused.Bytes()
}

// tableRows reads CSV in UTF-8 as sorted rows without the header.
func tableRows(t testing.TB, data []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	rows = rows[1:]
	slices.SortFunc(rows, slices.Compare)
	return rows
}

func TestRealExportsAreRefusedExactlyAsListed(t *testing.T) {
	for region, people := range map[string]int{"33": 5000, "41": 2000, "46": 300} {
		summary, _, rejects := importReal(t, region)
		listed, err := os.ReadFile(filepath.Join(realFeeds, region, "rejects.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(listed, []byte("\xef\xbb\xbf")) == (region == "41") {
			t.Fatalf("%s has another encoding than it had", region)
		}
		if region == "41" {
			if listed, err = simplifiedchinese.GB18030.NewDecoder().Bytes(listed); err != nil {
				t.Fatal(err)
			}
		}
		got, want := tableRows(t, rejects), tableRows(t, listed)
		for _, row := range got {
			if !containsRow(want, row) {
				t.Errorf("%s: refuses %s", region, row)
			}
		}
		for _, row := range want {
			if !containsRow(got, row) {
				t.Errorf("%s: does not refuse %s", region, row)
			}
		}
		if summary.Files[0].Rows != people || summary.Rejected != len(want) {
			t.Errorf("%s: %+v", region, summary)
		}
		checkCounts(t, summary)
	}
}

func containsRow(rows [][]string, row []string) bool {
	return slices.ContainsFunc(rows, func(x []string) bool { return slices.Equal(x, row) })
}

// checkCounts holds the law of FileSummary: every row is counted once.
func checkCounts(t testing.TB, s feed.Summary) {
	t.Helper()
	rejected := 0
	for _, f := range s.Files {
		if f.Rows != f.Repeated+f.Rejected+f.OfRefused+f.Accepted {
			t.Errorf("rows of %s do not add up: %+v", f.Feed, f)
		}
		rejected += f.Rejected
	}
	reasons := 0
	for _, n := range s.Reasons {
		reasons += n
	}
	if rejected != s.Rejected || reasons != s.Rejected || s.People != s.Records+s.WithoutClaim || s.People != s.Files[0].Accepted {
		t.Errorf("sums do not add up: %+v", s)
	}
}

func TestRejectsAreSortedUTF8WithTheHeader(t *testing.T) {
	_, _, rejects := importReal(t, "41")
	if !bytes.HasPrefix(rejects, []byte("文件,行号,原因\npeople.csv,27,出生日期与证件号码不符\n")) {
		t.Errorf("%.80s", rejects)
	}
	var files []string
	for line := range strings.Lines(string(rejects)) {
		files = append(files, strings.SplitN(line, ",", 2)[0])
	}
	if !slices.IsSorted(files[1:]) {
		t.Error("files are not in their order")
	}
}

func TestRealRecordsHold(t *testing.T) {
	for _, region := range []string{"33", "41", "46"} {
		summary, data, _ := importReal(t, region)
		reader := record.NewReader(bytes.NewReader(data))
		count := 0
		for {
			r, err := reader.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			count++
			checkRecord(t, r)
		}
		if count != summary.Records || count == 0 {
			t.Errorf("%s: %d records, the summary says %d", region, count, summary.Records)
		}
	}
}

func checkRecord(t *testing.T, r *record.Record) {
	t.Helper()
	if !r.HasClaim() {
		t.Errorf("%+v has no claim", r)
	}
	if s := r.Status; s != nil && (s.Determined.After(feedsEnd) || !s.Until.After(feedsEnd)) {
		t.Errorf("%+v is not current", s)
	}
	for i, test := range r.Tests {
		if test.Reported.After(feedsEnd) || feedsEnd.Sub(test.Reported) > 43_200*time.Minute || test.Result == 2 {
			t.Errorf("%+v does not matter", test)
		}
		if i > 0 && test.Reported.After(r.Tests[i-1].Reported) {
			t.Errorf("%+v is not sorted", r.Tests)
		}
	}
	for i, v := range r.Vaccinations {
		if i > 0 && v.Dose < r.Vaccinations[i-1].Dose {
			t.Errorf("%+v is not sorted", r.Vaccinations)
		}
	}
}

// TestProvinceTableHoldsThatOfTheFeeds: the feeds came with a table of provinces.
func TestProvinceTableHoldsThatOfTheFeeds(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(realFeeds, "provinces.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := tableRows(t, data)
	if len(rows) != len(spec.Provinces()) {
		t.Errorf("%d provinces, want %d", len(spec.Provinces()), len(rows))
	}
	for _, row := range rows {
		if p, ok := spec.ProvinceByNumber(row[0]); !ok || p.ISO != row[1] || p.Label.ZH != row[2] {
			t.Errorf("%q is %+v", row, p)
		}
	}
}

// TestImportsRunSideBySide: an import shares nothing that it changes.
func TestImportsRunSideBySide(t *testing.T) {
	_, want, _ := importReal(t, "46")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, got, _ := importReal(t, "46"); !bytes.Equal(got, want) {
				t.Error("another result beside others")
			}
		})
	}
	group.Wait()
}
