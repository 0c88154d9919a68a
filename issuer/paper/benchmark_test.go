package paper

import (
	"io"
	"runtime"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
)

// BenchmarkSingleSheets signs a credential, draws its symbol and writes a file of
// its own: the mark is 200 a second and core.
func BenchmarkSingleSheets(b *testing.B) {
	p := printer(b, Options{Layout: Sheet})
	c := rich()
	for b.Loop() {
		c.Ref.Index++
		data, err := format.Encode(c, key)
		if err != nil {
			b.Fatal(err)
		}
		e, err := p.Prepare(transport.Encode(data), source)
		if err != nil {
			b.Fatal(err)
		}
		d, err := p.Begin(io.Discard, Cover{Created: created})
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Add(e); err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}

// bulk writes n sheets into one file and returns the most memory in use.
func bulk(b *testing.B, p *Printer, codes []string, n int) (peak uint64) {
	b.Helper()
	d, err := p.Begin(io.Discard, Cover{Created: created})
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		e, err := p.Prepare(codes[i%len(codes)], source)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Add(e); err != nil {
			b.Fatal(err)
		}
		if i%5000 == 4999 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	return peak
}

// BenchmarkBulkPages writes one file: the mark is 600 pages a second and core.
func BenchmarkBulkPages(b *testing.B) {
	const pages = 500
	p := printer(b, Options{Layout: Sheet})
	codes := people(b, 100)
	for b.Loop() {
		bulk(b, p, codes, pages)
	}
	b.ReportMetric(float64(b.N*pages)/b.Elapsed().Seconds(), "pages/s")
}

// BenchmarkBulkTenthOfAMillionPages shows that memory does not grow with the
// pages: the heap after 5,000 pages and after 100,000.
func BenchmarkBulkTenthOfAMillionPages(b *testing.B) {
	p := printer(b, Options{Layout: Sheet})
	codes := people(b, 100)
	for b.Loop() {
		few := bulk(b, p, codes, 5_000)
		many := bulk(b, p, codes, 100_000)
		b.ReportMetric(float64(few)/1e6, "MB-at-5000")
		b.ReportMetric(float64(many)/1e6, "MB-at-100000")
	}
}

// BenchmarkPrepare is what looking at a code before printing costs.
func BenchmarkPrepare(b *testing.B) {
	p := printer(b, Options{Layout: Register})
	text := code(b, rich())
	for b.Loop() {
		if _, err := p.Prepare(text, source); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWidth measures a line of text.
func BenchmarkWidth(b *testing.B) {
	face := typeface(b)
	for b.Loop() {
		face.Width(5*pdf.Millimetre, "进入场所时，请把二维码给工作人员扫描，并出示证件。")
	}
}
