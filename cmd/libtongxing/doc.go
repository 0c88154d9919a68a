// Command libtongxing is the verifier as a C library, shared and static, for C and
// everything that calls C. Its interface is tongxing.h, which is written by hand and
// says on every function who owns which memory; requests, responses and verdicts are
// those of spec/binding.md.
//
//	scripts/libtongxing /usr/local     # lib/libtongxing.so.1, lib/libtongxing.a, include/tongxing.h, lib/pkgconfig/tongxing.pc
//	cc guard.c $(pkg-config --cflags --libs tongxing)
//
// A verifier goes through the life of an [entrance]: tongxing_new opens it, calls
// look it up, tongxing_free closes it. C holds its number in the place of an
// address, so that a pointer that was freed, or invented, is an error code.
//
// libtongxing.c has the functions of the header. They check pointers and hand over
// to the functions of export.go, which C does not see: exports.map and
// exports.txt name all that it does. Without cgo there is nothing to build here but
// this file, and the program does nothing.
package main

func main() {}
