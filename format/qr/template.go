package qr

import "sync"

// place is the column and row of a module.
type place struct{ x, y uint8 }

// template is all that symbols of one version have in common.
type template struct {
	size int
	// fixed has the dark modules of the patterns and the version information.
	fixed []row
	// path leads from the first to the last module that carries data.
	path []place
	// masks has, for each mask, the modules that it inverts, and the dark
	// modules of the format information that names it.
	masks [8][]row
}

var templates [41]func() *template

func init() {
	for version := range templates {
		templates[version] = sync.OnceValue(func() *template { return newTemplate(version) })
	}
}

func templateOf(version int) *template { return templates[version]() }

// draw returns the modules of a symbol without mask and format information.
func (t *template) draw(codewords []byte) []row {
	rows := make([]row, t.size)
	copy(rows, t.fixed)
	for i, codeword := range codewords {
		for bit, p := range t.path[8*i : 8*i+8] {
			if codeword>>(7-bit)&1 != 0 {
				rows[p.y].set(int(p.x))
			}
		}
	}
	return rows
}

// drawing is a template that is being made.
type drawing struct {
	version, size int
	dark          []row
	// taken are the modules that carry no data, light ones too.
	taken []row
}

func newTemplate(version int) *template {
	size := sizeOf(version)
	d := &drawing{version: version, size: size, dark: make([]row, size), taken: make([]row, size)}
	d.finders()
	d.timing()
	d.alignment()
	d.versionInformation()
	d.take(8, size-8, true) // always dark, beside the format information
	for i := range 15 {
		for _, p := range formatPlaces(i, size) {
			d.take(int(p.x), int(p.y), false) // drawn with the mask that it names
		}
	}
	t := &template{size: size, fixed: d.dark, path: d.path()}
	for mask := range t.masks {
		t.masks[mask] = d.mask(mask)
	}
	return t
}

// take draws a module that carries no data.
func (d *drawing) take(x, y int, dark bool) {
	d.taken[y].set(x)
	if dark {
		d.dark[y].set(x)
	}
}

// square draws concentric squares around a centre: dark but for the rings at the
// given distance from it. What lies outside of the symbol is left out.
func (d *drawing) square(x, y, radius int, light func(distance int) bool) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			if x+dx < 0 || x+dx >= d.size || y+dy < 0 || y+dy >= d.size {
				continue
			}
			d.take(x+dx, y+dy, !light(max(dx, -dx, dy, -dy)))
		}
	}
}

// finders draws the patterns of three corners with the light separators around
// them.
func (d *drawing) finders() {
	light := func(distance int) bool { return distance == 2 || distance == 4 }
	d.square(3, 3, 4, light)
	d.square(d.size-4, 3, 4, light)
	d.square(3, d.size-4, 4, light)
}

func (d *drawing) timing() {
	for i := 8; i < d.size-8; i++ {
		d.take(i, 6, i%2 == 0)
		d.take(6, i, i%2 == 0)
	}
}

func (d *drawing) alignment() {
	centres := alignmentCentres(d.version)
	last := len(centres) - 1
	for i, x := range centres {
		for j, y := range centres {
			if i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0 {
				continue // a finder pattern is there
			}
			d.square(x, y, 2, func(distance int) bool { return distance == 1 })
		}
	}
}

// alignmentCentres returns the rows, and columns, of the alignment patterns
// (ISO/IEC 18004, annex E): the first at 6, the last at the other side's 6, and
// even steps, the same but for the first, between.
func alignmentCentres(version int) []int {
	if version == 1 {
		return nil
	}
	n := version/7 + 2
	step := (version*8 + n*3 + 5) / (n*4 - 4) * 2
	centres := make([]int, n)
	centres[0] = 6
	for i := 1; i < n; i++ {
		centres[i] = sizeOf(version) - 7 - (n-1-i)*step
	}
	return centres
}

// versionInformation draws the version twice, from version 7 (ISO/IEC 18004,
// 7.10): 6 bits and 12 of a BCH code.
func (d *drawing) versionInformation() {
	if d.version < 7 {
		return
	}
	bits := d.version<<12 | remainderOf(d.version, 12, 0x1f25)
	for i := range 18 {
		near, far := i/3, d.size-11+i%3
		d.take(near, far, bits>>i&1 != 0)
		d.take(far, near, bits>>i&1 != 0)
	}
}

// path returns the modules that carry data in the order of the standard: pairs of
// columns from the right, upwards and downwards in turn, around everything taken.
func (d *drawing) path() []place {
	path := make([]place, 0, dataModules(d.version))
	upward := true
	for right := d.size - 1; right > 0; right -= 2 {
		if right == 6 {
			right-- // the column of the timing pattern
		}
		for i := range d.size {
			y := i
			if upward {
				y = d.size - 1 - i
			}
			for x := right; x >= right-1; x-- {
				if !d.taken[y].at(x) {
					path = append(path, place{uint8(x), uint8(y)})
				}
			}
		}
		upward = !upward
	}
	return path
}

// remainderOf returns value, shifted by n bits, modulo a polynomial of degree n.
func remainderOf(value, n, polynomial int) int {
	rest := value
	for range n {
		rest = rest<<1 ^ rest>>(n-1)*polynomial
	}
	return rest
}
