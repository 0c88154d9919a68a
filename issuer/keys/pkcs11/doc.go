// Package pkcs11 signs with keys that never leave a token: a hardware security
// module, or SoftHSM2 for trials, behind a PKCS#11 library (OASIS PKCS #11 v2.40).
//
//	token, err := pkcs11.Open(pkcs11.Options{Module: "/usr/lib/softhsm/libsofthsm2.so", Token: "33", PIN: pin})
//	clear(pin)
//	key, err := token.Key("33-2026a")
//	signature, err := keys.Messages(key).Sign(message)
//
// Keys are ES256 alone: PKCS#11 names no mechanism for SM2 that two vendors share.
// Devices with SM2 speak GM/T 0018, for which [keys.DigestSigner] has room.
//
// A session carries one operation at a time, so each signature takes one of its
// own out of a pool. One login holds for all of them; the PIN is not kept. When a
// token was removed or reset, logins are void: the error is then [ErrGone], and
// whoever holds the PIN opens the token anew (tongxing-signer ends, to be started
// again).
//
// The library behind it is C and is loaded at run time. The package is therefore
// built with cgo alone, and nothing but tongxing-signer imports it: every other
// program stays pure Go.
package pkcs11
