// Package jwks exports the signing keys of all regions for the JOSE world, and
// reads such an export.
//
// An export is a JWS (RFC 7515) in general JSON serialization around a JWK Set
// (RFC 7517), signed by the root's groups as the trust list itself is. It is
// made in the steps of every ceremony, on machines that share nothing but files:
//
//	draft     the keys of what is in force, as a JWS without signatures    Draft
//	sign      each signer signs it alone                                   Export.Sign
//	combine   the signatures are put onto it                               Export.Combine
//	verify    the thresholds are met, and no part is older than known      Verify
//
// One export, shortened, with its two parts decoded (spec/jwks.md has it whole):
//
//	{"payload":"eyJrZXlzIjpb…","signatures":[
//	  {"protected":"eyJhbGciOiJFUzI1NiIs…","signature":"…86 characters…"}, …]}
//
//	protected  {"alg":"ES256","kid":"…43 characters…","typ":"vnd.tongxing.jwks+json"}
//	payload    {"keys":[{"alg":"SGD_SM3_SM2","crv":"SM2","kid":"…","kty":"EC","use":"sig",
//	             "vnd.tongxing":{"region":"33","sign_from":1655568000,"sign_until":1690128000,
//	                             "state":"active","usage":31},"x":"…","y":"…"}, …],
//	            "vnd.tongxing":{"list":{"hash":"…","issued":1659657600,"version":"1.1"},
//	                            "regions":[{"code":"33","keyset":{…},"usage":127}]}}
//
// All JSON is canonical: members sorted, no blanks, integers alone. So equal
// keys are equal bytes, and text that two readers could take for two things is
// taken by none here.
//
// # What jwx does here, and what not
//
// JSON, headers, keys and signatures are read by this package and package sig.
// jwx v3 then reads the ES256 signatures and keys a second time, and what it
// sees has to be the same ([ErrSecondReader]): that is what users of JOSE will
// see. It is not the first reader because it lets pass what an importer has to
// refuse: crit unless it is told otherwise, an algorithm in the header that is
// not the key's, a member that stands twice, one good signature in the place of
// a threshold.
//
// SM2 stays unknown to jwx. It can be taught, by registering the curve and the
// algorithm; but that is for the whole process, and reaches the bearer tokens
// and key sets of everything else in it: a library must not widen what its
// neighbours accept. And jwx holds an SM2 key as an *ecdsa.PublicKey, over which
// plain ECDSA would verify (see package sig). Nothing here is registered, and
// nothing global is changed.
package jwks
