package spec

import (
	_ "embed"
	"strings"
)

//go:embed codes/fingerprint_words.txt
var fingerprintWords string

// FingerprintWords returns the 2048 characters that stand for 11 bits each in a
// fingerprint (trust.md, section 13), in order: the simplified Chinese list of
// BIP-39.
func FingerprintWords() []string { return strings.Fields(fingerprintWords) }
