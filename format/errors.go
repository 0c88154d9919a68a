package format

import (
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/cborx"
)

// FaultClass says which layer of a credential is at fault.
type FaultClass uint8

// The layers, from the outside in.
const (
	FaultEncoding  FaultClass = iota + 1 // not deterministic CBOR
	FaultEnvelope                        // not the COSE_Sign1 of a credential
	FaultAlgorithm                       // an algorithm that is unknown here
	FaultClaims                          // a claim is missing, unknown, out of bounds or out of order
)

// ParseError reports bytes that are no credential.
type ParseError struct {
	Class FaultClass
	Err   error
}

func (e *ParseError) Error() string { return "format: " + e.Err.Error() }

// Unwrap returns the layer's own error, which says what is wrong and where.
func (e *ParseError) Unwrap() error { return e.Err }

// ClaimError reports a claim that no credential may carry.
type ClaimError struct {
	Claim   string // name in spec/credential.md
	Problem string
}

func (e *ClaimError) Error() string { return e.Claim + ": " + e.Problem }

func claimError(claim, problem string, arguments ...any) error {
	if len(arguments) > 0 {
		problem = fmt.Sprintf(problem, arguments...)
	}
	return &ClaimError{Claim: claim, Problem: problem}
}

// classify wraps an error of cborx or cose, which are told apart by type: a
// fault of encoding is the same fault in every layer.
func classify(err error, otherwise FaultClass) error {
	var encoding *cborx.EncodingError
	if errors.As(err, &encoding) {
		return &ParseError{Class: FaultEncoding, Err: err}
	}
	return &ParseError{Class: otherwise, Err: err}
}
