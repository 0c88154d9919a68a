package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

const (
	batches     = 2000 // of 100 calls
	maxCallFrom = 2000 // nanoseconds that a call from C may cost
)

// BenchmarkCall reports what one call costs from each language: "version-ns" with
// the smallest request, parsed, answered and the answer given back, and "way-ns"
// for the way into Go and back alone. Medians over batches of 100 calls,
// which a busy machine seldom interrupts, and over five runs.
func BenchmarkCall(b *testing.B) {
	library := filepath.Join(installed(b), "lib/libtongxing.so.1")
	program := filepath.Join(b.TempDir(), "calls")
	run(b, "gcc", append(slices.Clone(warnings), "-O2", "-I"+installed(b)+"/include", "testdata/calls.c", library, "-o", program)...)
	count := strconv.Itoa(batches)
	for _, from := range []struct {
		language string
		limit    float64
		command  []string
	}{
		{"C", maxCallFrom, []string{program, count}},
		{"Python", 0, []string{"python3", "testdata/calls.py", library, count}},
		{"Java", 0, []string{"java", "-cp", jna(), "testdata/Calls.java", library, count}},
	} {
		b.Run(from.language, func(b *testing.B) {
			var version, way []float64
			for b.Loop() {
				for range 5 {
					var v, w float64
					if _, err := fmt.Sscan(run(b, from.command[0], from.command[1:]...), &v, &w); err != nil {
						b.Fatal(err)
					}
					version, way = append(version, v), append(way, w)
				}
			}
			slices.Sort(version)
			slices.Sort(way)
			median := version[len(version)/2]
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median, "version-ns")
			b.ReportMetric(way[len(way)/2], "way-ns")
			if from.limit > 0 && median > from.limit {
				b.Errorf("%.0f ns a call, at most %.0f", median, from.limit)
			}
		})
	}
}

// BenchmarkSize reports the sizes of the two libraries, in bytes.
func BenchmarkSize(b *testing.B) {
	for _, name := range []string{"libtongxing.so.1", "libtongxing.a"} {
		file, err := os.Stat(filepath.Join(installed(b), "lib", name))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(file.Size()), name)
	}
	b.ReportMetric(0, "ns/op")
}
