// Package fonts has the fonts that paper is printed with, in a module of its own:
// who embeds the verifier does not download them.
//
// Each file is a TrueType font with outlines as its makers drew them, without
// hinting and layout tables (see the script make beside this file):
//
//	noto-sans-sc.ttf        30,888 characters: all of 通用规范汉字表, Latin
//	noto-sans-latin.ttf     Latin letters that the first lacks, č for example
//	noto-sans-hk-rare.ttf   ideographs that the first lacks, 𨋢 for example
//	noto-sans-jp-rare.ttf   those that all lack, 𠮷 for example
//
// The ideographs are © Adobe, the Latin letters © the Noto project's authors, under the SIL Open Font License 1.1 in OFL.txt.
package fonts

import _ "embed"

//go:embed noto-sans-sc.ttf
var sansSC []byte

//go:embed noto-sans-latin.ttf
var latin []byte

//go:embed noto-sans-hk-rare.ttf
var rareHK []byte

//go:embed noto-sans-jp-rare.ttf
var rareJP []byte

// Licence is the text of the licence of the fonts, which goes with every copy of
// a font file.
//
//go:embed OFL.txt
var Licence string

// Files returns the font files, in the order in which they are asked for a
// character. The bytes are shared and must not be changed.
func Files() [][]byte { return [][]byte{sansSC, latin, rareHK, rareJP} }
