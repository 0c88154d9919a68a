package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish/facts"
	"github.com/tongxing/tongxing/verifier"
)

const (
	maxRequest = 16 << 20 // bytes of a line
	maxLoaded  = 64       // trust materials kept
)

// Verifier is the verifier of this module as an implementation. It loads trust
// material that it signs itself, with keys that are thrown away: the facts of a
// request are given, and nobody has signed them. It serves one caller at a time.
type Verifier struct {
	signers  facts.Signers
	regional map[string]sig.Signer         // by region and what the key signs
	loaded   map[string]*verifier.Verifier // by the facts
}

// NewVerifier returns a Verifier with new keys.
func NewVerifier() (*Verifier, error) {
	v := &Verifier{regional: map[string]sig.Signer{}, loaded: map[string]*verifier.Verifier{}}
	for _, algorithm := range []sig.Algorithm{sig.SM2, sig.ES256} {
		key, err := keys.Generate(algorithm, nil)
		if err != nil {
			return nil, err
		}
		v.signers.Root = append(v.signers.Root, key)
	}
	v.signers.Authority = func(region string) (sig.Signer, error) { return v.keyOf(region + "/authority") }
	v.signers.Status = func(region string) (sig.Signer, error) { return v.keyOf(region + "/status") }
	return v, nil
}

func (v *Verifier) keyOf(name string) (sig.Signer, error) {
	if key, ok := v.regional[name]; ok {
		return key, nil
	}
	key, err := keys.Generate(sig.ES256, nil)
	if err != nil {
		return nil, err
	}
	v.regional[name] = key
	return key, nil
}

// Reason implements [Implementation]. The error says why the facts of the request
// are no trust material.
func (v *Verifier) Reason(_ context.Context, r *Request) (string, error) {
	var over *verifier.Verifier // nil trusts nothing
	if r.Trust != nil {
		var err error
		if over, err = v.load(r.Trust); err != nil {
			return "", err
		}
	}
	var presented verifier.Context
	if p := r.Presented; p != nil {
		presented = verifier.Presented(p.DocumentType, p.Number, p.Name)
	}
	if r.Venue != nil {
		presented.Class, presented.Region = r.Venue.Class, r.Venue.Region
	}
	return over.Verify(r.Text, r.Time, presented).Reason().Name(), nil
}

// load returns a verifier over the facts. Most vectors have the same.
func (v *Verifier) load(given *vectors.Trust) (*verifier.Verifier, error) {
	text, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	if over := v.loaded[string(text)]; over != nil {
		return over, nil
	}
	material, err := facts.FromVector(*given)
	if err != nil {
		return nil, err
	}
	var trust *trustlist.Trust
	if trust, err = material.Load(v.signers); err != nil {
		return nil, err
	}
	over, err := verifier.New(trust, verifier.Options{StatusListRequired: given.StatusListRequired})
	if err != nil {
		return nil, err
	}
	if len(v.loaded) == maxLoaded {
		clear(v.loaded)
		clear(v.regional)
	}
	v.loaded[string(text)] = over
	return over, nil
}

// RequestError says which request could not be answered.
type RequestError struct {
	Line int // counted from 1
	Err  error
}

func (e *RequestError) Error() string { return fmt.Sprintf("request line %d: %v", e.Line, e.Err) }

// Unwrap returns the error beneath.
func (e *RequestError) Unwrap() error { return e.Err }

// Serve answers the requests of in, a line each, until it ends or ctx does. It
// stops at a line that is no request, with a *[RequestError].
func (v *Verifier) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxRequest)
	encoder := json.NewEncoder(out)
	line := 0
	for lines.Scan() {
		line++
		if err := ctx.Err(); err != nil {
			return err
		}
		var r Request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return &RequestError{line, err}
		}
		if r.ID == 0 || r.Time.IsZero() {
			return &RequestError{line, errors.New("no id or no time")}
		}
		reason, err := v.Reason(ctx, &r)
		if err != nil {
			return &RequestError{line, err}
		}
		if err := encoder.Encode(Answer{r.ID, reason}); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return &RequestError{line + 1, err}
	}
	return ctx.Err()
}
