package status

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// The figures and the pictures that are made of them, for people to look at.
const (
	figuresFile = "../../bench/status_sizes.csv"
	uniformFile = "../../bench/status_uniform.svg"
	runsFile    = "../../bench/status_runs.svg"
)

// plottedRun is the length of the runs of the second picture.
const plottedRun = 100

var plottedShares = []float64{0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1}

var figureColumns = []string{"run", "share", "members", "entropy", "wire", "memory", "zlib", "roaring", "fuse"}

func (s sizes) row() []string {
	row := []string{strconv.Itoa(s.run), strconv.FormatFloat(s.share, 'f', -1, 64), strconv.Itoa(s.members), fmt.Sprintf("%.0f", s.entropy)}
	for _, size := range []int{s.wire, s.memory, s.zlib, s.roaring, s.fuse} {
		row = append(row, strconv.Itoa(size))
	}
	return row
}

func sizesOf(row []string) (sizes, error) {
	var values [9]float64
	for i, text := range row {
		var err error
		if values[i], err = strconv.ParseFloat(text, 64); err != nil {
			return sizes{}, err
		}
	}
	whole := func(i int) int { return int(values[i]) }
	return sizes{
		run: whole(0), share: values[1], members: whole(2), entropy: values[3],
		wire: whole(4), memory: whole(5), zlib: whole(6), roaring: whole(7), fuse: whole(8),
	}, nil
}

func writeFigures(t testing.TB, all []sizes) {
	rows := [][]string{figureColumns}
	for _, s := range all {
		rows = append(rows, s.row())
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(figuresFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFigures(t testing.TB) []sizes {
	data, err := os.ReadFile(figuresFile)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+2*len(plottedShares) || !slices.Equal(rows[0], figureColumns) {
		t.Fatalf("%s: %d rows of %v", figuresFile, len(rows), rows[0])
	}
	var all []sizes
	for _, row := range rows[1:] {
		s, err := sizesOf(row)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// pictures returns what the files of the pictures hold.
func pictures(all []sizes) map[string]string {
	of := func(run int) []sizes {
		return slices.DeleteFunc(slices.Clone(all), func(s sizes) bool { return s.run != run })
	}
	return map[string]string{
		uniformFile: draw(
			"状态列表的大小：一亿个位置，均匀分布",
			"Size of a status list: 100,000,000 places, uniform", of(1)),
		runsFile: draw(
			fmt.Sprintf("状态列表的大小：一亿个位置，一半成员 %d 个相连", plottedRun),
			fmt.Sprintf("Size of a status list: 100,000,000 places, half of the members in runs of %d", plottedRun), of(plottedRun)),
	}
}

// BenchmarkPlotOf100MillionPlaces writes the figures and the pictures again.
func BenchmarkPlotOf100MillionPlaces(b *testing.B) {
	for b.Loop() {
		var all []sizes
		for _, run := range []int{1, plottedRun} {
			for _, share := range plottedShares {
				s, _ := allSizes(b, share, run)
				all = append(all, s)
			}
		}
		writeFigures(b, all)
		for file, picture := range pictures(all) {
			if err := os.WriteFile(file, []byte(picture), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func TestThePicturesAreDrawnOfTheFigures(t *testing.T) {
	for file, want := range pictures(readFigures(t)) {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what its figures give: make bench writes it again", file)
		}
	}
}

// Those that take long are made again by the benchmark alone.
func TestTheFiguresAreThoseOfThisCode(t *testing.T) {
	for _, want := range readFigures(t) {
		if want.share > 0.001 {
			continue
		}
		got, members := quickSizes(t, want.share, want.run)
		got.entropy, got.zlib, got.fuse = math.Round(got.entropy), want.zlib, want.fuse
		if got != want {
			t.Errorf("%v, %s has %v: make bench writes it again", got, figuresFile, want)
		}
		if len(members) > 20_000 {
			got.check(t, members)
		}
	}
}
