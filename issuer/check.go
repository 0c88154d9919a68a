package issuer

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist/publish/second"
)

// How many credentials of a chunk one is verified of, at most.
const (
	CheckEvery  = 100  // with the implementation that signed
	CheckSecond = 1000 // with the other one
)

// CheckOptions of a Check.
type CheckOptions struct {
	// Every: of so many credentials of a chunk one is verified with package sig,
	// 1 to CheckEvery; 0 is CheckEvery.
	Every int
	// Second: of so many one is verified with package second as well, 1 to
	// CheckSecond; 0 is CheckSecond.
	Second int
	// Stopped, if set, is told once of each key that is stopped, when nothing more
	// is signed with it. It may be called concurrently.
	Stopped func(*KeyStoppedError)
}

// Check verifies what was signed before it is released, and stops the key whose
// signature does not hold: a device or a machine that computes wrongly once does
// so again, and a wrong signature over a known message can give the key away.
//
// A stopped key stays stopped for the life of the Check, so a process gives one
// and the same Check to every Issuer that it makes. It is safe for concurrent use.
type Check struct {
	options CheckOptions
	second  func(key *sig.PublicKey, message, signature []byte) error

	mutex   sync.RWMutex
	stopped map[[32]byte]*KeyStoppedError // by thumbprint
	order   []*KeyStoppedError
}

// NewCheck returns a Check. It refuses to look at fewer signatures than the
// constants say.
func NewCheck(options CheckOptions) (*Check, error) {
	if options.Every == 0 {
		options.Every = CheckEvery
	}
	if options.Second == 0 {
		options.Second = CheckSecond
	}
	if options.Every < 1 || options.Every > CheckEvery {
		return nil, fmt.Errorf("issuer: verify 1 of %d after signing, not 1 of 1 to 1 of %d", options.Every, CheckEvery)
	}
	if options.Second < 1 || options.Second > CheckSecond {
		return nil, fmt.Errorf("issuer: verify 1 of %d with the second implementation, not 1 of 1 to 1 of %d", options.Second, CheckSecond)
	}
	return &Check{options: options, second: second.VerifyBulk, stopped: map[[32]byte]*KeyStoppedError{}}, nil
}

// KeyStoppedError reports a key whose signature did not verify after signing.
// Nothing more is signed with it; whether it is retired or called compromised is
// for its region to say.
type KeyStoppedError struct {
	Key    *sig.PublicKey
	Second bool  // the second implementation refused what the first had accepted
	Err    error // how it was refused
}

func (e *KeyStoppedError) Error() string {
	which := "the implementation that signs"
	if e.Second {
		which = "the second implementation"
	}
	return fmt.Sprintf("issuer: key %s is stopped: %s refuses a signature that it made: %v", e.Key, which, e.Err)
}

// Unwrap returns how the signature was refused.
func (e *KeyStoppedError) Unwrap() error { return e.Err }

// StoppedKeys returns the errors of the keys that are stopped, in the order in
// which they were.
func (c *Check) StoppedKeys() []*KeyStoppedError {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	return append([]*KeyStoppedError(nil), c.order...)
}

// StoppedKeys returns why keys of this Issuer are stopped; none is the rule.
func (i *Issuer) StoppedKeys() []*KeyStoppedError {
	var all []*KeyStoppedError
	for _, stopped := range i.check.StoppedKeys() {
		if slices.ContainsFunc(i.keys, func(k signingKey) bool { return k.published.Public.Equal(stopped.Key) }) {
			all = append(all, stopped)
		}
	}
	return all
}

// allows returns the *KeyStoppedError of a key that is stopped.
func (c *Check) allows(key *sig.PublicKey) error {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if stopped, ok := c.stopped[key.Thumbprint()]; ok {
		return stopped
	}
	return nil
}

// stop stops key and returns why it was stopped first.
func (c *Check) stop(key *sig.PublicKey, bySecond bool, err error) error {
	e := &KeyStoppedError{Key: key, Second: bySecond, Err: err}
	c.mutex.Lock()
	if stopped, ok := c.stopped[key.Thumbprint()]; ok {
		c.mutex.Unlock()
		return stopped
	}
	c.stopped[key.Thumbprint()] = e
	c.order = append(c.order, e)
	c.mutex.Unlock()
	if c.options.Stopped != nil {
		c.options.Stopped(e)
	}
	return e
}

// first verifies a credential as a venue would read it: bytes that do not parse
// are as bad as a wrong signature.
func (c *Check) first(data []byte, key *sig.PublicKey) error {
	u, err := format.Parse(data)
	if err == nil {
		_, err = u.Verify(key)
	}
	if err != nil {
		return c.stop(key, false, err)
	}
	return nil
}

// opinion asks the second implementation, after the first accepted.
func (c *Check) opinion(data []byte, key *sig.PublicKey) error {
	if err := c.first(data, key); err != nil {
		return err
	}
	m, err := cose.ParseSign1(data)
	if err == nil {
		err = c.second(key, m.ToBeSigned(), m.Signature())
	}
	if errors.Is(err, sig.ErrUnknownAlgorithm) {
		return err
	}
	if err != nil {
		return c.stop(key, true, err)
	}
	return nil
}
