// Package norm brings text to the normal forms NFC and NFKC of Unicode
// ([UAX #15]), no other: a verifier needs these two for names and document
// numbers, and who embeds it reads the code and the tables here rather than
// those of a library for every form, stream and script.
//
//	NFC("E\u0301ric") = "Éric"     a letter and its mark become one character
//	NFKC("１２Ｘ")     = "12X"      and look-alikes the characters that they are like
//
// A text that is normal already, nearly every one, is given back as it is,
// without an allocation. Any other takes time in proportion to its length n (to
// n log² n for a long run of marks) and memory for at most 18 characters for one
// of the text, which is the longest mapping of Unicode (U+FDFA). Bytes that are
// not UTF-8 stay what they are and where they are.
//
// # Tables
//
// The four files in tables/ are 43 kB and are searched as they lie, so that
// nothing is built at start. They are written by a test from golang.org/x/text
// ("go test ./format/internal/norm -write"), which every test run compares them
// with, and held to Unicode's own NormalizationTest.txt.
//
//	decompositions.bin  8 bytes each, big endian, ascending: code point (21 bits),
//	                    kind (2), and of a run its length less one (10) and first
//	                    target (21), of a pair the two code points (18 and 18), of
//	                    a longer one offset (12) and length (6) in strings.txt
//	strings.txt         mappings to three code points and more, in UTF-8
//	compositions.bin    2 bytes each: places of pairs among the decompositions, by
//	                    first and second code point ascending; without those that
//	                    Unicode excludes from composition
//	classes.bin         4 bytes each, ascending: code point (17 bits), length of
//	                    the run less one (7), canonical combining class (8)
//
// Syllables of Hangul are in no table: they follow from arithmetic.
//
// [UAX #15]: https://www.unicode.org/reports/tr15/
package norm
