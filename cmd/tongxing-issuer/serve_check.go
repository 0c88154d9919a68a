package main

import (
	"os"
	"sync/atomic"
	"time"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// sourceChecker verifies what is brought to be converted, offline, as a venue
// does. The packages of the issuer know nothing of the verifier's: here the two
// meet.
type sourceChecker struct {
	current  atomic.Pointer[verifier.Verifier]
	modified time.Time // of the bundle that was loaded last, by one goroutine
}

func newSourceChecker(trust *trustlist.Trust) (*sourceChecker, error) {
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		return nil, err
	}
	c := &sourceChecker{}
	c.current.Store(v)
	return c, nil
}

// Check implements service.Checker.
func (c *sourceChecker) Check(code string, at time.Time, p service.Person) (issuer.Source, error) {
	verdict := c.current.Load().Verify(code, at, verifier.Presented(p.DocumentType, p.DocumentNumber, p.Name))
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

// refresh takes the bundle when its file has changed: a key that was stolen
// yesterday must not be converted today. What is refused leaves the old one.
func (c *sourceChecker) refresh(f environmentFlags, at time.Time) error {
	info, err := os.Stat(f.bundle)
	if err != nil || info.ModTime().Equal(c.modified) {
		return err
	}
	c.modified = info.ModTime()
	trust, err := loadTrust(f, at)
	if err != nil {
		return err
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		return err
	}
	c.current.Store(v)
	return nil
}
