package issuer

import (
	"errors"
	"math/rand/v2"
	"sync"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
)

// Chunk signs the credentials of one chunk, and verifies as many of them as its
// Check asks for: one, chosen at random, of each CheckOptions.Every, and of each
// CheckOptions.Second one with the second implementation; at least one each of
// every key that signed in it.
//
//	chunk := issuer.Chunk()
//	for ... { issued, err := chunk.Sign(draft, ref) }
//	if err := chunk.Release(); err != nil { ... }  // void: nothing of it may leave
//	// write, commit
//
// It is safe for concurrent use, Release aside, which comes after the last Sign.
type Chunk struct {
	issuer *Issuer
	mutex  sync.Mutex
	keys   map[[32]byte]*sample // by thumbprint
	err    error                // why the chunk is void
	closed bool
}

// ErrReleased reports a credential that is to be signed in a chunk whose checks
// are over.
var ErrReleased = errors.New("issuer: the chunk has been released")

// Chunk begins a chunk. An empty one costs nothing to forget.
func (i *Issuer) Chunk() *Chunk { return &Chunk{issuer: i, keys: map[[32]byte]*sample{}} }

// Sign is [Issuer.Sign], with the verification left to the chunk. What it returns
// may be written to memory or to a file that nobody reads yet, and goes no further
// before Release has returned nil. After a *[KeyStoppedError] the chunk is void,
// and every later Sign and Release returns it.
func (c *Chunk) Sign(d *Draft, ref format.Ref) (Issued, error) {
	issued, err := c.issuer.sign(d, ref)
	if err == nil {
		err = c.note(d.key.published.Public, issued.Data)
	}
	if err != nil {
		return Issued{}, c.void(err)
	}
	return issued, nil
}

// void keeps the error of a stopped key.
func (c *Chunk) void(err error) error {
	var stopped *KeyStoppedError
	if errors.As(err, &stopped) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.err == nil {
			c.err = err
		}
	}
	return err
}

// note takes one more credential of key into the samples and verifies what is due.
func (c *Chunk) note(key *sig.PublicKey, data []byte) error {
	first, opinion, err := c.take(key, data)
	if err != nil {
		return err
	}
	return c.verify(key, first, opinion)
}

// take returns what is to be verified now.
func (c *Chunk) take(key *sig.PublicKey, data []byte) (first, opinion []byte, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.err != nil {
		return nil, nil, c.err
	}
	if c.closed {
		return nil, nil, ErrReleased
	}
	s := c.keys[key.Thumbprint()]
	if s == nil {
		s = &sample{key: key}
		c.keys[key.Thumbprint()] = s
	}
	options := &c.issuer.check.options
	return s.first.take(data, options.Every), s.opinion.take(data, options.Second), nil
}

func (c *Chunk) verify(key *sig.PublicKey, first, opinion []byte) error {
	check := c.issuer.check
	if opinion != nil {
		if err := check.opinion(opinion, key); err != nil {
			return err
		}
	}
	if first != nil {
		return check.first(first, key)
	}
	return nil
}

// Release verifies what is left to verify, and reports whether what was signed may
// leave: nil, or why the chunk is void, a *[KeyStoppedError]. Nothing more is
// signed in the chunk.
func (c *Chunk) Release() error {
	c.mutex.Lock()
	err, keys := c.err, c.keys
	c.keys, c.closed = nil, true
	c.mutex.Unlock()
	if err != nil {
		return err
	}
	for _, s := range keys {
		if err := c.verify(s.key, s.first.chosen, s.opinion.chosen); err != nil {
			return c.void(err)
		}
		// Another chunk may have found the key at fault meanwhile.
		if err := c.issuer.check.allows(s.key); err != nil {
			return c.void(err)
		}
	}
	return nil
}

// sample is what a chunk has to verify of one key.
type sample struct {
	key            *sig.PublicKey
	first, opinion draw
}

// draw chooses one of each n at random without knowing how many will come: the
// k-th takes the place of the chosen one with chance 1 in k (reservoir sampling).
// Which it is cannot be foreseen by whoever computes the signatures.
type draw struct {
	seen   int
	chosen []byte
}

// take returns the chosen one of n when the last of them has come.
func (d *draw) take(data []byte, n int) []byte {
	d.seen++
	if rand.IntN(d.seen) == 0 {
		d.chosen = data
	}
	if d.seen < n {
		return nil
	}
	chosen := d.chosen
	*d = draw{}
	return chosen
}
