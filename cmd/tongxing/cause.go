package main

import (
	"errors"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
)

// causes are the errors of libraries that may stand behind a message, as a few
// words in the user's language. The first that matches is taken.
var causes = []program.Explanation{
	{Target: trustlist.ErrNotABundle, Key: "cause_not_a_bundle"},
	{Target: trustlist.ErrLaterVersion, Key: "cause_later"},
	{Target: trustlist.ErrTooLarge, Key: "cause_too_large"},
	{Target: trustlist.ErrWrongKind, Key: "cause_kind"},
	{Target: trustlist.ErrThreshold, Key: "cause_threshold"},
	{Target: trustlist.ErrNotAnchored, Key: "cause_not_anchored"},
	{Target: trustlist.ErrChain, Key: "cause_chain"},
	{Target: trustlist.ErrRollback, Key: "cause_rollback"},
	{Target: trustlist.ErrFork, Key: "cause_fork"},
	{Target: trustlist.ErrEpoch, Key: "cause_epoch"},
	{Target: trustlist.ErrMissing, Key: "cause_missing"},
	{Target: trustlist.ErrWrongRegion, Key: "cause_region"},
	{Target: trustlist.ErrNotListed, Key: "cause_not_listed"},
	{Target: trustlist.ErrHeldAside, Key: "cause_held_aside"},
	{Target: trustlist.ErrOutdated, Key: "cause_outdated"},
	{Target: trustlist.ErrKeyState, Key: "cause_key_state"},
	{Target: trustlist.ErrSharedKey, Key: "cause_shared_key"},
	{Target: trustlist.ErrTooManyFaults, Key: "cause_too_many_faults"},
	{Target: trustlist.ErrListAhead, Key: "cause_list_ahead"},
	{Target: trustlist.ErrListOver, Key: "cause_list_over"},
	{Target: trustlist.ErrStatusHash, Key: "cause_status_hash"},
	{Target: trustlist.ErrStatusLoss, Key: "cause_status_loss"},
	{Target: trustlist.ErrNoSigner, Key: "cause_no_signer"},
}

// faultCauses are those of a code that breaks the format.
var faultCauses = map[format.FaultClass]string{
	format.FaultEncoding:  "cause_code_encoding",
	format.FaultEnvelope:  "cause_code_envelope",
	format.FaultAlgorithm: "cause_code_algorithm",
	format.FaultClaims:    "cause_code_claims",
}

// cause says in a few words what is behind err; what has no words of its own is
// said as the library says it, in English.
func (a *app) cause(err error) string {
	var fault *format.ParseError
	if errors.As(err, &fault) {
		if key, ok := faultCauses[fault.Class]; ok {
			return a.Lang.Say(key, err)
		}
	}
	for _, known := range causes {
		if errors.Is(err, known.Target) {
			return a.Lang.Say(known.Key, err)
		}
	}
	return err.Error()
}
