package feed_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/feed"
	"github.com/tongxing/tongxing/issuer/record"
)

const (
	million        = 1_000_000
	memoryBoundMiB = 512
)

// BenchmarkImportMillion imports feeds of 1,000,000 people (1,000,000 tests,
// 2,000,000 vaccinations, 1,000,000 rows of status) from disk to disk and fails
// when the process ever held more than 512 MiB. No GOMEMLIMIT is set: the bound
// holds without it.
func BenchmarkImportMillion(b *testing.B) {
	folder := b.TempDir()
	rows := writeFeeds(b, folder, million)
	debug.FreeOSMemory()
	resetPeak(b)
	for b.Loop() {
		out, err := os.Create(filepath.Join(folder, "records.jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		summary, err := feed.Import(context.Background(), os.DirFS(folder), feed.Options{
			Region: "33", At: feedsEnd, Records: out, Rejects: io.Discard, TempDir: folder,
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := out.Close(); err != nil {
			b.Fatal(err)
		}
		if summary.Records != million || summary.Rejected != 0 {
			b.Fatalf("%+v", summary)
		}
	}
	peak := peakMiB(b)
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(peak, "peak-MiB")
	b.ReportMetric(0, "ns/op")
	if peak > memoryBoundMiB {
		b.Fatalf("the process held %.0f MiB, at most %d", peak, memoryBoundMiB)
	}
}

// BenchmarkImportReal imports the real export of 5,000 people.
func BenchmarkImportReal(b *testing.B) {
	rows := 0
	for b.Loop() {
		summary, _, _ := importReal(b, "33")
		rows = 0
		for _, f := range summary.Files {
			rows += f.Rows
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// writeFeeds writes feeds of n people in an order that has nothing to do with
// that of their claims, and returns the number of rows.
func writeFeeds(b *testing.B, folder string, n int) (rows int) {
	b.Helper()
	random := rand.New(rand.NewPCG(33, 33))
	claims := random.Perm(n)
	rows += writeFeed(b, folder, "people.csv", peopleHeader, n, func(i int) string {
		number, born := syntheticNumber(i)
		return fmt.Sprintf("%c%c%c,01,%s,%s\n", '一'+i%5000, '一'+i/7%20000, '丁'+i%11, number, born.Format(dateForms[i%len(dateForms)]))
	})
	forms := append([]string{time.RFC3339}, minuteForms...)
	form := func(i, k int) string { return forms[(i*7+k)%len(forms)] }
	rows += writeFeed(b, folder, "tests.csv", testsHeader, n, func(i int) string {
		number, _ := syntheticNumber(claims[i])
		reported := feedsEnd.Add(-time.Duration(i%10_000) * time.Minute)
		return fmt.Sprintf("01,%s,核酸,阴性,%s,%s,华大火眼实验室,33000000%d\n", number,
			reported.Add(-9*time.Hour).Format(form(i, 0)), reported.Format(form(i, 1)), i%9+1)
	})
	rows += writeFeed(b, folder, "vaccinations.csv", vaccinationsHeader, 2*n, func(i int) string {
		number, _ := syntheticNumber(claims[i%n])
		day := feedsEnd.AddDate(0, 0, -400+200*(i/n))
		return fmt.Sprintf("01,%s,新型冠状病毒灭活疫苗(Vero细胞),北京生物制品研究所有限责任公司,%d,%s,330000接种点%d\n",
			number, i/n+1, day.Format(dateForms[i%len(dateForms)]), i%90)
	})
	rows += writeFeed(b, folder, "status.csv", statusHeader, n, func(i int) string {
		number, _ := syntheticNumber(claims[n-1-i])
		from := feedsEnd.Add(-time.Duration(i%5_000) * time.Minute)
		return fmt.Sprintf("01,%s,绿码,G01,%s,%s,\n", number, from.Format(form(i, 2)), from.AddDate(0, 0, 7).Format(form(i, 3)))
	})
	return rows
}

func writeFeed(b *testing.B, folder, name, header string, n int, row func(int) string) int {
	b.Helper()
	file, err := os.Create(filepath.Join(folder, name))
	if err != nil {
		b.Fatal(err)
	}
	writer := bufio.NewWriter(file)
	writer.WriteString("\ufeff" + header + "\n")
	for i := range n {
		writer.WriteString(row(i))
	}
	if err := writer.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return n
}

// syntheticNumber returns the i-th citizen number of a county that does not
// exist, and its date of birth.
func syntheticNumber(i int) (string, time.Time) {
	born := time.Date(1930, 1, 1, 0, 0, 0, 0, record.Zone).AddDate(0, 0, i%33_000)
	number := fmt.Sprintf("339999%s%03d", born.Format("20060102"), i/33_000)
	sum := 0
	for k := range 17 {
		sum += int(number[k]-'0') * (1 << (17 - k) % 11)
	}
	return number + string("10X98765432"[sum%11]), born
}

// resetPeak makes the kernel forget the most memory that this process held.
func resetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak includes what the benchmark itself held: %v", err)
	}
}

// peakMiB returns the most memory that this process held (VmHWM).
func peakMiB(b *testing.B) float64 {
	b.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
			return kib / 1024
		}
	}
	b.Fatal("no VmHWM in /proc/self/status")
	return 0
}
