// Package conformance runs the vectors of the specification against an
// implementation and reports where the two disagree (spec/conformance.md).
//
// An implementation is a [Process], which reads a request line on standard input
// and writes an answer line on standard output, or the [Verifier] of this module:
//
//	{"id":1,"text":"TX1:6BFOXN…","time":"2022-08-10T01:00:00Z","trust":{…}}
//	{"id":1,"reason":"ok"}
//
// [Verifier.Serve] is the other side: this module as an implementation under test.
package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

// Request asks for the reason of one text.
type Request struct {
	ID        uint64             `json:"id"`
	Text      string             `json:"text"`
	Time      time.Time          `json:"time"`
	Trust     *vectors.Trust     `json:"trust,omitempty"`     // nil: nothing is trusted
	Presented *vectors.Presented `json:"presented,omitempty"` // nil: nothing is presented
	Venue     *vectors.Venue     `json:"venue,omitempty"`     // nil: no class is stated
}

// Answer is the reason of the request with that id.
type Answer struct {
	ID     uint64 `json:"id"`
	Reason string `json:"reason"` // a name of reasons.csv
}

// Implementation is what the vectors are run against.
type Implementation interface {
	// Reason returns the name of the reason that the implementation gives.
	Reason(ctx context.Context, r *Request) (string, error)
}

// Disagreement is a vector for which another reason was given.
type Disagreement struct {
	Name     string      `json:"name"`
	Expected spec.Reason `json:"expected"`
	Got      string      `json:"got"`
	Comment  string      `json:"comment"`
}

// Report is what came of a run.
type Report struct {
	Vectors       int            `json:"vectors"`
	Agree         int            `json:"agree"`
	Disagree      int            `json:"disagree"`
	Disagreements []Disagreement `json:"disagreements"`
}

// The ways in which an implementation gives no answer.
var (
	ErrEnded   = errors.New("ended without an answer")
	ErrSilent  = errors.New("no answer within the time limit")
	ErrRubbish = errors.New("wrote a line that is no answer")
)

// VectorError says for which vector there is no answer.
type VectorError struct {
	Name string // of the vector; "" after the last
	Err  error  // wraps ErrEnded, ErrSilent or ErrRubbish for a Process
}

func (e *VectorError) Error() string { return fmt.Sprintf("vector %s: %v", e.Name, e.Err) }

// Unwrap returns the error beneath.
func (e *VectorError) Unwrap() error { return e.Err }

// Run asks the implementation about every vector, in order, and calls each after
// each, if it is not nil. The error is a *[VectorError] for the first vector that
// has no answer, or [vectors.ErrNone].
func Run(ctx context.Context, all []vectors.Vector, implementation Implementation, each func()) (*Report, error) {
	if len(all) == 0 {
		return nil, vectors.ErrNone
	}
	report := &Report{Vectors: len(all), Disagreements: []Disagreement{}}
	for i := range all {
		v := &all[i]
		got, err := implementation.Reason(ctx, &Request{uint64(i + 1), v.Text, v.Time, v.Trust, v.Presented, v.Venue})
		if err != nil {
			return nil, &VectorError{v.Name, err}
		}
		if got == v.Expect.Name() {
			report.Agree++
		} else {
			report.Disagree++
			report.Disagreements = append(report.Disagreements, Disagreement{v.Name, v.Expect, got, v.Comment})
		}
		if each != nil {
			each()
		}
	}
	return report, nil
}
