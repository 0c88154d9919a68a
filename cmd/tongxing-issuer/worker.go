package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/metrics"
	"github.com/tongxing/tongxing/issuer/batch/riverqueue"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
	"github.com/tongxing/tongxing/trustlist"
)

// workerCommand works on every job that is planned until it is told to stop. Any
// number of them may run.
func (a *app) workerCommand() *cobra.Command {
	var f jobFlags
	c := a.Command("worker", "worker", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if err := f.metrics.check(); err != nil {
			return err
		}
		if err := a.beginService(); err != nil {
			return err
		}
		s, err := a.openShop(ctx, f)
		if err != nil {
			return err
		}
		defer s.Close()
		return a.work(ctx, s, "")
	})
	f.addWork(a, c)
	f.metrics.add(a, c)
	return c
}

// shop is what bulk work goes on with.
type shop struct {
	*environment
	flags jobFlags
	store registry.Store
	key   batch.Key
	river *riverqueue.Queue // nil where the queue is the registry's claims

	mutex   sync.Mutex
	current *issuer.Issuer // by the newest bundle
	issuers map[time.Duration]*issuer.Issuer
}

// openShop opens everything, the registry last.
func (a *app) openShop(ctx context.Context, f jobFlags) (*shop, error) {
	if f.atOnce < 0 { // 0 is the default
		return nil, usage("flag_below_one", "--at-once", f.atOnce)
	}
	if err := f.folders.beside(f.registry, true); err != nil {
		return nil, err
	}
	e, err := a.openEnvironment(ctx, f.environmentFlags)
	if err != nil {
		return nil, err
	}
	s := &shop{environment: e, flags: f, store: e.registry, current: e.issuer, issuers: map[time.Duration]*issuer.Issuer{f.lifetime: e.issuer}}
	if s.key, err = jobKey(f.folders.key); err == nil {
		err = a.openQueue(ctx, s)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return s, nil
}

// The queues that --queue names.
const (
	queueRiver  = "river"
	queueClaims = "claims"
)

// openQueue opens River where the registry is a database, unless claims are asked
// for.
func (a *app) openQueue(ctx context.Context, s *shop) (err error) {
	database := databaseOf(s.store)
	switch {
	case s.flags.queue == queueClaims, s.flags.queue == "" && database == nil:
		return nil
	case s.flags.queue != "" && s.flags.queue != queueRiver:
		return usage("queue_unknown", s.flags.queue)
	case database == nil:
		return usage("queue_needs_postgres")
	}
	s.river, err = riverqueue.New(ctx, riverqueue.Options{Registry: database, Clock: clock{a}})
	return err
}

// databaseOf returns the registry in PostgreSQL that a store is or guards, or nil.
func databaseOf(store registry.Store) *postgres.Registry {
	for {
		if database, ok := store.(*postgres.Registry); ok {
			return database
		}
		guard, ok := store.(interface{ Unwrap() registry.Store })
		if !ok {
			return nil
		}
		store = guard.Unwrap()
	}
}

// clock is the program's.
type clock struct{ *app }

// Now implements batch.Clock.
func (c clock) Now() time.Time { return c.Clock() }

// After implements batch.Clock.
func (c clock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// issuerFor returns the issuer of credentials that last so long: a worker takes the
// lifetime of each job.
func (s *shop) issuerFor(lifetime time.Duration) (*issuer.Issuer, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if made := s.issuers[lifetime]; made != nil {
		return made, nil
	}
	made, err := s.current.WithLifetime(lifetime)
	if err != nil {
		return nil, err
	}
	s.issuers[lifetime] = made
	return made, nil
}

// take goes on under the trust material of a new bundle, from the next chunk on.
func (s *shop) take(trust *trustlist.Trust) error {
	next, err := under(s.issuer, trust)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.current = next
	clear(s.issuers)
	return nil
}

// now returns the issuer of this moment.
func (s *shop) now() *issuer.Issuer {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.current
}

// work works on one job until it is done, or, for "", on all of them until ctx ends.
func (a *app) work(ctx context.Context, s *shop, job string) error {
	queue, err := a.queueOf(ctx, s, job)
	if err != nil {
		return err
	}
	figures := metrics.New(metrics.Options{Issuer: s.now, Clock: a.Clock})
	worker, err := batch.NewWorker(batch.WorkerOptions{
		Registry: s.store, Issuers: s.issuerFor, Parts: s.flags.folders.parts, Key: s.key, Clock: clock{a}, AtOnce: s.flags.atOnce,
		Done: figures.Done,
		Failed: func(err error) {
			figures.Failed(err)
			a.warn("a fault that may pass; trying again", "worker_goes_on", err)
		},
		SetAside: func(aside *batch.SetAsideError) {
			figures.SetAside(aside)
			a.tellAside(aside, job)
		},
	})
	if err != nil {
		return err
	}
	end, err := a.beside(ctx, s, figures)
	if err != nil {
		return err
	}
	defer end()
	if job == "" {
		a.Log.Info("the worker has begun", "registry", registryName(s.flags.registry))
	}
	if err := worker.Run(ctx, queue); err != nil {
		return a.jobError(err, s.flags.folders.parts, job)
	}
	if job != "" && ctx.Err() != nil {
		return ctx.Err() // the job is not done
	}
	return nil
}

// beside does what goes on beside the work until end is called: the figures are told
// and new bundles are taken. A worker whose figures nobody can read any more works on.
func (a *app) beside(ctx context.Context, s *shop, figures *metrics.Worker) (end func(), err error) {
	server, address, err := s.flags.metrics.serve(figures.Handler(), func(err error) {
		if err != nil {
			a.warn("the figures cannot be read any more", "worker_goes_on", err)
		}
	})
	if err != nil {
		return nil, err
	}
	if address != nil {
		a.Log.Info("the figures are told", "address", "http://"+address.String()+"/metrics")
	}
	ctx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { a.follow(ctx, s) })
	return func() {
		stop()
		group.Wait()
		_ = server.Close() // nothing is left to tell
	}, nil
}

// tellAside says that a job is set aside, unless it is the only one, whose fault is
// what the command ends with.
func (a *app) tellAside(aside *batch.SetAsideError, job string) {
	if job == "" {
		why, _ := a.Explain(a.jobError(aside, "", ""))
		a.warn("a job is set aside and tried again later", "job_aside", aside.Task.Job, why)
	}
}

// queueOf returns the queue for one job, or for all.
func (a *app) queueOf(ctx context.Context, s *shop, job string) (batch.Queue, error) {
	if s.river == nil {
		name, err := workerName()
		if err != nil {
			return nil, err
		}
		return batch.NewClaims(batch.ClaimsOptions{Registry: s.store, Clock: clock{a}, Worker: name, Job: job})
	}
	o := s.river.Options
	o.Job = job
	return riverqueue.New(ctx, o)
}

// workerName names this process: a host's name and a process number come again.
func workerName() (string, error) {
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	return "worker-" + hex.EncodeToString(random[:]), nil
}

// jobKey returns the key of the jobs' names, which is made when there is none. Of
// two that make it at once both have the one that was first.
func jobKey(path string) (batch.Key, error) {
	for {
		data, err := files.Read(path, batch.KeySize)
		if err == nil && len(data) != batch.KeySize || errors.Is(err, files.ErrTooLarge) || errors.Is(err, files.ErrEmpty) {
			return batch.Key{}, fail("job_key_damaged", path)
		}
		if err == nil {
			return batch.Key(data), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return batch.Key{}, err
		}
		if err := makeJobKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return batch.Key{}, program.AboutFile(path, err)
		}
	}
}

// makeJobKey writes a key beside path and then gives it the name, unless another
// has it.
func makeJobKey(path string) error {
	var key batch.Key
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	written := filepath.Join(filepath.Dir(path), fmt.Sprintf(".job-key-%d", os.Getpid()))
	if err := files.Write(written, key[:], 0o600); err != nil {
		return err
	}
	return errors.Join(os.Link(written, path), os.Remove(written))
}
