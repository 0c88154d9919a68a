// Package status is the compressed index set of status lists and the changes
// that deltas make to them (spec/status.md). Lists are signed documents, which
// package trustlist reads; what is inside the byte strings of them is here.
//
// A set is the gaps between its indices, 128 to a block, Rice-coded; a block in
// which indices follow on each other is written as runs where that is shorter:
//
//	set   = *block, then zero bits up to a whole byte
//	block = 0 k(5 bits) gap...                 ; gap: Rice code of parameter k
//	      / 1 k(5 bits) j(3 bits) run...       ; run: gap by k, length - 1 by j
//
// The set {5, 9, 12, 40} has the gaps 5, 3, 2 and 27, and 2 is the least parameter
// that makes them shortest:
//
//	0 00010   01 01   1 11   1 10   0000001 11   0000000   = 09 7e 03 80
//
// Mode and parameters are those that make the block shortest, so that a set has
// one encoding, and [Decode] refuses every other.
//
// That form is for the line: to find one index in it one reads all before. A device
// keeps an [Index], and of a list a [List] of three. There the same set is in the
// code of Elias and Fano: of each member the low 3 bits, packed, and the rest, here
// 0, 1, 1 and 5, as the number of a bucket. Buckets stand in order, a one for each
// member and a zero that ends them:
//
//	upper  10 110 0 0 0 10      ; buckets 0 to 5
//	lower  101 001 100 000      ; of 5, 9, 12, 40
//
// Is 12 a member? It would be in bucket 1, with the low bits 100. That bucket begins
// after the first zero and has two members, before which there is one, so their low
// bits are the second and the third: 001 and 100, which is 12. Small tables find the
// zero of a bucket among many at once, and no set makes the search longer than the
// logarithm of its members.
package status
