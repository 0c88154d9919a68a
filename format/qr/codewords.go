package qr

import "sync"

// Error correction of level M per version, of which index 0 does not exist
// (ISO/IEC 18004, table 9).
var (
	blocksOf = [41]int{0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
		17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49}
	// correctionOf is the number of error correction codewords per block.
	correctionOf = [41]int{0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
		26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28}
)

// sizeOf returns the number of modules on a side.
func sizeOf(version int) int { return 17 + 4*version }

// dataModules returns the number of modules that carry codewords: all but the
// finder, timing and alignment patterns and the format and version information.
func dataModules(version int) int {
	modules := (16*version+128)*version + 64
	if version >= 2 {
		n := len(alignmentCentres(version))
		modules -= (25*n-10)*n - 55
	}
	if version >= 7 {
		modules -= 2 * 18
	}
	return modules
}

// dataCodewords is the number of codewords per version that carry text.
var dataCodewords = newDataCodewords()

func newDataCodewords() (codewords [41]int) {
	for version := 1; version <= 40; version++ {
		codewords[version] = dataModules(version)/8 - blocksOf[version]*correctionOf[version]
	}
	return codewords
}

// interleave cuts the data codewords into blocks, adds the error correction of
// each, and returns all in the order of the symbol (ISO/IEC 18004, 7.6): the
// first codeword of every block, then the second, and so on.
func interleave(data []byte, version int) []byte {
	blocks, correction := blocksOf[version], correctionOf[version]
	// The last blocks are one codeword longer where the division leaves a rest.
	short, long := len(data)/blocks, len(data)%blocks
	all := make([]byte, len(data)+blocks*correction)
	check := make([]byte, correction)
	generator := generatorOf(correction)
	for block := range blocks {
		n := short
		if block >= blocks-long {
			n++
		}
		for i, codeword := range data[:n] {
			at := i*blocks + block
			if i == short { // only the longer blocks have this codeword
				at -= blocks - long
			}
			all[at] = codeword
		}
		generator.remainder(check, data[:n])
		for i, codeword := range check {
			all[short*blocks+long+i*blocks+block] = codeword
		}
		data = data[n:]
	}
	return all
}

// The field GF(256) of QR codes: polynomial 0x11d, generator 2. The powers are
// there twice, so that a sum of two logarithms needs no reduction.
var (
	power     [2 * 255]byte
	logarithm [256]int
)

func init() {
	x := 1
	for i := range 255 {
		power[i], power[i+255] = byte(x), byte(x)
		logarithm[x] = i
		if x <<= 1; x > 0xff {
			x ^= 0x11d
		}
	}
}

// generator holds the products of a Reed-Solomon generator polynomial with every
// value of the field: products[v][i] is v times the coefficient of degree
// n-1-i. The leading coefficient is 1 and left out.
type generator struct {
	products [256][]byte
}

var generators [31]func() *generator

func init() {
	for degree := range generators {
		generators[degree] = sync.OnceValue(func() *generator { return newGenerator(degree) })
	}
}

func generatorOf(degree int) *generator { return generators[degree]() }

// newGenerator multiplies (x - 2^0) (x - 2^1) ... (x - 2^(degree-1)).
func newGenerator(degree int) *generator {
	coefficients := make([]byte, degree)
	coefficients[degree-1] = 1
	for root := range degree {
		for i := range coefficients {
			coefficients[i] = multiply(coefficients[i], power[root])
			if i+1 < degree {
				coefficients[i] ^= coefficients[i+1]
			}
		}
	}
	g := new(generator)
	for value := range g.products {
		g.products[value] = make([]byte, degree)
		for i, c := range coefficients {
			g.products[value][i] = multiply(byte(value), c)
		}
	}
	return g
}

// remainder writes the error correction codewords of data into check.
func (g *generator) remainder(check, data []byte) {
	clear(check)
	for _, codeword := range data {
		products := g.products[codeword^check[0]]
		copy(check, check[1:])
		check[len(check)-1] = 0
		for i, product := range products[:len(check)] {
			check[i] ^= product
		}
	}
}

func multiply(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return power[logarithm[a]+logarithm[b]]
}
