package series

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"math/bits"
)

// session solves for the blocks of one file by Gaussian elimination over GF(2),
// frame by frame.
type session struct {
	header
	// equations by the place of their first one, which no two share.
	equations map[int][]byte
	spare     [][]byte // equations that depend on those: nothing is left of their rows
	frames    int
	last      uint64 // when a frame came last
	solved    bool   // and the hash did not fit
}

// An equation is one slice of three parts, so that one exclusive or adds them all:
//
//	row    which blocks it is the sum of
//	data   that sum
//	of     which frames it is made of, by the order in which they told something new

// maxSpare is how many dependent equations are kept: one in two shows a forged
// frame, so that these show it but once in 65,536 times.
const maxSpare = 16

// maxTrials bounds the frames of which each is tried as the forged one: each costs
// a hash of the file.
const maxTrials = 64

func newSession(h header) *session { return &session{header: h, equations: map[int][]byte{}} }

// rank is the number of independent equations.
func (s *session) rank() int { return len(s.equations) }

func (s *session) row(equation []byte) []byte  { return equation[:rowBytes(s.count)] }
func (s *session) data(equation []byte) []byte { return equation[rowBytes(s.count):][:s.blockSize()] }
func (s *session) of(equation []byte) []byte   { return equation[rowBytes(s.count)+s.blockSize():] }

// add takes the equation of a frame.
func (s *session) add(row, data []byte) {
	s.frames++
	equation := make([]byte, 2*len(row)+len(data))
	copy(equation, row)
	copy(equation[len(row):], data)
	for {
		pivot := leadingZeros(s.row(equation))
		if pivot >= s.count {
			if len(s.spare) < maxSpare {
				s.spare = append(s.spare, equation)
			}
			return
		}
		other, found := s.equations[pivot]
		if !found {
			i := s.rank()
			s.of(equation)[i/8] ^= 0x80 >> (i % 8)
			s.equations[pivot] = equation
			return
		}
		subtle.XORBytes(equation, equation, other)
	}
}

// file returns the file when the rank is full and the hash fits, else nil.
func (s *session) file() []byte {
	if s.rank() < s.count {
		return nil
	}
	if s.solved {
		return s.repaired()
	}
	s.solve()
	s.solved = true
	if file := s.blocks(); sha256.Sum256(file[:s.length]) == s.hash {
		return file[:s.length]
	}
	return s.repaired()
}

// solve turns every equation into one block alone.
func (s *session) solve() {
	for pivot := s.count - 1; pivot > 0; pivot-- {
		known := s.equations[pivot]
		for above := range pivot {
			if equation := s.equations[above]; hasBit(equation, pivot) {
				subtle.XORBytes(equation, equation, known)
			}
		}
	}
}

// blocks returns the solved blocks one behind the other.
func (s *session) blocks() []byte {
	all := make([]byte, 0, s.count*s.blockSize())
	for i := range s.count {
		all = append(all, s.data(s.equations[i])...)
	}
	return all
}

// hopeless tells whether the hash did not fit and all the dependent equations that
// are kept did not show why.
func (s *session) hopeless() bool { return s.solved && len(s.spare) == maxSpare }

// repaired returns the file if one frame alone was forged and can be told. The
// frames of a dependent equation cancel out, so its data are zero, or else they are
// what the forged frame among them is wrong by.
func (s *session) repaired() []byte {
	suspects, wrongBy := s.suspects()
	if wrongBy == nil || countOnes(suspects) > maxTrials {
		return nil
	}
	all, size := s.blocks(), s.blockSize()
	correct := func(frame int) {
		for i := range s.count {
			if hasBit(s.of(s.equations[i]), frame) {
				subtle.XORBytes(all[i*size:][:size], all[i*size:], wrongBy)
			}
		}
	}
	for frame := range s.count {
		if !hasBit(suspects, frame) {
			continue
		}
		correct(frame)
		if file := all[:s.length]; sha256.Sum256(file) == s.hash {
			return file
		}
		correct(frame) // back as it was
	}
	return nil
}

// suspects returns the frames of which any may be the one that was forged, and what
// it is wrong by: nil when that is not known, or cannot be since there are several.
func (s *session) suspects() (frames, wrongBy []byte) {
	frames = bytes.Repeat([]byte{0xff}, rowBytes(s.count))
	for _, equation := range s.spare {
		of, data := s.of(equation), s.data(equation)
		wrong := leadingZeros(data) < 8*len(data)
		if wrong && wrongBy != nil && !bytes.Equal(wrongBy, data) {
			return nil, nil
		}
		if wrong {
			wrongBy = data
		}
		for i := range frames {
			if wrong {
				frames[i] &= of[i]
			} else {
				frames[i] &^= of[i]
			}
		}
	}
	return frames, wrongBy
}

func countOnes(row []byte) int {
	n := 0
	for _, b := range row {
		n += bits.OnesCount8(b)
	}
	return n
}
