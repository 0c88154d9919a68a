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
// What follows from a verified code at a class of venues is the national
// recognition policy's word (package policy): the venue states its class and where
// it is in the [Context], and the same code gets the same verdict at every venue of
// that class, but for what the region's own overlay asks for between the national
// floor and ceiling. Only there does a published rule restrict anybody.
package verifier
