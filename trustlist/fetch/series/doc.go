// Package series carries a file, a trust update, as a looping series of QR codes:
// one device shows the frames, another films them and gives back the file after
// about as many frames as it has blocks, whichever of them it missed. The format
// is that of spec/series.md.
//
//	text  = "TXS1:" base45                 ; QR alphanumeric mode
//	frame = [session, count, sequence, length, hash, data, check]   ; deterministic CBOR
//
// The file is cut into count blocks. Frames 0 to count-1 carry a block each, every
// later frame the exclusive or of those that a row of bits names, which SHA-256
// makes of session and sequence: a random linear code over GF(2). The bytes
// "tongxing 2020" in four blocks, and a reader that comes when the first two have
// been shown:
//
//	frame 2   0010   " 202"                rank 1
//	frame 3   0001   "0\0\0\0"             rank 2
//	frame 4   1010   "tong" + " 202"       rank 3
//	frame 5   0001   "0\0\0\0"             depends on frame 3, changes nothing
//	frame 6   0011   " 202" + "0\0\0\0"    depends on 2 and 3
//	frame 7   0001   "0\0\0\0"             depends on 3
//	frame 8   0110   "xing" + " 202"       rank 4: the file
//
// An [Encoder] gives any frame of a file, a [Decoder] takes texts in any order, of
// several series mixed, with anything else between. What it gives has the length
// and the hash that the frames name, though one of them was forged, and nothing
// more: anybody can make frames, so the file is a stranger's until package trustlist
// has judged its signatures.
package series
