// Package cose reads and writes the two COSE messages (RFC 9052) of Tongxing,
// each in one form only.
//
// A credential is a COSE_Sign1 (tag 18):
//
//	18([ << {1: alg, 4: kid} >>, {}, payload, signature ])
//
// with kid the first 4 bytes of the key's thumbprint. A signed document is a
// COSE_Sign (tag 98) with 1 to 16 signatures:
//
//	98([ << {16: typ} >>, {}, payload, [
//	     [ << {1: alg, 4: kid} >>, {}, signature ], ... ] ])
//
// with kid the whole thumbprint (32 bytes) and typ a media type that names the
// kind of document. The protected headers hold exactly these labels: a crit, an
// algorithm outside the protected header or any other label is refused, and
// unprotected maps are empty. external_aad is empty.
//
// Parsed messages are unverified: what they claim is read through methods whose
// names say so.
package cose

import "errors"

// ErrAlgorithmMismatch reports a message that names another algorithm than the
// key's own.
var ErrAlgorithmMismatch = errors.New("cose: algorithm of the message is not the algorithm of the key")

// EnvelopeError reports deterministic CBOR that is not the COSE message asked
// for.
type EnvelopeError struct {
	Problem string
	Err     error // may be nil
}

func (e *EnvelopeError) Error() string {
	if e.Err != nil {
		return "cose: " + e.Problem + ": " + e.Err.Error()
	}
	return "cose: " + e.Problem
}

// Unwrap returns the error beneath, if any.
func (e *EnvelopeError) Unwrap() error { return e.Err }
