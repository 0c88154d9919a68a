// Package verifier tells whether a health code is to be believed, without any
// network.
//
// A venue loads its trust material once, makes a [Verifier] of it and calls
// Verify for every code that is held up:
//
//	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: now})
//	v, err := verifier.New(trust, verifier.Options{})
//	verdict := v.Verify(text, now, verifier.Context{})
//	if verdict.Outcome() == verifier.Pass { ... }
//
// Verify is a pure function of the trust material, the code, the time and the
// context: the same four give the same [Verdict] on every device and in every
// region. It keeps nothing of what it saw.
//
// A Verdict is closed unless everything held: its zero value is [Unverified],
// and a credential can be read from it only when its outcome is another one.
// The checks are made in the order of spec/verification.md and the first that
// fails gives the reason. Numbers and wording of the reasons are in
// spec/reasons.csv.
//
// This version checks signature, trust, usage, times, revocation and the presented
// document. What a venue's class requires (tests within hours, doses)
// comes with the recognition policy.
package verifier
