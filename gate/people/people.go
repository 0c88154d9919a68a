// Package people lets those who are enrolled in with their document (刷身份证): it
// stores a code only under the document that it belongs to, and judges what a document
// opens as if it were shown.
//
//	p, err := people.New(g, book, keeper, time.Now)
//	until, err := p.Enrol(code, presented)
//	answer, err := p.Open(presented)    // the screen of the code, or not_enrolled
//	gone, err := p.Forget(presented)
package people

import (
	"errors"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/enrolment"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/verifier"
)

var (
	// ErrOptions says that a part is missing.
	ErrOptions = errors.New("people: gate, book, knowledge and clock have to be given")
	// ErrNotTheirs says that a code is not verified, or not that of the document.
	ErrNotTheirs = errors.New("people: the code is not verified with this document")
)

// People are those who are enrolled at a device. It is safe for concurrent use.
type People struct {
	gate      *gate.Gate
	book      *enrolment.Book
	knowledge gate.Knowledge
	clock     func() time.Time
}

// New returns the people of a book. The error is ErrOptions.
func New(g *gate.Gate, book *enrolment.Book, knowledge gate.Knowledge, clock func() time.Time) (*People, error) {
	if g == nil || book == nil || knowledge == nil || clock == nil {
		return nil, ErrOptions
	}
	return &People{g, book, knowledge, clock}, nil
}

// Open judges the code that is enrolled under a document, as if it were shown. A
// document without one gives the screen not_enrolled, which is no refusal. The error
// is enrolment.ErrNoDocument or that of the book.
func (p *People) Open(presented verifier.Context) (gate.Answer, error) {
	answer, enrolled, err := p.OpenEnrolled(presented)
	if err != nil || enrolled {
		return answer, err
	}
	return p.gate.Show(screen.NotEnrolled()), nil
}

// OpenEnrolled is Open where a document without a code gives no screen, for its holder
// shows one next: what was measured is shown with that. It reports whether there is
// one.
func (p *People) OpenEnrolled(presented verifier.Context) (gate.Answer, bool, error) {
	code, err := p.book.Find(presented.Document, p.clock().Unix())
	if errors.Is(err, enrolment.ErrNotEnrolled) {
		return gate.Answer{}, false, nil
	}
	if err != nil {
		return gate.Answer{}, false, err
	}
	answer, err := p.gate.Judge(gate.Scan{Codes: []string{code}, Presented: presented})
	answer.Screen = answer.Screen.With(screen.Enrolled)
	return answer, err == nil, err
}

// Enrol stores a code under the document that it belongs to, and returns when it
// expires (unix seconds). Errors are ErrNotTheirs, also in training, and those of the
// book.
func (p *People) Enrol(code string, presented verifier.Context) (int64, error) {
	if presented.Document == (format.Document{}) {
		return 0, enrolment.ErrNoDocument
	}
	verdict := p.knowledge.Verifier().Verify(code, p.clock(), presented)
	credential, ok := verdict.Credential()
	if !ok || p.gate.Training() {
		return 0, ErrNotTheirs
	}
	return credential.Expires, p.book.Enrol(presented.Document, code, credential.Expires, verdict.Evidence().EffectiveTime)
}

// Forget deletes what is enrolled under a document and reports whether there was
// anything. Errors are those of the book.
func (p *People) Forget(presented verifier.Context) (bool, error) {
	return p.book.Forget(presented.Document, p.clock().Unix())
}

// Purge takes out whoever's code has expired, and returns how many are left. Errors
// are those of the book.
func (p *People) Purge() (int, error) { return p.book.Purge(p.clock().Unix()) }
