// Package publish makes the signed documents of package trustlist: it is what
// the national operator and the regions run, and no verifier links it.
//
// A document lives through five steps, each of which may happen on another
// machine, with files passed by hand:
//
//	draft     a plain struct becomes an unsigned message      NewDraft
//	sign      each signer signs it alone                      SignDetached
//	combine   the signatures are put onto the message         Combine
//	verify    the thresholds are met                          VerifyRoot, VerifyUnder, ...
//	pack      the parts become one bundle, verified whole     PackBundle
//
// What a step takes from regions is known before it is taken ([Impacts]), and
// package transcript keeps the record of who signed what when.
//
// Every signature is checked by a second implementation before it is released:
// tjfoc/gmsm for SM2, and for ES256 internal/curve (see package second).
// A fault in the signing library, or in memory, is so found before a bad
// signature goes out.
package publish
