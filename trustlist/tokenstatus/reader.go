package tokenstatus

import (
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
)

const (
	// DefaultMaxPlaces is the most places that a reader inflates where its options
	// say nothing: two and a half times a province of a hundred million.
	DefaultMaxPlaces = 1 << 28
	// Tolerance is how many seconds a token may be issued after the time of the
	// reader, whose clock may be behind.
	Tolerance = 300
)

// errNotPositive reports a number that has to be above 0.
var errNotPositive = errors.New("not above 0")

// Options are what a [Reader] is made with.
type Options struct {
	Key       *sig.PublicKey // of who signs the tokens
	Subject   string         // the one status list that tokens may be about; empty: any
	MaxPlaces uint64         // 0: [DefaultMaxPlaces]
}

// Reader reads Status List Tokens that one key has signed. It is immutable, and
// any number of goroutines may use it.
type Reader struct{ options Options }

// NewReader returns a reader with the options. There has to be a key, and at most
// [MaxPlaces].
func NewReader(options Options) (*Reader, error) {
	if options.Key == nil {
		return nil, errors.New("tokenstatus: a reader needs a key")
	}
	if options.MaxPlaces > MaxPlaces {
		return nil, fmt.Errorf("%w: at most %d", ErrPlaces, uint64(MaxPlaces))
	}
	if options.MaxPlaces == 0 {
		options.MaxPlaces = DefaultMaxPlaces
	}
	return &Reader{options}, nil
}

// Read verifies a token of either format at a time, in unix seconds, and returns
// what it says. data is not changed and not kept. Every error of this package is
// possible, and [sig.ErrSignature].
func (r *Reader) Read(data []byte, at int64) (*Token, error) {
	c, err := r.open(data)
	if err != nil {
		return nil, err
	}
	if err := c.checkTime(at); err != nil {
		return nil, err
	}
	if r.options.Subject != "" && c.subject != r.options.Subject {
		return nil, fmt.Errorf("%w: %q", ErrSubject, c.subject)
	}
	sets, places, err := c.list.Sets(r.options.MaxPlaces)
	if err != nil {
		return nil, err
	}
	return &Token{
		Subject: c.subject, Issued: c.issued, Expires: c.expires, TTL: c.timeLive, Places: places, Sets: sets,
	}, nil
}

// open verifies a token and reads its claims. The first byte tells the formats
// apart: a CWT is tagged, and a JWT is text.
func (r *Reader) open(data []byte) (*claims, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	if len(data) > 0 && data[0] >= 0x80 {
		payload, err := openCWT(data, r.options.Key)
		if err != nil {
			return nil, err
		}
		return readCWT(payload)
	}
	payload, err := openJWT(string(data), r.options.Key)
	if err != nil {
		return nil, err
	}
	return readJWT(payload)
}

func (c *claims) checkTime(at int64) error {
	switch {
	case c.expires != 0 && at >= c.expires:
		return fmt.Errorf("%w: at %d", ErrExpired, c.expires)
	case c.issued-Tolerance > at || c.notBefore-Tolerance > at:
		return fmt.Errorf("%w: of %d", ErrFuture, max(c.issued, c.notBefore))
	}
	return nil
}
