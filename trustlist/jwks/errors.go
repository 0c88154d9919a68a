package jwks

import "errors"

// Faults of the JSON, of the JWS around the key set, and of keys. Beside them
// the package returns [trustlist.ErrTooLarge], [trustlist.ErrThreshold],
// [trustlist.ErrEpoch], [trustlist.ErrRollback], [trustlist.ErrFork],
// [trustlist.ErrLaterVersion], *[trustlist.ContentError] and [sig.ErrPoint],
// which mean what they mean for signed documents.
var (
	// ErrJSON reports text that is not JSON, or goes beyond what an export has:
	// depth, number of values, numbers that are no integers.
	ErrJSON = errors.New("jwks: not JSON as an export has it")
	// ErrTrailing reports data behind the JSON value.
	ErrTrailing = errors.New("jwks: data behind the JSON value")
	// ErrDuplicate reports a member that stands twice in an object.
	ErrDuplicate = errors.New("jwks: member stands twice")
	// ErrNotCanonical reports JSON that could be written otherwise: blanks,
	// members out of order, escapes without need.
	ErrNotCanonical = errors.New("jwks: JSON is not in its canonical form")
	// ErrNotAnExport reports JSON that is no JWS in general serialization, or
	// one with members that an export does not have.
	ErrNotAnExport = errors.New("jwks: not an export of keys")
	// ErrBase64 reports base64url with padding, stray bits or foreign
	// characters.
	ErrBase64 = errors.New("jwks: not base64url in its one form")
	// ErrUnprotected reports a header that no signature covers.
	ErrUnprotected = errors.New("jwks: signature has an unprotected header")
	// ErrCritical reports a header with crit.
	ErrCritical = errors.New("jwks: header has critical members")
	// ErrUnencoded reports a header with b64 (RFC 7797).
	ErrUnencoded = errors.New("jwks: header changes how the payload is signed")
	// ErrHeader reports a protected header with other members than alg, kid and
	// typ, or wrong ones.
	ErrHeader = errors.New("jwks: protected header is not alg, kid and typ")
	// ErrType reports a JWS of another kind.
	ErrType = errors.New("jwks: typ is that of another kind of JWS")
	// ErrForbidden reports the algorithm none, or one with a shared secret.
	ErrForbidden = errors.New("jwks: algorithm that proves nothing")
	// ErrMismatch reports an algorithm that is not the one of the key.
	ErrMismatch = errors.New("jwks: algorithm is not that of the key")
	// ErrKeyTwice reports two signatures by one key, or one key twice in the set.
	ErrKeyTwice = errors.New("jwks: one key twice")
	// ErrCoordinate reports an x or y that does not have 32 bytes.
	ErrCoordinate = errors.New("jwks: coordinate does not have 32 bytes")
	// ErrKeyID reports a kid that is not the thumbprint of its key.
	ErrKeyID = errors.New("jwks: kid is not the thumbprint of the key")
	// ErrPrivate reports a key with a private or secret part.
	ErrPrivate = errors.New("jwks: key with its private part")
	// ErrSecondReader reports an export of which another JOSE library reads
	// something else.
	ErrSecondReader = errors.New("jwks: another JOSE library reads it otherwise")
)
