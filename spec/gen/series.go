package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
)

// seriesVector is what a reader is shown, text by text, and what it makes of it.
type seriesVector struct {
	Name        string       `json:"name"`
	Comment     string       `json:"comment"`
	Requirement []string     `json:"requirement"`
	Texts       []seriesText `json:"texts"`
	File        string       `json:"file,omitempty"` // what they give, in hexadecimal
}

// seriesText is one text. A right frame has its parts beside it.
type seriesText struct {
	Text     string  `json:"text"`
	Expect   string  `json:"expect"` // frame, complete, poisoned, not_a_frame, later or damaged
	Session  string  `json:"session,omitempty"`
	Count    int     `json:"count,omitempty"`
	Sequence *uint32 `json:"sequence,omitempty"`
	Row      string  `json:"row,omitempty"` // in hexadecimal, zeros behind the last bit
}

// series is a file in blocks.
type series struct {
	file  []byte
	count int
	size  int // of a block
}

// seriesFile is a file of any bytes that nobody has to store.
func seriesFile(n int) []byte {
	var file []byte
	for i := 0; len(file) < n; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "tongxing test file/%d/%d", n, i))
		file = append(file, sum[:]...)
	}
	return file[:n]
}

func newSeries(file []byte, count int) *series {
	return &series{file, count, (len(file) + count - 1) / count}
}

func (s *series) hash() []byte {
	sum := sha256.Sum256(s.file)
	return sum[:]
}

func sessionOf(count, length uint64, hash []byte) []byte {
	sum := sha256.Sum256(arrayOf(textOf("tongxing/series/1"), uintOf(count), uintOf(length), bytesOf(hash)))
	return sum[:8]
}

func (s *series) session() []byte {
	return sessionOf(uint64(s.count), uint64(len(s.file)), s.hash())
}

// rowHash is one of the hashes whose bits are a row.
func (s *series) rowHash(sequence uint32, j byte) [32]byte {
	input := binary.BigEndian.AppendUint32(bytes.Clone(s.session()), sequence)
	return sha256.Sum256(append(input, j))
}

// bits is the row of a frame as a number whose highest of count bits is block 0.
func (s *series) bits(sequence uint32) *big.Int {
	row := new(big.Int)
	if int64(sequence) < int64(s.count) {
		return row.SetBit(row, s.count-1-int(sequence), 1)
	}
	var all []byte
	for j := byte(0); j < 4; j++ {
		sum := s.rowHash(sequence, j)
		all = append(all, sum[:]...)
	}
	row.SetBytes(all)
	row.Rsh(row, uint(8*len(all)-s.count))
	if row.Sign() == 0 {
		row.SetBit(row, s.count-1-int(sequence%uint32(s.count)), 1)
	}
	return row
}

// data is the sum of the blocks that the row names.
func (s *series) data(sequence uint32) []byte {
	row, sum := s.bits(sequence), make([]byte, s.size)
	for i := range s.count {
		if row.Bit(s.count-1-i) == 0 {
			continue
		}
		for j := range sum {
			if at := i*s.size + j; at < len(s.file) {
				sum[j] ^= s.file[at]
			}
		}
	}
	return sum
}

// parts are those of a frame, each of which can be made wrong.
type seriesParts struct{ session, count, sequence, length, hash, data raw }

func (s *series) parts(sequence uint32) seriesParts {
	return seriesParts{
		bytesOf(s.session()), uintOf(uint64(s.count)), uintOf(uint64(sequence)),
		uintOf(uint64(len(s.file))), bytesOf(s.hash()), bytesOf(s.data(sequence)),
	}
}

func (p seriesParts) items() []raw {
	return []raw{p.session, p.count, p.sequence, p.length, p.hash, p.data}
}

// checked is the frame with the check that belongs to its parts.
func (p seriesParts) checked() raw {
	sum := sha256.Sum256(arrayOf(p.items()...))
	return arrayOf(append(p.items(), bytesOf(sum[:4]))...)
}

func seriesTextOf(frame raw) string { return "TXS1:" + base45(frame) }

// text is a right frame as a text.
func (s *series) text(sequence uint32) seriesText {
	row := s.bits(sequence)
	row.Lsh(row, uint(-s.count)&7)
	bytes := row.FillBytes(make([]byte, (s.count+7)/8))
	return seriesText{
		Text: seriesTextOf(s.parts(sequence).checked()), Expect: "frame",
		Session: hex.EncodeToString(s.session()), Count: s.count, Sequence: &sequence, Row: hex.EncodeToString(bytes),
	}
}

// texts are right frames in the order given; the one that completes the file, if
// any does, says so and is the last.
func (s *series) texts(sequences ...uint32) []seriesText {
	var out []seriesText
	var rows []*big.Int // of falling highest bits
	for _, sequence := range sequences {
		out = append(out, s.text(sequence))
		row := s.bits(sequence)
		for _, other := range rows {
			if row.Bit(other.BitLen()-1) == 1 {
				row.Xor(row, other)
			}
		}
		if row.Sign() == 0 {
			continue
		}
		rows = insertRow(rows, row)
		if len(rows) == s.count {
			out[len(out)-1].Expect = "complete"
			break
		}
	}
	return out
}

func insertRow(rows []*big.Int, row *big.Int) []*big.Int {
	at := 0
	for at < len(rows) && rows[at].BitLen() > row.BitLen() {
		at++
	}
	return append(rows[:at:at], append([]*big.Int{row}, rows[at:]...)...)
}

// vector is a vector of texts that give the file.
func (s *series) vector(name, comment string, texts []seriesText, requirement ...string) *seriesVector {
	return &seriesVector{name, comment, requirement, texts, hex.EncodeToString(s.file)}
}

// seriesFiles returns the vectors as files by their paths.
func seriesFiles() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, v := range seriesVectors() {
		content, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return nil, err
		}
		name := "series/" + v.Name + ".json"
		if out[name] != nil {
			return nil, fmt.Errorf("two vectors are named %s", v.Name)
		}
		out[name] = append(content, '\n')
	}
	return out, nil
}

// sequence returns n numbers from first on.
func sequence(first uint32, n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = first + uint32(i)
	}
	return out
}
