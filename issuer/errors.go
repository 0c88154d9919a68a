package issuer

import (
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/issuer/record"
)

// Refusal says why a record is not signed.
type Refusal string

// The refusals. Their words for users are in one place, package words of the
// command line.
const (
	RefusedRecord           Refusal = "record"             // the record is faulty
	RefusedDocument         Refusal = "document"           // document type or number
	RefusedName             Refusal = "name"               // nothing of the name can be shown
	RefusedNoClaim          Refusal = "no_claim"           // nothing holds any more
	RefusedAdverseRule      Refusal = "adverse_rule"       // adverse state without a rule
	RefusedRuleNotPublished Refusal = "rule_not_published" // adverse state that no published rule covers: see [RuleError]
	RefusedAdverseEvidence  Refusal = "adverse_evidence"   // adverse state without evidence
	RefusedFuture           Refusal = "future"             // determined, reported or given after the time of issue
	RefusedTooOld           Refusal = "too_old"            // a status determined more than 30 days ago
	RefusedNoKey            Refusal = "no_key"             // no key may sign all the claims
	RefusedDuplicate        Refusal = "duplicate"          // two equal claims
	RefusedProgrammeEnded   Refusal = "programme_ended"    // no venue asks for codes any more
)

// RefusalError reports a record that is not signed. It says nothing of the
// person.
type RefusalError struct {
	Refusal Refusal
	Field   string // of the record, as [record.FieldError] names it; may be empty
	Problem string // in English, for logs
	Err     error  // may be nil
}

func (e *RefusalError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("issuer: refused (%s): %s: %v", e.Refusal, e.Problem, e.Err)
	}
	return fmt.Sprintf("issuer: refused (%s): %s", e.Refusal, e.Problem)
}

// Unwrap returns the error beneath, if any.
func (e *RefusalError) Unwrap() error { return e.Err }

// Faulty returns the refusal for a record that package record did not accept with
// err.
func Faulty(err error) *RefusalError {
	refusal := &RefusalError{Refusal: RefusedRecord, Problem: "the record is faulty", Err: err}
	if errors.Is(err, record.ErrNoRule) {
		refusal.Refusal, refusal.Problem = RefusedAdverseRule, "adverse state without the number of a rule"
	}
	var fault *record.FieldError
	if errors.As(err, &fault) {
		refusal.Field = fault.Field
	}
	return refusal
}

// refuseField is the refusal of a claim for what package record leaves open.
func refuseField(refusal Refusal, field, problem string, err error) error {
	return &RefusalError{Refusal: refusal, Field: field, Problem: problem, Err: err}
}

func refuse(refusal Refusal, problem string, err error) error {
	return &RefusalError{Refusal: refusal, Problem: problem, Err: err}
}
