// Package format is the credential of Tongxing (通行): what a health code says
// and how it stands on the wire.
//
// A credential is a CWT (RFC 8392) in a COSE_Sign1 (RFC 9052), deterministic
// CBOR throughout. In CBOR diagnostic notation:
//
//	18([ << {1: -131585, 4: h'563e60e6'} >>, {}, <<
//	{ 1: "33",                       / iss: Zhejiang           /
//	  4: 1660694400,                 / exp                     /
//	  6: 1660089600,                 / iat                     /
//	  -65537: {
//	    1: ["王*明", 1, "4X", h'97d2'],  / holder                  /
//	    2: [7942, 734003],           / ref: list, index        /
//	    3: [0, 0, 600],              / green, determined 10 h before iat /
//	    4: [[1, 0, 840, 2162691]],   / nucleic acid, negative  /
//	    5: [[1, 3, 2, 708]] }        / CoronaVac, booster      /
//	>>, h'...64 bytes...' ])
//
// Its life: an issuer fills a [Credential] and calls [Encode]; package transport
// turns the bytes into the text of a QR symbol. A verifier gets them back and
// calls [Parse], which checks the encoding, the envelope and every claim and
// returns an [Unverified]. Only [Unverified.Verify], with a key that the caller
// trusts for the credential's issuer, returns the Credential.
//
// Whether the issuer may use that key, whether the time is right and what a
// venue makes of the claims is the business of packages trustlist and verifier.
// spec/credential.md is the text for other implementers.
package format
