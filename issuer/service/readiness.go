package service

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
)

// Conditions of readiness, by the names that /readyz and the figures give them.
const (
	conditionServing  = "serving"  // nobody told the service to stop
	conditionKeys     = "keys"     // the trust material leaves a key to sign with, and none is stopped
	conditionSigner   = "signer"   // whoever holds the keys signs
	conditionRegistry = "registry" // the registry answers, and refuses nothing that is written
	conditionBundle   = "bundle"   // the trust material is new enough to verify a code by
)

const (
	// watchFor is how long an answer of signer and registry counts: however often
	// it is asked whether the service is ready, they are asked once a second.
	watchFor = time.Second
	// watchPatience is how long a question waits for them. It is shorter than the
	// probes of ops/kubernetes wait, so that the answer has a name.
	watchPatience = 3 * time.Second
	// refusedFor is how long a write that failed counts where none came after it.
	// Whoever distributes requests sends none meanwhile, so it must not count for
	// ever.
	refusedFor = 15 * time.Second
)

// condition is one thing that has to be so for requests to be sent here.
type condition struct {
	name  string
	check func(context.Context) error // as a refusal
}

// conditions are all of them; the first that fails is the answer's problem.
func (s *Service) conditions() []condition {
	signer := &watch{clock: s.options.Clock, after: s.options.After, ask: func() error { return s.issuer().Probe() }}
	store := &watch{clock: s.options.Clock, after: s.options.After, ask: func() error {
		_, err := s.options.Registry.Mark(context.Background())
		return err
	}}
	return []condition{
		{conditionServing, func(context.Context) error {
			if s.draining.Load() {
				return refusal("draining")
			}
			return nil
		}},
		{conditionKeys, func(context.Context) error {
			if stopped := s.issuer().StoppedKeys(); len(stopped) > 0 {
				return stopped[0]
			}
			if s.issuer().Keys() == 0 {
				return refusal("no_key")
			}
			return nil
		}},
		{conditionSigner, func(ctx context.Context) error { return named(signer.answer(ctx), "signer_unavailable") }},
		{conditionRegistry, func(ctx context.Context) error {
			err := store.answer(ctx)
			if err == nil {
				err = s.writes.refused(s.options.Clock())
			}
			return named(err, "registry_unavailable")
		}},
		{conditionBundle, func(context.Context) error {
			if s.options.Checker.TooOld(s.options.Clock()) {
				return refusal("bundle_too_old")
			}
			return nil
		}},
	}
}

// named gives an error the name of its condition, unless it is that of a stopped
// key, which says more.
func named(err error, name string) error {
	if err == nil || problemOf(err).name == "key_stopped" {
		return err
	}
	return refusalFor(err, name)
}

// Condition is how one condition of readiness stands.
type Condition struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"` // a name of problems.csv
	Title   string `json:"title,omitempty"`   // its words, in the language asked for
}

// ready says whether requests are to be sent here, and how each condition stands.
// Those that the query excludes do not count: what no other process could do either
// is no reason to send nobody here.
func (s *Service) ready(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	asked := requestOf(ctx)
	asked.operation = "ready"
	exclude := r.URL.Query()["exclude"]
	for _, name := range exclude {
		if !slices.ContainsFunc(s.watched, func(c condition) bool { return c.name == name }) {
			s.write(ctx, w, &refusalError{name: "invalid", faults: []Fault{{"query.exclude", "the name of a condition"}}})
			return
		}
	}
	var all []Condition
	var first error
	for _, c := range s.watched {
		err := c.check(ctx)
		stands := Condition{Name: c.name, OK: err == nil}
		if err != nil {
			stands.Problem = problemOf(err).name
			row, _ := spec.ProblemByName(stands.Problem)
			stands.Title = row.Title.In(asked.lang)
		}
		if first == nil && !slices.Contains(exclude, c.name) {
			first = err
		}
		all = append(all, stands)
	}
	if first != nil {
		s.writeWith(ctx, w, first, all)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(struct { // who asked may be gone
		Ready      bool        `json:"ready"`
		Conditions []Condition `json:"conditions"`
	}{true, all})
}

// watch asks for something at most once each watchFor, whoever wants to know, and
// at most once at a time.
type watch struct {
	ask   func() error
	clock func() time.Time
	after func(time.Duration) <-chan time.Time

	mutex    sync.Mutex
	answered time.Time     // when the last answer came, zero before the first
	err      error         // that answer
	asking   chan struct{} // closed when the answer is there; nil where nobody asks
}

var errSlow = errors.New("service: no answer in time")

// answer returns the newest answer, or errSlow where none comes.
func (w *watch) answer(ctx context.Context) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.asking == nil {
		age := w.clock().Sub(w.answered)
		if !w.answered.IsZero() && age >= 0 && age < watchFor {
			return w.err
		}
		w.asking = make(chan struct{})
		go w.run()
	}
	asking := w.asking
	w.mutex.Unlock()
	var late error
	select {
	case <-asking:
	case <-w.after(watchPatience):
		late = errSlow
	case <-ctx.Done():
		late = errSlow
	}
	w.mutex.Lock()
	if late != nil {
		return late
	}
	return w.err
}

func (w *watch) run() {
	err := w.ask()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.err, w.answered = err, w.clock()
	close(w.asking)
	w.asking = nil
}

// writes is how the last write to the registry ended. A registry that is read well
// may take nothing more: its disk is full, or it is an older copy of itself.
type writes struct {
	clock func() time.Time

	mutex  sync.Mutex
	failed time.Time
	err    error
}

// ended notes a write. What a caller brought about himself is no fault of the
// registry.
func (w *writes) ended(err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, registry.ErrRequestUsed) || errors.Is(err, registry.ErrFull) {
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.err, w.failed = err, w.clock()
}

// refused returns the error of the last write while it counts.
func (w *writes) refused(at time.Time) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.err == nil || at.Sub(w.failed) >= refusedFor {
		return nil
	}
	return w.err
}
