package series

import "crypto/subtle"

// session solves for the blocks of one file by Gaussian elimination over GF(2),
// frame by frame.
type session struct {
	header
	// rows are the equations by the place of their first one, which no two share.
	// Each is a row and behind it the sum of the blocks that it names, so that one
	// exclusive or adds both.
	rows   map[int][]byte
	frames int
	last   uint64 // when a frame came last
}

func newSession(h header) *session { return &session{header: h, rows: map[int][]byte{}} }

// rank is the number of independent equations.
func (s *session) rank() int { return len(s.rows) }

// add takes the equation of a frame. One that depends on those before tells
// nothing new: if its data differ all the same, a frame is forged, and which one is
// not known.
func (s *session) add(row, data []byte) {
	s.frames++
	equation := append(row, data...)
	row = equation[:len(row)]
	for {
		pivot := leadingZeros(row)
		if pivot >= s.count {
			return
		}
		other, found := s.rows[pivot]
		if !found {
			s.rows[pivot] = equation
			return
		}
		subtle.XORBytes(equation, equation, other)
	}
}

// solve returns the file when the rank is full, and uses the equations up.
func (s *session) solve() []byte {
	width := rowBytes(s.count)
	file := make([]byte, 0, s.count*s.blockSize())
	for pivot := s.count - 1; pivot > 0; pivot-- {
		known := s.rows[pivot]
		for above := range pivot {
			if equation := s.rows[above]; hasBit(equation, pivot) {
				subtle.XORBytes(equation, equation, known)
			}
		}
	}
	for i := range s.count {
		file = append(file, s.rows[i][width:]...)
	}
	return file[:s.length]
}
