package qr

// maskConditions are the eight data masks: a module at column x of row y is
// inverted where the condition holds (ISO/IEC 18004, table 10).
var maskConditions = [8]func(x, y int) bool{
	func(x, y int) bool { return (x+y)%2 == 0 },
	func(_, y int) bool { return y%2 == 0 },
	func(x, _ int) bool { return x%3 == 0 },
	func(x, y int) bool { return (x+y)%3 == 0 },
	func(x, y int) bool { return (x/3+y/2)%2 == 0 },
	func(x, y int) bool { return x*y%2+x*y%3 == 0 },
	func(x, y int) bool { return (x*y%2+x*y%3)%2 == 0 },
	func(x, y int) bool { return ((x+y)%2+x*y%3)%2 == 0 },
}

// mask returns the modules that a mask inverts, with the format information that
// names it: its dark modules lie where nothing else is drawn.
func (d *drawing) mask(mask int) []row {
	rows := make([]row, d.size)
	for y := range d.size {
		for x := range d.size {
			if !d.taken[y].at(x) && maskConditions[mask](x, y) {
				rows[y].set(x)
			}
		}
	}
	format := formatInformation(mask)
	for i := range 15 {
		if format>>i&1 == 0 {
			continue
		}
		for _, p := range formatPlaces(i, d.size) {
			rows[p.y].set(int(p.x))
		}
	}
	return rows
}

// formatInformation returns the 15 bits that name level M and the mask
// (ISO/IEC 18004, 7.9): two bits of the level, which are 00 for M, three of the
// mask, ten of a BCH code, and all that against a pattern, so that it is never
// all light.
func formatInformation(mask int) int {
	return (mask<<10 | remainderOf(mask, 10, 0x537)) ^ 0x5412
}

// formatPlaces returns the two modules of bit i of the format information, one
// beside the finder pattern of the top left, one beside the other two.
func formatPlaces(i, size int) [2]place {
	var p [2]place
	switch {
	case i < 6:
		p[0] = place{8, uint8(i)}
	case i < 8:
		p[0] = place{8, uint8(i + 1)} // past the timing pattern
	case i == 8:
		p[0] = place{7, 8}
	default:
		p[0] = place{uint8(14 - i), 8}
	}
	if i < 8 {
		p[1] = place{uint8(size - 1 - i), 8}
	} else {
		p[1] = place{8, uint8(size - 15 + i)}
	}
	return p
}

// bestMask returns the mask of least penalty, the first of equal ones, and the
// modules under it.
func (t *template) bestMask(plain []row) (best int, rows []row) {
	least := -1
	masked, rows := make([]row, t.size), make([]row, t.size)
	for mask := range t.masks {
		t.apply(mask, plain, masked)
		if points := penalty(masked); least < 0 || points < least {
			best, least = mask, points
			masked, rows = rows, masked
		}
	}
	return best, rows
}

// apply writes plain under a mask, format information included, into masked.
func (t *template) apply(mask int, plain, masked []row) {
	for y, inverted := range t.masks[mask] {
		masked[y] = plain[y].xor(inverted)
	}
}

// The points of the four features that mislead readers (ISO/IEC 18004, table 11).
const (
	runPoints     = 3
	blockPoints   = 3
	finderPoints  = 40
	balancePoints = 10
)

// penalty counts the features that mislead readers. It looks at all modules of a
// row at once: bit x of a row stands for what begins, or for columns ends, at
// module x.
func penalty(rows []row) int {
	size := len(rows)
	points, dark := 0, 0
	var vertical columns
	for y, r := range rows {
		dark += r.count()
		equal := r.xor(r.from(1)).not().and(firstModules(size - 1))
		points += runs(equal.and(equal.from(1)).and(equal.from(2).and(equal.from(3))))
		points += finderPoints * finders(r, size)
		if y > 0 {
			above := r.xor(rows[y-1]).not().and(firstModules(size))
			points += blockPoints * equal.and(above).and(above.from(1)).count()
		}
		points += vertical.next(r, size)
	}
	// Steps of 5 % away from half of the modules.
	total := size * size
	deviation := max(20*dark-10*total, 10*total-20*dark)
	return points + balancePoints*(deviation/total)
}

// runs gives the points for runs of five and more equal modules, of which five
// marks the first of each five: one for each, and two more for each run.
func runs(five row) int {
	return five.count() + (runPoints-1)*five.and(five.to(1).not()).count()
}

// finders counts the places in a row that look like a finder pattern: dark and
// light in the ratio 1:1:3:1:1 with four light modules before or behind.
func finders(r row, size int) int {
	// core has a bit where 1011101 begins.
	light := r.not().and(firstModules(size))
	core := r.and(light.from(1)).and(r.from(2).and(r.from(3))).and(r.from(4).and(light.from(5)).and(r.from(6)))
	four := light.and(light.from(1)).and(light.from(2).and(light.from(3)))
	return core.and(four.to(4)).count() + core.and(four.from(7)).count()
}

// columns remembers the last rows, to see runs and finder patterns downwards.
type columns struct {
	seen  int
	rows  [11]row // rows[i] is the i-th before the present one
	fives row     // columns where the last five rows are equal
}

// next gives the points for all that ends with row r.
func (c *columns) next(r row, size int) int {
	copy(c.rows[1:], c.rows[:])
	c.rows[0] = r
	c.seen++
	points := 0
	all := firstModules(size)
	if c.seen >= 5 {
		fives := c.dark(0, 5).or(c.light(0, 5)).and(all)
		points += fives.count() + (runPoints-1)*fives.and(c.fives.not()).count()
		c.fives = fives
	}
	if c.seen >= 11 {
		before := c.light(7, 4).and(c.finder(0))
		behind := c.light(0, 4).and(c.finder(4))
		points += finderPoints * (before.and(all).count() + behind.and(all).count())
	}
	return points
}

// dark has the columns whose n rows from the i-th before are all dark.
func (c *columns) dark(i, n int) row {
	r := c.rows[i]
	for _, o := range c.rows[i+1 : i+n] {
		r = r.and(o)
	}
	return r
}

// light has the columns whose n rows from the i-th before are all light. Beyond
// the symbol it has bits too.
func (c *columns) light(i, n int) row {
	r := c.rows[i]
	for _, o := range c.rows[i+1 : i+n] {
		r = r.or(o)
	}
	return r.not()
}

// finder has the columns with 1011101 in the seven rows from the i-th before.
func (c *columns) finder(i int) row {
	light := c.rows[i+1].or(c.rows[i+5]).not()
	return c.rows[i].and(c.dark(i+2, 3)).and(c.rows[i+6]).and(light)
}
