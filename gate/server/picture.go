package server

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/tongxing/tongxing/gate"
)

// MaxPicture is the most bytes of a picture or PDF.
const MaxPicture = 32 << 20

// Pictures reads the codes of a picture or of the pages of a PDF.
type Pictures interface {
	// Texts returns the texts of every QR code, each once. Errors are ErrNoCode,
	// ErrNotAPicture, ErrTooLarge and ErrNoPDF.
	Texts(ctx context.Context, data []byte) ([]string, error)
}

var (
	// ErrNoCode says that there is no code in a picture that can be read.
	ErrNoCode = errors.New("server: no code in the picture")
	// ErrNotAPicture says that what was sent is no picture and no PDF that can be
	// read.
	ErrNotAPicture = errors.New("server: not a picture")
	// ErrTooLarge says that a picture or a page has more pixels than are opened.
	ErrTooLarge = errors.New("server: picture or page too large")
	// ErrNoPDF says that this machine has nothing to read a PDF with.
	ErrNoPDF = errors.New("server: nothing reads a PDF here")
)

// picture judges the codes of a picture together.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) {
	if s.options.Pictures == nil {
		s.refuse(w, http.StatusNotFound, "not_found")
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPicture))
	if err != nil {
		s.refuse(w, http.StatusRequestEntityTooLarge, "picture_large")
		return
	}
	texts, err := s.options.Pictures.Texts(r.Context(), data)
	switch {
	case errors.Is(err, ErrNoPDF):
		s.refuse(w, http.StatusUnsupportedMediaType, "pdf_reader_missing")
		return
	case errors.Is(err, ErrTooLarge):
		s.refuse(w, http.StatusRequestEntityTooLarge, "picture_pixels")
		return
	case errors.Is(err, ErrNotAPicture):
		s.refuse(w, http.StatusUnprocessableEntity, "not_a_picture")
		return
	case err != nil:
		s.refuse(w, http.StatusUnprocessableEntity, "no_code")
		return
	}
	answer, err := s.options.Gate.Judge(gate.Scan{Codes: texts})
	if err != nil {
		s.refuse(w, http.StatusUnprocessableEntity, "too_many_codes")
		return
	}
	writeAnswer(w, answer)
}
