package feed

import (
	"cmp"
	"slices"
	"time"

	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
)

// person gathers what the rows of one person say, row by row and in any order,
// keeping only what can still become part of the record.
type person struct {
	identity identity
	line     uint64 // where the people file first names the person
	tests    testSelection
	doses    []dose
	first    dose // the earliest dose, whose product sets the primary course
	status   *statusRow
}

// identity is what the rows of one person must agree on.
type identity struct {
	documentType, number, name string
	birth                      int64
}

func (i identity) sameHolder(other identity) bool {
	return i.name == other.name && i.birth == other.birth
}

type dose struct {
	product uint16
	dose    uint8
	day     int64
}

// addDose keeps the highest dose of each product; of two rows with the same
// dose of one product the later day, which no rule about days since then reads
// in the holder's favour.
func (p *person) addDose(d dose) {
	if p.first.dose == 0 || compareDoses(d, p.first) < 0 {
		p.first = d
	}
	i := slices.IndexFunc(p.doses, func(x dose) bool { return x.product == d.product })
	if i < 0 {
		p.doses = append(p.doses, d)
	} else if compareDoses(d, p.doses[i]) > 0 {
		p.doses[i] = d
	}
}

func compareDoses(a, b dose) int {
	return cmp.Or(cmp.Compare(a.dose, b.dose), cmp.Compare(a.day, b.day), cmp.Compare(a.product, b.product))
}

// vaccinations returns the doses in their order, at most the six last. The
// primary course is that of the product of the person's first dose: a third
// dose of another product after two of a two-dose course is a booster. When
// the first dose is not known, a product counts by its own course.
func (p *person) vaccinations() []record.Vaccination {
	slices.SortFunc(p.doses, compareDoses)
	doses := p.doses[max(0, len(p.doses)-record.MaxVaccinations):]
	var list []record.Vaccination
	for _, d := range doses {
		courseOf := d.product
		if p.first.dose == 1 {
			courseOf = p.first.product
		}
		product, _ := spec.ProductByNumber(courseOf)
		list = append(list, record.Vaccination{
			Product: d.product, Dose: d.dose, Course: product.Course, Day: formatDay(d.day),
		})
	}
	return list
}

// statusRow is a row of the status file that is not in the future.
type statusRow struct {
	state, rule uint16
	from, until int64
	evidence    string
	line        uint64
}

// addStatus keeps the row that took effect last. Of several with the same time
// the one with the gravest state stands, then the one that holds longest, then
// the later row: an adverse row has evidence and a rule to appeal to, and a
// green one that hides it has neither. It tells whether such a choice was made.
func (p *person) addStatus(s statusRow) (tied bool) {
	if p.status == nil {
		p.status = &s
		return false
	}
	order := cmp.Or(
		cmp.Compare(s.from, p.status.from), cmp.Compare(s.state, p.status.state),
		cmp.Compare(s.until, p.status.until), cmp.Compare(s.line, p.status.line),
	)
	tied = s.from == p.status.from
	if order > 0 {
		p.status = &s
	}
	return tied
}

func moment(seconds int64) time.Time { return time.Unix(seconds, 0).In(record.Zone) }

// record returns the person's record at the given time. expired tells that the
// current status has run out, so that the record has none.
func (p *person) record(at int64) (r record.Record, expired bool) {
	r = record.Record{
		Name: p.identity.name, DocumentType: p.identity.documentType, DocumentNumber: p.identity.number,
		BirthDate:    formatDay(p.identity.birth),
		Tests:        p.tests.records(),
		Vaccinations: p.vaccinations(),
	}
	if s := p.status; s != nil {
		if expired = s.until <= at; !expired {
			r.Status = &record.Status{
				State: s.state, Rule: s.rule, Determined: moment(s.from), Until: moment(s.until), Evidence: s.evidence,
			}
		}
	}
	return r, expired
}
