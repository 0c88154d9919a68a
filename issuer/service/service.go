package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Registry is what the service needs of a registry. registry.Store has all of it.
type Registry interface {
	registry.StateKeeper
	registry.Answers
	registry.Journal
	registry.Proposals
	Jobs
}

// Jobs is what the service says of bulk work.
type Jobs interface {
	registry.JobLister
	// JobState returns how far a job is, or registry.ErrNotFound.
	JobState(ctx context.Context, name string) (registry.JobState, error)
}

// Limits of the service; what is 0 has the default that is named.
type Limits struct {
	Body       int64         // bytes of a request: 64 KiB
	Rate       float64       // requests a second of one caller: 100
	Burst      int           // requests at once of one caller: 200
	Address    float64       // requests a second of one network address, whoever asks: 5,000; twice as many at once
	Quota      int           // adverse changes a day that one approving authority may let pass: 1,000
	AnswersFor time.Duration // how long a request can be repeated: 24 h
	Proposals  time.Duration // how long a proposal can be approved and used: 24 h
	Presses    int           // papers that are printed at once: 2; sixteen times as many wait
}

// Options of a Service.
type Options struct {
	Issuer   *issuer.Issuer
	Registry Registry
	Checker  Checker // of codes of other regions
	Press    Press   // of codes on paper
	Typeface *pdf.Typeface
	Access   access.Authenticator
	// Secret keys the hashes that the registry keeps of requests. It lies apart
	// from the registry and is the same for every process on one registry.
	Secret [32]byte
	Clock  func() time.Time
	After  func(time.Duration) <-chan time.Time // waits: time.After
	Logger *slog.Logger
	Limits Limits
}

func (o *Options) check() error {
	switch {
	case o.Issuer == nil || o.Registry == nil || o.Checker == nil || o.Press == nil || o.Typeface == nil || o.Access == nil || o.Clock == nil || o.After == nil || o.Logger == nil:
		return errors.New("service: issuer, registry, checker, press, typeface, access, clock, waiting and logger are needed")
	case o.Secret == [32]byte{}:
		return errors.New("service: no secret")
	}
	l := &o.Limits
	if l.Body == 0 {
		l.Body = 64 << 10
	}
	if l.Rate == 0 {
		l.Rate = 100
	}
	if l.Burst == 0 {
		l.Burst = 200
	}
	if l.Address == 0 {
		l.Address = 5000
	}
	if l.Address < 1 {
		return fmt.Errorf("service: %v requests a second of one address", l.Address)
	}
	if l.Quota == 0 {
		l.Quota = 1000
	}
	if l.AnswersFor == 0 {
		l.AnswersFor = 24 * time.Hour
	}
	if l.Proposals == 0 {
		l.Proposals = 24 * time.Hour
	}
	if l.Presses == 0 {
		l.Presses = 2
	}
	if l.Presses < 1 || l.Body < 1024 || l.Rate < 0 || l.Burst < 1 || l.Quota < 0 || l.Quota > math.MaxInt32 || l.AnswersFor < time.Hour || l.Proposals < time.Minute {
		return fmt.Errorf("service: limits %+v are out of bounds", *l)
	}
	return nil
}

// Service answers requests. It is safe for concurrent use.
type Service struct {
	options   Options
	current   *atomic.Pointer[issuer.Issuer]
	secret    secret
	region    uint8
	committer *committer
	leaser    *leaser
	flights   *flights
	limiters  *limiters
	addresses *limiters
	tallies   *tallies
	presses   *presses
	metrics   *metrics
	handler   http.Handler
	openapi   []byte
	draining  atomic.Bool
	stopped   atomic.Bool
	writes    *writes
	watched   []condition // of readiness
}

// New returns a Service that is ready. Close has to be called.
func New(o Options) (*Service, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	region, err := regionNumber(o.Issuer.Region())
	if err != nil {
		return nil, err
	}
	var run [8]byte
	if _, err := rand.Read(run[:]); err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	current := new(atomic.Pointer[issuer.Issuer])
	current.Store(o.Issuer)
	m, kept := newMetrics(current.Load), &writes{clock: o.Clock}
	s := &Service{
		options: o, current: current, secret: secret{o.Secret}, region: region, metrics: m,
		leaser: newLeaser(o.Registry, kept), writes: kept, flights: newFlights(), limiters: newLimiters(o.Limits), tallies: newTallies(), presses: newPresses(o.Limits.Presses),
		committer: newCommitter(o.Registry, o.Issuer.Region()+"-api-"+hex.EncodeToString(run[:]), m, kept),
	}
	s.watched = s.conditions()
	m.watch(s.watched)
	m.openChunks(o.Registry)
	s.addresses = newAddressLimiters(o.Limits)
	if err := s.build(); err != nil {
		s.committer.close()
		return nil, err
	}
	return s, nil
}

// issuer returns the issuer of this moment.
func (s *Service) issuer() *issuer.Issuer { return s.current.Load() }

// SetIssuer goes on with the issuer under newer trust material (issuer.Issuer.Under):
// a key that its region has called compromised signs nothing more, and after the end
// of the programme nothing is issued. Requests that are under way end with the one
// that they began with. The region has to be the same.
func (s *Service) SetIssuer(i *issuer.Issuer) error {
	if i == nil || i.Region() != s.options.Issuer.Region() {
		return errors.New("service: an issuer of another region")
	}
	s.current.Store(i)
	return nil
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Drain makes the service say that it is not ready: whoever distributes requests
// sends no more. Those that come nevertheless are answered.
func (s *Service) Drain() { s.draining.Store(true) }

// Stop makes the service refuse what comes from now on, and do none of it. It is called
// before connections are closed: http.Server.Shutdown takes one for idle until its
// request is read, so a request could be done whose answer goes nowhere.
func (s *Service) Stop() {
	s.draining.Store(true)
	s.stopped.Store(true)
}

// Maintain writes what was counted into the journal and forgets answers that are
// too old. The caller calls it every few seconds.
func (s *Service) Maintain(ctx context.Context) error {
	at := s.options.Clock()
	if err := s.writeTallies(ctx, at); err != nil {
		return err
	}
	_, err := s.options.Registry.ForgetAnswers(ctx, at.Add(-s.options.Limits.AnswersFor).Unix(), registry.MaxChunk)
	return err
}

// Close ends the service when no request is under way any more: what was counted
// is in the journal then. It does not close the registry.
func (s *Service) Close(ctx context.Context) error {
	s.committer.close()
	return s.writeTallies(ctx, s.options.Clock())
}
