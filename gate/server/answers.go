package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/gate/wedge"
	"github.com/tongxing/tongxing/spec"
)

// maxRequest bounds the body of a request, pictures aside: 16 codes of the largest
// symbol, with room.
const maxRequest = 1 << 17

// answerJSON writes a value as JSON.
func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(v) // whoever went away does not see it
}

// fault is the error of an answer.
type fault struct {
	Name string `json:"name"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// refuse answers with an error that the words of the page have a sentence for.
func (s *Server) refuse(w http.ResponseWriter, status int, name string) {
	s.refuseWith(w, status, name, s.options.Words["gate_error_"+name])
}

func (s *Server) refuseWith(w http.ResponseWriter, status int, name string, label spec.Label) {
	answerJSON(w, status, map[string]fault{"error": {name, label.ZH, label.EN}})
}

// decode reads the JSON of a request, whose members are known, each once and written as
// spec/gate.md has them.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return err
	}
	if err := exact(data); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// verify judges codes, or what a keyboard scanner typed.
func (s *Server) verify(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Codes     []string   `json:"codes"`
		Typed     *string    `json:"typed"`
		Presented *Presented `json:"presented"`
		Source    string     `json:"source"`
	}
	if decode(w, r, &request) != nil || (request.Typed == nil) == (len(request.Codes) == 0) {
		s.refuse(w, http.StatusBadRequest, "bad_request")
		return
	}
	codes := request.Codes
	if request.Typed != nil {
		typed := wedge.Read(*request.Typed)
		if typed.Garbled {
			writeAnswer(w, s.options.Gate.Show(screen.SetScanner()))
			return
		}
		codes = typed.Codes
		if len(codes) == 0 { // frames of a series, which go to /v1/frame
			s.refuse(w, http.StatusBadRequest, "bad_request")
			return
		}
	}
	answer, err := s.options.Gate.Judge(gate.Scan{Codes: codes, Presented: request.Presented.context()})
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "too_many_codes")
		return
	}
	writeAnswer(w, answer)
}

// writeAnswer writes {"screen":…,"each":[…]}.
func writeAnswer(w http.ResponseWriter, a gate.Answer) {
	w.Header().Set("Content-Type", "application/json")
	w.Write(a.AppendJSON(nil)) // whoever went away does not see it
}
