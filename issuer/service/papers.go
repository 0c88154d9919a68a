package service

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/paper"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
)

// Press says what printing needs to know of a venue. As with Checker, who wires
// verifier and issuer together implements it.
type Press interface {
	// Admitted returns nil for a code that a venue accepts, whoever presents it, and
	// else a *SourceError: a paper that no gate accepts would send its holder home.
	Admitted(code string, at time.Time) error
	// Terms returns who answers for the codes of this region, by the trust list, and
	// how long they may last on paper, by the policy in force.
	Terms(at time.Time) (paper.Source, paper.Lifetime)
}

// PrintBody asks for codes on paper (纸质码). Its bounds are those of paper.Printer.PDF.
type PrintBody struct {
	Codes     []string `json:"codes" nullable:"false" minItems:"1" maxItems:"100" doc:"Texts of codes of this region, in the order of printing, as issue, convert and replace answered them"`
	Layout    string   `json:"layout" enum:"sheet,folded,card,label,family,register" doc:"A4 sheet; A4 folded to A5; ten cards on A4; label of 100 x 60 mm; family and register: several on A4"`
	Language  string   `json:"language,omitempty" enum:"zh,zh-en" default:"zh" doc:"Chinese, or Chinese with English"`
	Large     bool     `json:"large,omitempty" doc:"Large print; not for card, label and register"`
	Transport string   `json:"transport,omitempty" enum:"text,digits" default:"text" doc:"Form of the symbol; digits for scanners under an input method"`
	Longer    bool     `json:"longer,omitempty" doc:"Print codes too that last longer than the policy has for paper, with the condition in words"`
	FullName  string   `json:"full_name,omitempty" maxLength:"256" doc:"Whole name of the holder, who asks for it on the paper; for one code"`
	Title     string   `json:"title,omitempty" maxLength:"200" doc:"Of a family or a register: the village"`
	DPI       int      `json:"dpi,omitempty" minimum:"150" maximum:"2400" doc:"Dots an inch of the printer; if missing 203 for labels and else 300"`
}

type printInput struct{ Body PrintBody }

type printOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

const pdfType = "application/pdf"

// printOperation is that of POST /v1/papers, whose answer is no JSON.
func (s *Service) printOperation() huma.Operation {
	o := s.operation("print", http.MethodPost, "/v1/papers", "Print codes of this region, as PDF/A-2u (纸质码)", http.StatusOK, access.Print)
	o.Responses = map[string]*huma.Response{"200": {Description: "The paper", Content: map[string]*huma.MediaType{
		pdfType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}}
	return o
}

// print is POST /v1/papers. All of the codes are printed, or none; none is kept.
func (s *Service) print(ctx context.Context, in *printInput) (*printOutput, error) {
	data, err := s.printed(ctx, &in.Body)
	if err != nil {
		return nil, s.tell(ctx, err)
	}
	return &printOutput{pdfType, data}, nil
}

func (s *Service) printed(ctx context.Context, body *PrintBody) ([]byte, error) {
	end, err := s.presses.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	at := requestOf(ctx).at
	source, lifetime := s.options.Press.Terms(at)
	source.FullName = body.FullName
	printer, err := paper.New(paper.Options{
		Layout: paper.Layout(body.Layout), English: body.Language == "zh-en", Large: body.Large, Longer: body.Longer,
		Digits: body.Transport == "digits", DPI: body.DPI, Lifetime: lifetime, Typeface: s.options.Typeface,
	})
	if err != nil {
		return nil, unprintable(err)
	}
	for i, code := range body.Codes {
		if err := s.printable(ctx, code, at); err != nil {
			return nil, aboutCode(i, err)
		}
	}
	data, err := printer.PDF(body.Codes, source, paper.Cover{Title: body.Title, Created: at.In(format.ChinaTime)})
	if err != nil {
		return nil, unprintable(err)
	}
	// The paper is handed out by the answer: what cannot be written down is not.
	if err := s.journal(ctx, access.Print, "", outcomeDone, detail{Count: len(body.Codes), FullName: body.FullName != ""}); err != nil {
		return nil, err
	}
	s.metrics.printed.WithLabelValues(body.Layout).Add(float64(len(body.Codes)))
	return data, nil
}

// printable finds whether a code is one of ours and in force, by the registry, and
// whether a venue accepts it.
func (s *Service) printable(ctx context.Context, code string, at time.Time) error {
	own, err := s.ownCode(ctx, code, "paper_code")
	if err != nil {
		return err
	}
	state, _, err := s.options.Registry.State(ctx, own.reference)
	switch {
	case err != nil:
		return err
	case state != status.Active:
		return refusal("paper_over")
	}
	var refused *SourceError
	err = s.options.Press.Admitted(code, at)
	if errors.As(err, &refused) {
		return &refusalError{name: "paper_unverified", reason: refused.Reason, err: err}
	}
	return err
}

// aboutCode says of which code a refusal is.
func aboutCode(index int, err error) error {
	e := *problemOf(err)
	message := "a code of this region that is in force"
	if len(e.faults) > 0 {
		message = e.faults[0].Message
	}
	e.faults = []Fault{{Location: fmt.Sprintf("body.codes[%d]", index), Message: message}}
	return &e
}

// unprintable gives what keeps codes from being printed its problem.
func unprintable(err error) error {
	var entry *paper.EntryError
	if errors.As(err, &entry) {
		return aboutCode(entry.Index, unprintable(entry.Err))
	}
	name, location, message := "", "body.layout", ""
	var life *paper.LifetimeError
	var size *paper.SizeError
	var room *paper.RoomError
	var missing *pdf.MissingError
	switch {
	case errors.As(err, &life):
		name, message = "paper_lifetime", fmt.Sprintf("lasts %v, at most %v", life.Lasts, life.Longest)
	case errors.As(err, &size):
		name, message = "paper_room", fmt.Sprintf("the symbol fits: %v", size.Fits)
	case errors.As(err, &room):
		name, message = "paper_room", fmt.Sprintf("the words fit: %v", room.Fits)
	case errors.As(err, &missing): // of a code it is the name that has it; else the title
		name, location, message = "paper_character", "body.title", missing.Names()
	case errors.Is(err, paper.ErrNoRoom):
		name, location = "paper_room", "body.title"
	case errors.Is(err, paper.ErrFullName):
		name, message = "holder", "full_name is not the name of the code"
	case errors.Is(err, paper.ErrRequest):
		name, location, message = "invalid", "body.full_name", "for one code"
	case errors.Is(err, paper.ErrOptions):
		name, location, message = "invalid", "body.large", "sheet, folded and family alone have large print"
	default:
		return err
	}
	return &refusalError{name: name, err: err, faults: []Fault{{Location: location, Message: message}}}
}

// presses bound how much is printed at once: a document is held in memory, and
// others wait for the processors.
type presses struct{ places, running chan struct{} }

// placesEach is how many requests may wait for each press.
const placesEach = 16

func newPresses(n int) *presses {
	return &presses{places: make(chan struct{}, n*placesEach), running: make(chan struct{}, n)}
}

// begin waits for a press, where there is a place to wait. The caller calls what is
// returned when it has printed.
func (p *presses) begin(ctx context.Context) (end func(), err error) {
	select {
	case p.places <- struct{}{}:
	default:
		return nil, refusal("unavailable")
	}
	select {
	case p.running <- struct{}{}:
		return func() { <-p.running; <-p.places }, nil
	case <-ctx.Done():
		<-p.places
		return nil, ctx.Err()
	}
}
