// Package tokenstatus writes and reads status lists as IETF Token Status Lists
// (draft-ietf-oauth-status-list-21), for those whose systems read these: an
// export of one list of one region, and the import of anybody's.
//
// A Status List is an array of statuses of 1, 2, 4 or 8 bits, packed from the
// least significant bit and compressed with zlib; a Status List Token is a CWT or
// a JWT around it. Of 8 places of 2 bits, the second revoked, the sixth suspended
// and the seventh superseded:
//
//	index   3 2 1 0   7 6 5 4
//	status  0 0 1 0   0 3 2 0
//	bits   00000100  00111000  = 04 38, compressed: lst
//
//	CWT  18([ << {1: -7, 4: h'…32 bytes…', 16: "application/statuslist+cwt"} >>, {},
//	        << {2: "urn:tongxing:status:33:7936", 4: 1660348800, 6: 1660176000, 65533: {"lst": h'…', "bits": 2}, 65534: 86400} >>,
//	        h'…64 bytes…' ])
//	JWT  {"alg":"ES256","kid":"…","typ":"statuslist+jwt"}.{"exp":…,"iat":…,"status_list":{"bits":2,"lst":"…"},"sub":"…","ttl":…}
//
// What is read may be of any issuer and in any order of members, but has one
// meaning: no member stands twice, nothing critical is passed over, the algorithm
// is that of the key, and the signature is verified before anything of the content
// is read. Nothing is inflated into memory: the array is read in small chunks up
// to a limit of places, so that a small token cannot become a large one.
//
// spec/token-status-list.md says how our sets and times are mapped.
package tokenstatus
