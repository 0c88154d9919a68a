package feed

import (
	"crypto/sha256"
	"strconv"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
)

// judge turns rows into entries: it normalises the values, finds the faults
// that the row has by itself, and gives it the key of its person. What depends
// on other rows (查无此人, repeated rows) is left to the merge. A judge serves
// one file; it is not safe for concurrent use.
type judge struct {
	kind    kind
	at      int64 // the time of the import in seconds
	columns *columnSet
	faults  faults
	values  []string // folded
	print   []byte   // what the fingerprint is taken over
	content content
	buffer  []byte
}

func newJudge(k kind, at int64) *judge {
	columns := newColumnSet(k)
	return &judge{kind: k, at: at, columns: columns, values: make([]string, len(columns.columns))}
}

// entry returns the bytes of the entry for a row, valid until the next call.
func (j *judge) entry(r *row) []byte {
	e := entry{kind: j.kind, line: uint64(r.line)}
	if r.fault != 0 {
		e.fault, e.keyless = r.fault, true
		e.key = hashKey("line", j.kind.String(), strconv.Itoa(r.line))
		return e.append(j.buffer[:0])
	}
	j.faults, j.print, j.content = 0, j.print[:0], content{data: j.content.data[:0]}
	namesNobody := j.fold(r)
	document := j.document()
	e.key = document.key
	switch j.kind {
	case people:
		namesNobody = namesNobody || document.number == ""
		j.person(document)
	case tests:
		j.test()
	case vaccinations:
		j.vaccination()
	case status:
		j.status()
	}
	for _, value := range r.extra {
		j.mark(foldText(value))
	}
	sum := sha256.Sum256(j.print)
	copy(e.print[:], sum[:])
	if namesNobody {
		e.keyless = true
		e.key = hashKey("row", j.kind.String(), string(sum[:]))
	}
	e.fault = j.faults.first()
	j.buffer = append(e.append(j.buffer[:0]), j.content.data...)
	return j.buffer
}

// fold brings all values to the form in which they are compared. It tells
// whether the document columns are so broken that they name nobody.
func (j *judge) fold(r *row) (namesNobody bool) {
	for i, value := range r.values {
		before := j.faults
		switch {
		case len(value) > maxFieldBytes:
			j.faults.add(spec.RejectFieldTooLong)
			value = ""
		case isUnreadable(value):
			j.faults.add(spec.RejectUnreadableCharacter)
		}
		switch column := j.columns.columns[i].Name; column {
		case "name":
			j.values[i] = foldName(value)
			continue
		case "document_type", "document_number":
			namesNobody = namesNobody || j.faults != before
		}
		j.values[i] = foldText(value)
	}
	return namesNobody
}

func (j *judge) value(column string) string { return j.values[j.columns.place[column]] }

// mark adds a value to the row's fingerprint.
func (j *judge) mark(value string) {
	j.print = append(append(j.print, value...), 0)
}

// markInt adds a number in place of the text that it was read from, so that a
// time counts and not the way in which it is written.
func (j *judge) markInt(value int64, ok bool, text string) {
	if ok {
		text = strconv.FormatInt(value, 10)
	}
	j.mark(text)
}

// document is what the two document columns of a row say.
type document struct {
	kind      spec.DocumentType
	known     bool // the kind is in the table
	number    string
	numberErr bool // the number is not one of its kind
	key       personKey
}

// document reads the document of a row. One person is one document class and
// number: identity card and household register carry the same citizen number,
// and so name the same person.
func (j *judge) document() document {
	kindText := j.value("document_type")
	d := document{number: foldNumber(j.value("document_number"))}
	d.kind, d.known = spec.DocumentTypeByName(kindText)
	if !d.known {
		d.key = hashKey("unknown", kindText, d.number)
		j.mark(kindText)
		j.mark(d.number)
		return d
	}
	normal, err := format.NewDocument(d.kind.Class, d.number)
	if err == nil {
		d.number = normal.Number()
	}
	d.numberErr = err != nil
	d.key = hashKey("class", strconv.Itoa(int(d.kind.Class)), d.number)
	j.mark(d.kind.Number)
	j.mark(d.number)
	return d
}

// hashKey returns the first 16 bytes of the SHA-256 over the parts.
func hashKey(parts ...string) personKey {
	var buffer [128]byte
	joined := buffer[:0]
	for _, part := range parts {
		joined = append(append(joined, part...), 0)
	}
	sum := sha256.Sum256(joined)
	return personKey(sum[:keySize])
}
