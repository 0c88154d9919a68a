// Package issuer turns what a province knows about a person into a signed
// credential.
//
// A record (package record, from a feed import or a province's own system) goes
// through two steps. [Issuer.Draft] decides everything but the reference: which
// claims still hold, how long the credential lasts, and which key signs it.
// Then a reference is leased from the registry, for the month in which the draft
// expires, and [Issuer.Sign] makes the credential:
//
//	record  --Draft-->  draft  --Lease(pool of its month)-->  reference
//	draft + reference  --Sign-->  bytes  --transport.Encode-->  "TX1:..."
//
// The record of package record's example, issued by province 46 at
// 2022-08-10T08:00:00+08:00, ends with its status at 2022-08-16T20:00:00+08:00,
// so its reference is of month 31, August 2022. With list 31 x 256 + 7 and index
// 734003 the payload of 54 bytes is
//
//	a401623436 041a62fb86c0 061a62f2f500 3a00010000a3
//	  018464e999882a01623038423abf 0282191f071a000b3333 038300001902d0
//
// The same record, time and reference give the same payload bytes; signatures
// differ from run to run.
//
// An issuer refuses rather than guesses, with a *[RefusalError]: an adverse
// state needs the number of its rule and the number of its evidence (依据编号)
// in the record, and a key that has the usage for adverse states. Evidence stays
// with the province; it is never part of a credential.
//
// No signature leaves unverified by chance alone. [Issuer.Sign] verifies each one;
// a [Chunk], for bulk work, one of 100 chosen at random and one of 1,000 with a
// second implementation. The first that does not hold voids its chunk and stops the
// key, a *[KeyStoppedError]: see [Check].
//
// Package batch runs files of records through the same steps, each exactly once.
package issuer
