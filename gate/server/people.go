package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/gate/document"
	"github.com/tongxing/tongxing/gate/enrolment"
	"github.com/tongxing/tongxing/gate/people"
	"github.com/tongxing/tongxing/verifier"
)

// personRequest is a document, and a code that is to be stored under it.
type personRequest struct {
	Code      string     `json:"code"`
	Presented *Presented `json:"presented"`
}

// person reads a request about one document, and refuses one that has none or, where
// it is asked for, no code.
func (s *Server) person(w http.ResponseWriter, r *http.Request, withCode bool) (personRequest, verifier.Context, bool) {
	var request personRequest
	if s.options.People == nil {
		s.refuse(w, http.StatusNotFound, "enrolment_off")
		return request, verifier.Context{}, false
	}
	if decode(w, r, &request) != nil || request.Presented == nil || (request.Code != "") != withCode {
		s.refuse(w, http.StatusBadRequest, "bad_request")
		return request, verifier.Context{}, false
	}
	return request, request.Presented.context(), true
}

// refusals are the faults of enrolling that have a sentence of their own.
var refusals = []struct {
	err    error
	status int
	name   string
}{
	{people.ErrNotTheirs, http.StatusUnprocessableEntity, "not_theirs"},
	{enrolment.ErrNoDocument, http.StatusUnprocessableEntity, "no_document"},
	{enrolment.ErrExpired, http.StatusUnprocessableEntity, "not_theirs"},
	{enrolment.ErrTooLong, http.StatusUnprocessableEntity, "code_long"},
	{enrolment.ErrFull, http.StatusConflict, "enrolment_full"},
}

func (s *Server) refusePerson(w http.ResponseWriter, err error) {
	for _, known := range refusals {
		if errors.Is(err, known.err) {
			s.refuse(w, known.status, known.name)
			return
		}
	}
	s.refuseWith(w, http.StatusInternalServerError, "not_saved", s.options.Explain(err))
}

// enrol stores a code under the document that it belongs to.
func (s *Server) enrol(w http.ResponseWriter, r *http.Request) {
	request, presented, ok := s.person(w, r, true)
	if !ok {
		return
	}
	expires, err := s.options.People.Enrol(request.Code, presented)
	if err != nil {
		s.refusePerson(w, err)
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"enrolled": true, "until": rfc3339(time.Unix(expires, 0))})
}

// forget deletes what is stored under a document.
func (s *Server) forget(w http.ResponseWriter, r *http.Request) {
	_, presented, ok := s.person(w, r, false)
	if !ok {
		return
	}
	deleted, err := s.options.People.Forget(presented)
	if err != nil {
		s.refusePerson(w, err)
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"deleted": deleted})
}

// document opens the code that is stored under a document.
func (s *Server) document(w http.ResponseWriter, r *http.Request) {
	_, presented, ok := s.person(w, r, false)
	if !ok {
		return
	}
	answer, err := s.options.People.Open(presented)
	if err != nil {
		s.refusePerson(w, err)
		return
	}
	writeAnswer(w, answer)
}

// DocumentRead tells the pages what a reader read: the screen of the code that is
// enrolled under it, or else that a document lies there and a code is waited for.
func (s *Server) DocumentRead(r document.Reading) {
	if r.Number == "" {
		return
	}
	presented := verifier.Presented(r.Type, r.Number, r.Name)
	if s.options.People != nil && presented.Document != (format.Document{}) {
		if answer, enrolled, err := s.options.People.OpenEnrolled(presented); err == nil && enrolled {
			s.Send("screen", answer.AppendJSON(nil))
			return
		}
	}
	masked, err := format.MaskName(r.Name)
	if err != nil { // no name, or one that no code has: the number says enough
		masked = ""
	}
	lastTwo := "" // of a number that no document has: it was read wrongly
	if presented.Document != (format.Document{}) {
		lastTwo = presented.Document.LastTwo()
	}
	s.sendJSON("document", map[string]string{"name_masked": masked, "last_two": lastTwo})
}

// counters tells what was counted.
func (s *Server) counters(w http.ResponseWriter, _ *http.Request) {
	if s.options.Counters == nil {
		s.refuse(w, http.StatusNotFound, "not_found")
		return
	}
	type hourJSON struct {
		Hour   string         `json:"hour"`
		Counts map[string]int `json:"counts"`
	}
	all := []hourJSON{}
	for _, hour := range s.options.Counters.Hours() {
		all = append(all, hourJSON{rfc3339(hour.Begin), hour.Counts})
	}
	answerJSON(w, http.StatusOK, map[string]any{"hours": all})
}
