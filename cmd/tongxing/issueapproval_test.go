package main

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

const (
	greenRecord  = `{"name":"卢文博","document_type":"01","document_number":"339999194403292989","status":{"state":0,"rule":0,"determined":"2022-08-09T11:00:00+08:00","until":"2022-08-16T11:00:00+08:00"}}`
	yellowRecord = `{"name":"卢文博","document_type":"01","document_number":"339999194403292989","status":{"state":1,"rule":102,"determined":"2022-08-09T11:00:00+08:00","until":"2022-08-16T11:00:00+08:00","evidence":"X"}}`
)

// Adverse states are counted before anything is issued, wherever in the file they
// stand, and without an approver all of it is refused. [ISSUER-23]
func TestAdverseStatesWithoutAnApproverRefuseTheWholeFile(t *testing.T) {
	red := strings.Replace(yellowRecord, `"state":1,"rule":102`, `"state":2,"rule":202`, 1)
	for name, c := range map[string]struct {
		lines []string
		want  adverseStates
	}{
		"green alone":        {[]string{greenRecord, greenRecord}, adverseStates{}},
		"no status":          {[]string{`{"name":"卢文博","document_type":"01","document_number":"339999194403292989"}`}, adverseStates{}},
		"the last":           {[]string{greenRecord, "", "", yellowRecord}, adverseStates{1: 1}},
		"after a faulty one": {[]string{"{", `{"status":1}`, red, yellowRecord, red}, adverseStates{1: 1, 2: 2}},
	} {
		records := strings.NewReader(strings.Join(c.lines, "\n"))
		states, err := countAdverse(records)
		if err != nil || !maps.Equal(states, c.want) || records.Len() != int(records.Size()) {
			t.Errorf("%s: %v with %d bytes left, error %v, want %v", name, states, records.Len(), err, c.want)
		}
		var f issueFlags
		f.out = "out"
		var wrong *program.UsageError
		if err := states.check(f); errors.As(err, &wrong) != (len(c.want) > 0) {
			t.Errorf("%s: nobody approves: %v", name, err)
		}
		f.approval.key = "second.key"
		if err := states.check(f); err != nil {
			t.Errorf("%s: with an approver: %v", name, err)
		}
	}
}
