package main

import (
	"sync/atomic"
	"time"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/paper"
	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// sourceChecker verifies what is brought to be converted or printed, offline, as a
// venue does. The packages of the issuer know nothing of the verifier's: here the
// two meet.
type sourceChecker struct {
	region  string
	current atomic.Pointer[venue]
	// follow, if set, is told of the trust material of a new bundle.
	follow func(*trustlist.Trust) error
}

// venue is what a venue has of one bundle.
type venue struct {
	trust *trustlist.Trust
	judge *verifier.Verifier
}

func newSourceChecker(trust *trustlist.Trust, region string) (*sourceChecker, error) {
	c := &sourceChecker{region: region}
	if err := c.take(trust); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *sourceChecker) take(trust *trustlist.Trust) error {
	judge, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		return err
	}
	c.current.Store(&venue{trust, judge})
	return nil
}

// Check implements service.Checker.
func (c *sourceChecker) Check(code string, at time.Time, p service.Person) (issuer.Source, error) {
	verdict := c.current.Load().judge.Verify(code, at, verifier.Presented(p.DocumentType, p.DocumentNumber, p.Name))
	credential, ok := verdict.Credential()
	if !ok {
		return issuer.Source{}, &service.SourceError{Reason: verdict.Reason()}
	}
	data, err := transport.Decode(code)
	if err != nil {
		return issuer.Source{}, &service.SourceError{Reason: spec.ReasonDamagedText}
	}
	message, err := cose.ParseSign1(data)
	if err != nil {
		return issuer.Source{}, &service.SourceError{Reason: spec.ReasonEnvelope}
	}
	return issuer.Source{Credential: credential, KeyID: message.KeyID()}, nil
}

// TooOld implements service.Checker.
func (c *sourceChecker) TooOld(at time.Time) bool {
	trust := c.current.Load().trust
	now := max(at.Unix(), trust.Floor())
	return trust.Policy().LadderAt(now).Freshness(now-trust.AgesFrom()) == trustlist.TooOld
}

// Admitted implements service.Press.
func (c *sourceChecker) Admitted(code string, at time.Time) error {
	verdict := c.current.Load().judge.Verify(code, at, verifier.Context{})
	if _, ok := verdict.Credential(); !ok || verdict.Outcome() == verifier.Unverified {
		return &service.SourceError{Reason: verdict.Reason()}
	}
	return nil
}

// Terms implements service.Press.
func (c *sourceChecker) Terms(at time.Time) (paper.Source, paper.Lifetime) {
	trust := c.current.Load().trust
	ladder := trust.Policy().LadderAt(max(at.Unix(), trust.Floor()))
	life := paper.Lifetime{Longest: time.Duration(ladder.ShortLived) * time.Second, Knowledge: time.Duration(ladder.Fresh) * time.Second}
	region, listed := trust.Region(c.region)
	if !listed {
		return paper.Source{}, life
	}
	return paper.Source{Authority: region.Authority, Appeal: region.Appeal}, life
}

// refresh takes the bundle when its file has changed.
func (c *sourceChecker) refresh(file *bundleFile, at time.Time) error {
	return file.refresh(at, func(trust *trustlist.Trust) error {
		if err := c.take(trust); err != nil || c.follow == nil {
			return err
		}
		return c.follow(trust)
	})
}

// follower makes the service go on with its issuer under new trust material.
func follower(s *service.Service, i *issuer.Issuer) func(*trustlist.Trust) error {
	return func(trust *trustlist.Trust) error {
		next, err := under(i, trust)
		if err != nil {
			return err
		}
		return s.SetIssuer(next)
	}
}
