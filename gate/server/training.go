package server

import (
	"errors"
	"net/http"

	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

type trainingJSON struct {
	Number int `json:"number"`
	labelJSON
	Code   string `json:"code"`
	Screen string `json:"screen"`
	Reason string `json:"reason"`
}

// trainingCodes lists the codes of the training.
func (s *Server) trainingCodes(w http.ResponseWriter, _ *http.Request) {
	set, err := training.Load()
	if err != nil {
		s.refuse(w, http.StatusInternalServerError, "no_training")
		return
	}
	var all []trainingJSON
	for _, c := range set.Codes() {
		all = append(all, trainingJSON{c.Number, labelJSON(c.Label), c.Text, c.Screen, c.Reason.Name()})
	}
	answerJSON(w, http.StatusOK, map[string]any{"codes": all})
}

// train begins or ends the training.
func (s *Server) train(w http.ResponseWriter, r *http.Request) {
	var request struct {
		On bool `json:"on"`
	}
	if decode(w, r, &request) != nil {
		s.refuse(w, http.StatusBadRequest, "bad_request")
		return
	}
	if err := s.options.Gate.Train(request.On); err != nil {
		s.refuse(w, http.StatusInternalServerError, "no_training")
		return
	}
	s.state(w, r)
}

// selfTest judges every code of the training set.
func (s *Server) selfTest(w http.ResponseWriter, _ *http.Request) {
	set, err := training.Load()
	if err != nil {
		s.refuse(w, http.StatusInternalServerError, "no_training")
		return
	}
	passed, results := 0, set.SelfTest()
	for _, r := range results {
		if r.OK() {
			passed++
		}
	}
	answerJSON(w, http.StatusOK, map[string]any{"ok": passed == len(results), "passed": passed, "total": len(results)})
}

// frame takes a text of a series of QR codes.
func (s *Server) frame(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Text string `json:"text"`
	}
	if decode(w, r, &request) != nil {
		s.refuse(w, http.StatusBadRequest, "bad_request")
		return
	}
	progress, changed, err := s.options.Keeper.AddFrame(r.Context(), request.Text)
	switch {
	case errors.Is(err, series.ErrNotAFrame):
		s.refuse(w, http.StatusUnprocessableEntity, "not_a_frame")
		return
	case errors.Is(err, series.ErrLaterVersion):
		s.refuse(w, http.StatusUnprocessableEntity, "later_frame")
		return
	case errors.Is(err, series.ErrDamaged), errors.Is(err, series.ErrPoisoned):
		s.refuse(w, http.StatusUnprocessableEntity, "damaged_frame")
		return
	case err != nil:
		s.refuseWith(w, http.StatusUnprocessableEntity, "not_imported", s.options.Explain(err))
		return
	}
	answer := map[string]any{"have": progress.Have, "need": progress.Need, "frames": progress.Frames, "done": progress.File != nil}
	if progress.File != nil {
		answer["changed"], answer["knowledge"] = changed, s.viewKnowledge(s.options.Keeper.Standing())
	}
	if changed {
		s.KnowledgeChanged()
	}
	answerJSON(w, http.StatusOK, answer)
}
