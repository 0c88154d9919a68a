package record

import (
	"bytes"
	"math"
	"time"
	"unicode/utf8"
)

// parsePlain reads a line that is written as AppendJSON writes it: the fields in
// their order, no blank, no escape. That is nearly every line there is, and read so
// it costs a fifth. Whatever is written in another way is not ok, and for the JSON
// library to judge: where it is ok, the record is the library's. It stands in to,
// over what stood there.
func parsePlain(line []byte, to *room) (*Record, bool) {
	if !utf8.Valid(line) {
		return nil, false
	}
	s := &plain{rest: line, words: to.words}
	to.record = Record{}
	r := &to.record
	s.expect(`{"name":`)
	r.Name = s.text()
	s.expect(`,"document_type":`)
	r.DocumentType = s.word()
	s.expect(`,"document_number":`)
	r.DocumentNumber = s.text()
	if s.next(`,"birth_date":`) {
		r.BirthDate = s.text()
	}
	if s.next(`,"status":`) {
		to.status = s.status()
		r.Status = &to.status
	}
	if s.next(`,"tests":[`) {
		to.tests = list(s, to.tests[:0], (*plain).test)
		r.Tests = to.tests
	}
	if s.next(`,"vaccinations":[`) {
		to.vaccinations = list(s, to.vaccinations[:0], (*plain).vaccination)
		r.Vaccinations = to.vaccinations
	}
	if s.next(`,"exemptions":[`) {
		to.exemptions = list(s, to.exemptions[:0], (*plain).exemption)
		r.Exemptions = to.exemptions
	}
	s.expect(`}`)
	if s.failed || len(s.rest) != 0 {
		return nil, false
	}
	return r, true
}

// room is where a record is read to, with what its lists need. Used again it is
// written over.
type room struct {
	record       Record
	status       Status
	tests        []Test
	vaccinations []Vaccination
	exemptions   []Exemption

	words map[string]string // texts that many records have, once each; nil keeps none
}

// maxWords bounds the texts that a room keeps: a year has 366 days.
const maxWords = 4096

// plain is what is left of a line. After a failure everything fails.
type plain struct {
	rest   []byte
	failed bool
	words  map[string]string
}

// next passes over text if it is what comes next.
func (s *plain) next(text string) bool {
	if s.failed || len(s.rest) < len(text) || string(s.rest[:len(text)]) != text {
		return false
	}
	s.rest = s.rest[len(text):]
	return true
}

func (s *plain) expect(text string) {
	if !s.next(text) {
		s.failed = true
	}
}

// quoted reads a string without escapes.
func (s *plain) quoted() []byte {
	s.expect(`"`)
	n := bytes.IndexByte(s.rest, '"')
	if s.failed || n < 0 {
		s.failed = true
		return nil
	}
	text := s.rest[:n]
	for _, c := range text {
		if c < ' ' || c == '\\' {
			s.failed = true
		}
	}
	s.rest = s.rest[n+1:]
	return text
}

func (s *plain) text() string { return string(s.quoted()) }

// word is text of which there are few.
func (s *plain) word() string {
	text := s.quoted()
	if word, ok := s.words[string(text)]; ok {
		return word
	}
	word := string(text)
	if s.words != nil && len(s.words) < maxWords {
		s.words[word] = word
	}
	return word
}

func (s *plain) time() (t time.Time) {
	if text := s.quoted(); !s.failed && t.UnmarshalText(text) != nil {
		s.failed = true
	}
	return t
}

// number reads a number of the shortest digits, up to most.
func (s *plain) number(most uint64) (n uint64) {
	digits := 0
	for ; digits < len(s.rest) && '0' <= s.rest[digits] && s.rest[digits] <= '9' && n <= most; digits++ {
		n = n*10 + uint64(s.rest[digits]-'0')
	}
	if digits == 0 || n > most || digits > 1 && s.rest[0] == '0' {
		s.failed = true
		return 0
	}
	s.rest = s.rest[digits:]
	return n
}

func (s *plain) status() (status Status) {
	s.expect(`{"state":`)
	status.State = uint16(s.number(math.MaxUint16))
	s.expect(`,"rule":`)
	status.Rule = uint16(s.number(math.MaxUint16))
	s.expect(`,"determined":`)
	status.Determined = s.time()
	s.expect(`,"until":`)
	status.Until = s.time()
	if s.next(`,"evidence":`) {
		status.Evidence = s.text()
	}
	s.expect(`}`)
	return status
}

func (s *plain) test() (t Test) {
	s.expect(`{"kind":`)
	t.Kind = uint16(s.number(math.MaxUint16))
	s.expect(`,"result":`)
	t.Result = uint16(s.number(math.MaxUint16))
	s.expect(`,"sampled":`)
	t.Sampled = s.time()
	s.expect(`,"reported":`)
	t.Reported = s.time()
	s.expect(`,"laboratory":`)
	t.Laboratory = uint32(s.number(math.MaxUint32))
	s.expect(`}`)
	return t
}

func (s *plain) vaccination() (v Vaccination) {
	s.expect(`{"product":`)
	v.Product = uint16(s.number(math.MaxUint16))
	s.expect(`,"dose":`)
	v.Dose = uint8(s.number(math.MaxUint8))
	s.expect(`,"course":`)
	v.Course = uint8(s.number(math.MaxUint8))
	s.expect(`,"day":`)
	v.Day = s.word()
	s.expect(`}`)
	return v
}

func (s *plain) exemption() (e Exemption) {
	s.expect(`{"kind":`)
	e.Kind = uint16(s.number(math.MaxUint16))
	s.expect(`,"until":`)
	e.Until = s.time()
	s.expect(`}`)
	return e
}

// list appends what stands up to the closing bracket, at least one.
func list[T any](s *plain, all []T, read func(*plain) T) []T {
	for {
		all = append(all, read(s))
		if s.failed || s.next(`]`) {
			return all
		}
		s.expect(`,`)
	}
}
