// Package gate is the device at a venue's entrance: it takes what a camera, a
// scanner or a document reader read, and gives what the screen shows.
//
//	texts ──▶ Gate.Judge ──▶ Answer{Screen}        package screen
//	             │  ▲
//	             │  knowledge: *verifier.Verifier  package knowledge
//	             └▶ counts, where switched on      package counters
//
// A scan leaves nothing behind: the Gate writes no file, and holds of a scan only
// what tells the same code, held up for a minute, from the next (see Options.Repeat).
// It has no key that signs. For example
//
//	g, err := gate.New(gate.Options{Knowledge: keeper, Clock: time.Now})
//	g.SetVenue(gate.Venue{Class: 3, Region: "33"})
//	answer := g.Judge(gate.Scan{Codes: []string{text}})
//	answer.Screen.Word.In("en") // "Pass"
package gate

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tongxing/tongxing/gate/controllers"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/verifier"
)

// Knowledge gives the verifier over what the device believes now.
type Knowledge interface{ Verifier() *verifier.Verifier }

// Counter counts outcomes; knowledge of who is counted is none of its business.
type Counter interface {
	// Count counts an outcome at the device's time.
	Count(at time.Time, outcome verifier.Outcome)
}

// Desk is what lies on a document reader (package document).
type Desk interface {
	// Presented returns the document that lies there, the zero Context for none.
	Presented(at time.Time) verifier.Context
	// TakeTemperature returns a temperature in °C, once; 0 for none.
	TakeTemperature() float64
}

// Options of a Gate.
type Options struct {
	Knowledge Knowledge
	Clock     func() time.Time
	Counter   Counter            // nil: nothing is counted
	Desk      Desk               // what lies on a document reader; nil: there is none
	Output    *controllers.Table // for a gate's controller; nil: there is none
	// Repeat is for how long the same code counts as one check; 0 is a minute.
	Repeat time.Duration
}

// MaxCodes is how many codes are judged together at most: what a camera sees at
// once, or a picture has.
const MaxCodes = 16

var (
	// ErrOptions reports options that no Gate can be made with.
	ErrOptions = errors.New("gate: knowledge and a clock have to be given, and no negative time")
	// ErrScan reports a scan without a code, or with too many.
	ErrScan = errors.New("gate: a scan has 1 to 16 codes")
)

// Venue is where the device stands: a class of spec/codes/venue_classes.csv, or one
// that the policy names, and a region of two digits. The zero value is not stated.
type Venue struct {
	Class  uint16
	Region string
}

// Scan is what was read at once.
type Scan struct {
	Codes     []string
	Presented verifier.Context // document and name; where the device stands is not taken from it
}

// Answer is what a scan comes to: one screen, and where several codes were read
// together that of each.
type Answer struct {
	Screen screen.Screen
	Each   []screen.Screen
	Repeat bool // the same codes were judged within the last minute
	// Temperature is what a reader measured since the screen before, in °C, 0 for
	// nothing; it is shown and kept nowhere.
	Temperature float64
	Output      string // for the gate's controller, "" where there is none
}

// Gate judges scans. It is safe for concurrent use.
type Gate struct {
	options  Options
	venue    atomic.Pointer[Venue]
	training atomic.Pointer[training.Set] // nil: not in training
	last     last
}

// New returns a Gate that stands nowhere yet.
func New(o Options) (*Gate, error) {
	if o.Knowledge == nil || o.Clock == nil || o.Repeat < 0 {
		return nil, ErrOptions
	}
	if o.Repeat == 0 {
		o.Repeat = time.Minute
	}
	g := &Gate{options: o}
	g.venue.Store(new(Venue))
	if _, err := rand.Read(g.last.salt[:]); err != nil {
		return nil, err
	}
	return g, nil
}

// SetVenue says where the device stands.
func (g *Gate) SetVenue(v Venue) { g.venue.Store(&v) }

// Venue returns where the device stands.
func (g *Gate) Venue() Venue { return *g.venue.Load() }

// Train begins or ends the training. In it only the codes of the training set are
// good, nothing is counted, and every screen says that it is a training. The error
// is that of training.Load.
func (g *Gate) Train(on bool) error {
	if !on {
		g.training.Store(nil)
		return nil
	}
	set, err := training.Load()
	if err != nil {
		return err
	}
	g.training.Store(set)
	return nil
}

// Training reports whether the device is in training.
func (g *Gate) Training() bool { return g.training.Load() != nil }

// Judge returns what a scan comes to. Where several codes are shown together they
// count together only if one presented document matches them. The error is ErrScan.
func (g *Gate) Judge(s Scan) (Answer, error) {
	codes := slices.Compact(slices.Clone(s.Codes))
	if len(codes) == 0 || len(codes) > MaxCodes {
		return Answer{}, ErrScan
	}
	at, v, context := g.options.Clock(), g.options.Knowledge.Verifier(), s.Presented
	context.Class, context.Region = 0, ""
	if context == (verifier.Context{}) && g.options.Desk != nil { // a document that is nobody's is one
		context = g.options.Desk.Presented(at)
	}
	venue := g.Venue()
	context.Class, context.Region = venue.Class, venue.Region
	set := g.training.Load()
	if set != nil {
		at, v = training.At, set.Verifier()
		context.Class, context.Region = training.Context.Class, training.Context.Region
	}
	answer := judge(v, codes, at, context)
	if set != nil {
		answer.Screen = answer.Screen.With(screen.Training)
		return g.complete(answer), nil
	}
	answer.Repeat = g.last.same(at, g.options.Repeat, codes)
	if g.options.Counter != nil && !answer.Repeat {
		g.options.Counter.Count(at, answer.Screen.Outcome)
	}
	return g.complete(answer), nil
}

// Show returns the answer with a screen that no code gave, as [screen.SetScanner].
func (g *Gate) Show(s screen.Screen) Answer { return g.complete(Answer{Screen: s}) }

// complete adds what stands beside a screen. In training no controller opens.
func (g *Gate) complete(a Answer) Answer {
	if g.options.Desk != nil {
		a.Temperature = g.options.Desk.TakeTemperature()
	}
	if g.options.Output != nil {
		a.Output = g.options.Output.Output(a.Screen.Name)
		if g.Training() {
			a.Output = g.options.Output.Output("unverified")
		}
	}
	return a
}

func judge(v *verifier.Verifier, codes []string, at time.Time, context verifier.Context) Answer {
	if len(codes) == 1 {
		return Answer{Screen: screen.Of(v.Verify(codes[0], at, context))}
	}
	person := v.VerifyTogether(codes, at, context)
	answer := Answer{Screen: screen.OfPerson(person)}
	for _, verdict := range person.Verdicts() {
		answer.Each = append(answer.Each, screen.Of(verdict))
	}
	return answer
}

// last is the scan before, as a salted hash in memory.
type last struct {
	mu   sync.Mutex
	salt [sha256.Size]byte
	hash [sha256.Size]byte
	at   time.Time
}

// same reports whether the codes are those of the scan before, and remembers them.
// A code that stays in view is the same for as long as it stays.
func (l *last) same(at time.Time, within time.Duration, codes []string) bool {
	hash := sha256.New()
	hash.Write(l.salt[:])
	for _, code := range slices.Sorted(slices.Values(codes)) {
		hash.Write([]byte(code))
		hash.Write([]byte{0})
	}
	sum := [sha256.Size]byte(hash.Sum(nil))
	l.mu.Lock()
	defer l.mu.Unlock()
	same := sum == l.hash && !at.Before(l.at) && at.Sub(l.at) < within
	l.hash, l.at = sum, at
	return same
}
