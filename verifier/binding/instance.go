package binding

import (
	"sync"
	"sync/atomic"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
	"github.com/tongxing/tongxing/verifier"
)

// Protocol is the version of the frames. It rises when a host has to change.
const Protocol = 1

// Instance is one verifier with what it believes. The zero value is ready and
// trusts nothing. It is safe for concurrent use and must not be copied.
type Instance struct {
	loading sync.Mutex // a load builds on the one before it
	inForce atomic.Pointer[inForce]
	filming sync.Mutex
	series  *series.Decoder // nil before the first frame
}

// inForce is what was loaded last. It never changes.
type inForce struct {
	trust    *trustlist.Trust
	verifier *verifier.Verifier
}

// New returns an Instance that trusts nothing.
func New() *Instance { return new(Instance) }

// Call answers one request frame with one response frame (spec/binding.md). It has
// an answer to all bytes: what is wrong with a request is said in the response. The
// request is not changed, and nothing of it is kept; the response is the caller's.
func (i *Instance) Call(request []byte) []byte {
	r, problem := parseRequest(request)
	if problem != nil {
		return problem.frame()
	}
	response, problem := r.operation.run(i, r)
	if problem != nil {
		return problem.frame()
	}
	return response
}

// verifier returns the verifier in force; one that answers no_trust when nothing
// was loaded.
func (i *Instance) verifier() *verifier.Verifier {
	if now := i.inForce.Load(); now != nil {
		return now.verifier
	}
	return nil
}
