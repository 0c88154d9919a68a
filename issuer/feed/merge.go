package feed

import (
	"encoding/binary"
	"slices"

	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
)

// merger reads the entries in their order, person by person, and hands on the
// rejects and the records. It holds one person at a time.
type merger struct {
	at      int64
	summary *Summary
	reject  func(kind, line uint64, reason spec.Reject) error
	record  func(line uint64, r *record.Record) error

	started bool
	key     personKey
	last    entry // the entry before
	named   bool  // the people file has a row for the key
	rivals  bool  // its valid rows contradict each other
	lines   []uint64
	person  *person // set when a valid row has been seen
	settled bool    // all people rows of the key have been read
}

// add takes in the next entry.
func (m *merger) add(data []byte) error {
	e, rest, err := parseEntry(data)
	if err != nil {
		return err
	}
	if !m.started || e.key != m.key {
		if err := m.finish(); err != nil {
			return err
		}
		*m = merger{at: m.at, summary: m.summary, reject: m.reject, record: m.record, lines: m.lines[:0],
			started: true, key: e.key}
	} else if e.kind == m.last.kind && e.print == m.last.print && e.keyless == m.last.keyless {
		m.summary.Files[e.kind].Repeated++
		return nil
	}
	m.last = e
	if e.keyless {
		return m.refuse(e.kind, e.line, e.fault)
	}
	if e.kind == people {
		return m.addPerson(e, content{data: rest})
	}
	if err := m.settle(); err != nil {
		return err
	}
	return m.addClaim(e, content{data: rest})
}

func (m *merger) refuse(k kind, line uint64, reason spec.Reject) error {
	m.summary.Files[k].Rejected++
	m.summary.Rejected++
	m.summary.Reasons[reason]++
	return m.reject(uint64(k), line, reason)
}

// addPerson takes in a row of the people file. A refused row beside a good one
// of the same document harms nobody: the person was sent again, corrected.
func (m *merger) addPerson(e entry, c content) error {
	m.named = true
	if e.fault != 0 {
		return m.refuse(people, e.line, e.fault)
	}
	who := identity{documentType: c.text(), number: c.text(), name: c.text(), birth: c.int()}
	if err := c.err(); err != nil {
		return err
	}
	m.lines = append(m.lines, e.line)
	switch {
	case m.person == nil:
		m.person = &person{identity: who, line: e.line}
	case !m.person.identity.sameHolder(who):
		m.rivals = true
	case e.line < m.person.line:
		m.person.identity, m.person.line = who, e.line
	}
	return nil
}

// settle decides about the person when all rows of the people file are known.
// Nothing tells which of two contradicting rows is right, and a code with a
// stranger's name helps nobody, so none of them is believed.
func (m *merger) settle() error {
	if m.settled {
		return nil
	}
	m.settled = true
	slices.Sort(m.lines)
	counts := &m.summary.Files[people]
	switch {
	case m.rivals:
		m.person = nil
		for _, line := range m.lines {
			if err := m.refuse(people, line, spec.RejectDocumentContradicted); err != nil {
				return err
			}
		}
	case m.person != nil:
		m.summary.People++
		counts.Accepted++
		counts.Repeated += len(m.lines) - 1
	}
	return nil
}

// addClaim takes in a row of another file.
func (m *merger) addClaim(e entry, c content) error {
	counts := &m.summary.Files[e.kind]
	switch {
	case !m.named:
		return m.refuse(e.kind, e.line, spec.RejectPersonUnknown)
	case m.person == nil:
		counts.OfRefused++
		return nil
	case e.fault != 0:
		return m.refuse(e.kind, e.line, e.fault)
	}
	counts.Accepted++
	switch e.kind {
	case tests:
		m.addTest(&c)
	case vaccinations:
		m.person.addDose(dose{product: uint16(c.int()), dose: uint8(c.int()), day: c.int()})
	case status:
		m.addStatus(e.line, &c)
	}
	return c.err()
}

func (m *merger) addTest(c *content) {
	t := testRow{kind: uint16(c.int()), result: uint16(c.int()), sampled: c.int(), reported: c.int(), laboratory: uint32(c.int())}
	switch {
	case t.result == spec.ResultInconclusive:
		m.summary.TestsInconclusive++
	case m.at-t.reported > maxTestAge:
		m.summary.TestsTooOld++
	default:
		m.person.tests.add(t)
	}
}

func (m *merger) addStatus(line uint64, c *content) {
	s := statusRow{state: uint16(c.int()), rule: uint16(c.int()), from: c.int(), until: c.int(), evidence: c.text(), line: line}
	switch {
	case s.from > m.at:
		m.summary.StatusFuture++
	case m.person.addStatus(s):
		m.summary.StatusTied++
	}
}

// finish hands on the record of the person whose entries have ended.
func (m *merger) finish() error {
	if !m.started {
		return nil
	}
	if err := m.settle(); err != nil || m.person == nil {
		return err
	}
	r, expired := m.person.record(m.at)
	if expired {
		m.summary.StatusExpired++
	}
	if !r.HasClaim() {
		m.summary.WithoutClaim++
		return nil
	}
	m.summary.Records++
	return m.record(m.person.line, &r)
}

// appendLineKey appends what records and rejects are sorted by.
func appendLineKey(dst []byte, line uint64) []byte { return binary.BigEndian.AppendUint64(dst, line) }
