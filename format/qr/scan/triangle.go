package scan

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// gozxing's own search for several codes tries every three finder patterns and
// takes minutes on a picture of a few hundred, and it gives up on codes that are
// seen at an angle. So the triangles are chosen here, in bounded number.

// Bounds of the search.
const (
	// rowsApart is the distance of the rows that are searched; the centre of a
	// pattern is at least as high where its modules are one pixel wide.
	rowsApart = 3
	// mostPatterns is the number of finder patterns at which the search of a
	// picture ends: a page of a hundred codes has as many.
	mostPatterns = 300
	// mostPerCorner is the number of triangles kept for each top left corner.
	mostPerCorner = 12
)

// What is taken for the finder patterns of one symbol. In a true one as seen from
// the front all sizes are equal and the corner is square.
const (
	mostSizeRatio  = 1.5  // of the module sizes that two patterns show
	mostLegsRatio  = 1.5  // of the two legs
	mostCosine     = 0.45 // of the angle at the top left: 63 to 117 degrees
	leastLegLength = 10   // modules; 14 in version 1
	mostLegLength  = 200  // modules; 170 in version 40
)

// findPatterns returns the finder patterns of a picture: what has dark and light
// in the ratio 1:1:3:1:1 across, down and diagonally.
func findPatterns(matrix *gozxing.BitMatrix) []*detector.FinderPattern {
	finder := detector.NewFinderPatternFinder(matrix, nil)
	for y := rowsApart - 1; y < matrix.GetHeight(); y += rowsApart {
		findInRow(finder, matrix, y)
		if len(finder.GetPossibleCenters()) >= mostPatterns {
			break
		}
	}
	return finder.GetPossibleCenters()
}

// findInRow follows the lengths of the last five runs of one colour.
func findInRow(finder *detector.FinderPatternFinder, matrix *gozxing.BitMatrix, y int) {
	runs := make([]int, 5)
	dark := false
	for x := 0; x <= matrix.GetWidth(); x++ {
		now := x < matrix.GetWidth() && matrix.Get(x, y)
		if now == dark {
			runs[4]++
			continue
		}
		if dark && detector.FinderPatternFinder_foundPatternCross(runs) {
			finder.HandlePossibleCenter(runs, y, x)
		}
		copy(runs, runs[1:])
		runs[4], dark = 1, now
	}
}

// triangle is three finder patterns, by their indices, that may be the corners of
// one symbol.
type triangle struct {
	topLeft, topRight, bottomLeft int
	// doubt is 0 for a perfect corner; larger symbols get a little more, since
	// those that span several codes are larger than the codes.
	doubt float64
}

func (t triangle) touches(used []bool) bool {
	return used[t.topLeft] || used[t.topRight] || used[t.bottomLeft]
}

func (t triangle) info(patterns []*detector.FinderPattern) *detector.FinderPatternInfo {
	return detector.NewFinderPatternInfo(patterns[t.bottomLeft], patterns[t.topLeft], patterns[t.topRight])
}

// triangles returns what may be symbols, the likeliest first.
func triangles(patterns []*detector.FinderPattern) []triangle {
	var all []triangle
	for corner := range patterns {
		all = append(all, trianglesAt(patterns, corner)...)
	}
	slices.SortFunc(all, compareDoubt)
	return all
}

func compareDoubt(a, b triangle) int {
	return cmp.Or(cmp.Compare(a.doubt, b.doubt), cmp.Compare(a.topRight, b.topRight), cmp.Compare(a.topLeft, b.topLeft))
}

// trianglesAt returns the likeliest triangles with a given top left corner.
func trianglesAt(patterns []*detector.FinderPattern, corner int) []triangle {
	legs := legsFrom(patterns, corner)
	best := make([]triangle, 0, mostPerCorner+1)
	for i, a := range legs {
		for _, b := range legs[:i] {
			t, ok := newTriangle(corner, a, b)
			if !ok || len(best) == mostPerCorner && compareDoubt(t, best[mostPerCorner-1]) >= 0 {
				continue
			}
			at, _ := slices.BinarySearchFunc(best, t, compareDoubt)
			best = slices.Insert(best, at, t)
			best = best[:min(len(best), mostPerCorner)]
		}
	}
	return best
}

// leg is the way from one finder pattern to another.
type leg struct {
	to              int
	x, y            float64 // pixels
	length, modules float64
}

func legsFrom(patterns []*detector.FinderPattern, corner int) []leg {
	var legs []leg
	from := patterns[corner]
	for i, to := range patterns {
		x, y := to.GetX()-from.GetX(), to.GetY()-from.GetY()
		small := min(from.GetEstimatedModuleSize(), to.GetEstimatedModuleSize())
		large := max(from.GetEstimatedModuleSize(), to.GetEstimatedModuleSize())
		length := math.Hypot(x, y)
		modules := length * 2 / (small + large)
		if large <= small*mostSizeRatio && modules >= leastLegLength && modules <= mostLegLength {
			legs = append(legs, leg{to: i, x: x, y: y, length: length, modules: modules})
		}
	}
	return legs
}

func newTriangle(corner int, a, b leg) (triangle, bool) {
	cosine := math.Abs(a.x*b.x+a.y*b.y) / (a.length * b.length)
	ratio := max(a.length, b.length) / min(a.length, b.length)
	if cosine > mostCosine || ratio > mostLegsRatio {
		return triangle{}, false
	}
	// Rows count downwards: the top right comes clockwise before the bottom left.
	if a.x*b.y-a.y*b.x < 0 {
		a, b = b, a
	}
	doubt := cosine + ratio - 1 + (a.modules+b.modules)/(4*mostLegLength)
	return triangle{topLeft: corner, topRight: a.to, bottomLeft: b.to, doubt: doubt}, true
}
