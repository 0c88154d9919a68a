package batch

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
)

// desk is the memory in which one chunk after another is worked on: a worker that
// takes new memory for every record leaves a tenth of its time to the collector.
type desk struct {
	data   []byte // of the input
	slots  []slot
	drafts []issuer.Draft // of the slots
	list   []*slot        // the slots
	orders []issuer.Order
	part   []byte
}

// lineRoom is about what a line of a part needs, with a code of one status and one
// test.
const lineRoom = 400

// draftAll drafts every record of a piece of the input that begins at line first.
// The slots are there until the desk is used again.
func (d *desk) draftAll(data []byte, first int, iss *issuer.Issuer, at time.Time) ([]*slot, error) {
	if most := bytes.Count(data, []byte("\n")) + 1; most > len(d.slots) {
		d.slots, d.drafts = make([]slot, most), make([]issuer.Draft, most)
	}
	d.list = d.list[:0]
	reader := record.NewReader(bytes.NewReader(data))
	for {
		n := len(d.list)
		if n == len(d.slots) {
			return d.list, nil // no line is left
		}
		err := draftNext(&d.slots[n], &d.drafts[n], reader, first-1, iss, at)
		if errors.Is(err, io.EOF) {
			return d.list, nil
		}
		if err != nil {
			return nil, err
		}
		d.list = append(d.list, &d.slots[n])
	}
}

// desks are those that nobody works at. What is left unused the collector takes.
var desks = sync.Pool{New: func() any { return &desk{} }}
