package tokenstatus

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
)

// Format is one of the two forms of a token.
type Format uint8

// The formats of tokens.
const (
	CWT Format = iota + 1
	JWT
)

// String returns the format's name, as "cwt".
func (f Format) String() string {
	switch f {
	case CWT:
		return "cwt"
	case JWT:
		return "jwt"
	}
	return "unknown"
}

// MediaType returns the media type of tokens of the format.
func (f Format) MediaType() string { return "application/statuslist+" + f.String() }

const (
	// MaxSize is the most bytes that a token may have, in either form.
	MaxSize = 32 << 20
	// MaxSubject is the most bytes that the URI of a status list may have.
	MaxSubject = 2048
)

// Token is what a Status List Token says. Times are unix seconds.
type Token struct {
	Subject string      // sub: the URI of the status list
	Issued  int64       // iat
	Expires int64       // exp: from when on nobody may rely on it; 0: not said
	TTL     int64       // ttl: seconds after which to look for a newer one; 0: not said
	Places  uint64      // how many credentials the list has room for
	Sets    status.Sets // of indices below Places
}

// claims are those of a token, whatever form it has.
type claims struct {
	subject                              string
	issued, expires, notBefore, timeLive int64 // 0: not said, but for issued
	list                                 *StatusList
}

// checkHead refuses what the draft's sections 5.1 and 5.2 do not allow.
func (c *claims) checkHead() error {
	switch {
	case c.subject == "" || len(c.subject) > MaxSubject:
		return fmt.Errorf("%w: sub of %d bytes", ErrClaims, len(c.subject))
	case c.timeLive < 0:
		return fmt.Errorf("%w: ttl %d", ErrClaims, c.timeLive)
	}
	return nil
}

// isURI reports whether text is a URI (RFC 3986), which has a scheme and is ASCII.
func isURI(text string) bool {
	uri, err := url.Parse(text)
	other := func(r rune) bool { return r <= ' ' || r > '~' }
	return err == nil && uri.IsAbs() && !strings.ContainsFunc(text, other)
}

// claims returns those that the token is written with.
func (t *Token) claims() (*claims, error) {
	if !isURI(t.Subject) {
		return nil, fmt.Errorf("%w: sub %q is no URI", ErrClaims, t.Subject)
	}
	if t.Issued <= 0 || t.Expires != 0 && t.Expires <= t.Issued {
		return nil, fmt.Errorf("%w: iat %d, exp %d", ErrClaims, t.Issued, t.Expires)
	}
	if err := t.Sets.Validate(); err != nil {
		return nil, err
	}
	list, err := NewStatusList(exportBits, t.Places, statusesOf(t.Sets))
	if err != nil {
		return nil, err
	}
	c := &claims{subject: t.Subject, issued: t.Issued, expires: t.Expires, timeLive: t.TTL, list: list}
	if err := c.checkHead(); err != nil {
		return nil, err
	}
	return c, nil
}

// Sign returns the token in the given format, signed by signer. Places that do not
// fill bytes are rounded up. Errors wrap [ErrClaims], [ErrPlaces], [ErrTooLarge],
// those of [status.Sets.Validate], or are the signer's.
func (t *Token) Sign(format Format, signer sig.Signer) ([]byte, error) {
	c, err := t.claims()
	if err != nil {
		return nil, err
	}
	var data []byte
	switch format {
	case CWT:
		data, err = signCWT(c.cbor(), signer)
	case JWT:
		data, err = c.signJWT(signer)
	default:
		return nil, fmt.Errorf("%w: format %d", ErrNotAToken, format)
	}
	if err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	return data, nil
}
