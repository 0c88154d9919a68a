// Package delta makes a new bundle from an old one and a small file, the delta,
// in the form of spec/distribution.md.
//
// A delta names both bundles by size and SHA-256. Between them stand
// instructions, triples of insert, skip and copy, and the bytes that are
// inserted:
//
//	old      valid until Monday; signed by three
//	bytes                Fri
//	triples  (0, 0, 12)  (3, +3, 20)     copy 12; insert 3, skip 3, copy 20
//	new      valid until Friday; signed by three
//
//	["tongxing/delta/1", {1: h'…old…', 2: 35, 3: h'…new…', 4: 35, 5: h'00000c030614', 6: 'Fri'}]
//
// [Make] finds the triples, [Apply] follows them. A delta comes from anybody and
// vouches for nothing: Apply hands out the bundle that the delta names or none,
// and who believes it is for trustlist.Load to say. The package reads no file and
// no net, bounds everything before it makes room, and changes nothing that it is
// given.
package delta
