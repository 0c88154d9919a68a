// Package trustlist holds the signed documents that a verifier believes, and
// loads them from one bundle.
//
// Trust goes down in three steps. A device knows one root, by its hash. The
// root's groups of keys sign the next root, the national trust list and the
// recognition policy. The list admits regions, each with the keys of its
// authority, which sign the region's key set and overlay. Keys of the key set
// sign credentials, and those with the usage for it the region's snapshot and
// status lists:
//
//	root ──► list ──► key set ──► credentials
//	     └─► policy   overlay     snapshot, status lists and deltas
//
// Every document is a COSE_Sign (package cose) whose typ names its kind, and
// whose payload is a map with small integer keys that begins with a version, a
// time of issue, the time the next is due and, for a regional document, the
// region. A root with two groups of keys, three of five each:
//
//	98([ << {16: "application/vnd.tongxing.root+cose"} >>, {}, << {
//	     1: [1, 1], 2: 1657411201,
//	     5: [["ES256", 1, -7, 3, [h'02…', …]], ["SM2", 1, -131585, 3, [h'03…', …]]],
//	     6: 1, 7: 1 } >>, [ …six signatures… ] ])
//
// A bundle carries the parts as byte strings, so that a fault in one of them
// leaves the others whole:
//
//	["tongxing/bundle/1", {1: [root, …], 2: list, 3: policy, 4: [{1: "33", 2: key set, 4: snapshot}, …]}]
//
// [Load] verifies a bundle and returns a [Trust]; a document that nobody has
// verified is an [Unverified]. No document is ever replaced by an older one:
// versions are [epoch, counter], the level above sets the epoch, and the caller
// hands in what was in force before: as a Trust, or over a restart as the bundle
// and the memory that [Trust.Bundle] and [Trust.Memory] gave to be stored. What a
// device believes and lacks at a time is an [Inspection]. The package reads no
// clock and no file.
package trustlist
