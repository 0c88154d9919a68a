package main

import (
	"errors"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
)

// causes are the errors of libraries that may stand behind a message, as a few
// words in the user's language. The first that matches is taken.
var causes = []explanation{
	{trustlist.ErrNotABundle, "cause_not_a_bundle"},
	{trustlist.ErrLaterVersion, "cause_later"},
	{trustlist.ErrTooLarge, "cause_too_large"},
	{trustlist.ErrWrongKind, "cause_kind"},
	{trustlist.ErrThreshold, "cause_threshold"},
	{trustlist.ErrNotAnchored, "cause_not_anchored"},
	{trustlist.ErrChain, "cause_chain"},
	{trustlist.ErrRollback, "cause_rollback"},
	{trustlist.ErrFork, "cause_fork"},
	{trustlist.ErrEpoch, "cause_epoch"},
	{trustlist.ErrMissing, "cause_missing"},
	{trustlist.ErrWrongRegion, "cause_region"},
	{trustlist.ErrNotListed, "cause_not_listed"},
	{trustlist.ErrHeldAside, "cause_held_aside"},
	{trustlist.ErrOutdated, "cause_outdated"},
	{trustlist.ErrKeyState, "cause_key_state"},
	{trustlist.ErrSharedKey, "cause_shared_key"},
	{trustlist.ErrTooManyFaults, "cause_too_many_faults"},
	{trustlist.ErrListAhead, "cause_list_ahead"},
	{trustlist.ErrListOver, "cause_list_over"},
	{trustlist.ErrStatusHash, "cause_status_hash"},
	{trustlist.ErrStatusLoss, "cause_status_loss"},
	{trustlist.ErrNoSigner, "cause_no_signer"},
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
			return a.lang.Say(key, err)
		}
	}
	for _, known := range causes {
		if errors.Is(err, known.target) {
			return a.lang.Say(known.key, err)
		}
	}
	return err.Error()
}
