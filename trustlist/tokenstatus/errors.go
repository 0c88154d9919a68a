package tokenstatus

import (
	"errors"
	"fmt"
)

// Faults of tokens and of the status lists in them. Beside them the package
// returns [sig.ErrSignature] for a token that the key did not sign, the errors of
// [status.Sets.Validate], and *[TypeError].
var (
	// ErrNotAToken reports data that is neither a CWT nor a JWT of one signature.
	ErrNotAToken = errors.New("tokenstatus: not a status list token")
	// ErrTooLarge reports a token above [MaxSize] bytes.
	ErrTooLarge = errors.New("tokenstatus: token is too large")
	// ErrType reports a token whose typ is that of another kind, or missing.
	ErrType = errors.New("tokenstatus: typ is not that of a status list token")
	// ErrCritical reports a token with header parameters that it calls critical.
	ErrCritical = errors.New("tokenstatus: token has critical header parameters")
	// ErrAlgorithm reports a token of another algorithm than the key's: of another
	// signature, of a shared secret, or of none.
	ErrAlgorithm = errors.New("tokenstatus: algorithm is not that of the key")
	// ErrClaims reports a claim that is missing, stands twice or has a wrong value.
	ErrClaims = errors.New("tokenstatus: claims are not those of a status list token")
	// ErrSubject reports a token about another status list than the one asked for.
	ErrSubject = errors.New("tokenstatus: token is about another status list")
	// ErrExpired reports a token whose issuer no longer stands by it.
	ErrExpired = errors.New("tokenstatus: token has expired")
	// ErrFuture reports a token issued, or not valid before, more than [Tolerance]
	// seconds after the time of the reader.
	ErrFuture = errors.New("tokenstatus: token is of the future")
	// ErrStatusList reports a status list that is not one: wrong bits, wrong
	// members, or an array that does not inflate.
	ErrStatusList = errors.New("tokenstatus: not a status list")
	// ErrPlaces reports a status list with more places than the reader allows, or
	// an index or status that its places cannot hold.
	ErrPlaces = errors.New("tokenstatus: places do not hold it")
)

// TypeError reports a status of an import that is none of revoked, suspended and
// superseded.
type TypeError struct {
	Index  uint32
	Status Type
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("tokenstatus: index %d has the status %d, which has no meaning here", e.Index, e.Status)
}
