// Package layout knows the names of the folder that bundles are published in,
// and its pointer, as spec/distribution.md says. It reads no file and no net.
//
//	latest               the pointer: the one file that changes
//	bundle/HASH.bundle   HASH is the SHA-256 of the file, 64 hexadecimal digits
//	delta/HASH.delta
//
// The pointer is text, one fact a line:
//
//	tongxing/latest/1
//	bundle 6f1c…09 516225           the newest bundle: SHA-256, bytes
//	delta 02ab…77 d0e1…4c 8123      a delta to it: SHA-256 of its base, its own, bytes
//
// Nobody has signed the pointer. It says where to look; what is found is
// believed for its own signatures.
package layout

import (
	"encoding/hex"
	"strings"
)

// PointerName is the name of the pointer.
const PointerName = "latest"

// Kind is which of the files of the layout a name is of.
type Kind int

// The kinds of files.
const (
	Pointer Kind = iota + 1
	Bundle
	Delta
)

// form is how the name of an immutable file is made.
type form struct{ folder, suffix string }

var forms = map[Kind]form{
	Bundle: {"bundle", ".bundle"},
	Delta:  {"delta", ".delta"},
}

// Folder returns the folder that holds the immutable files of a kind: "bundle"
// or "delta".
func (k Kind) Folder() string { return forms[k].folder }

// BundleName returns the name of the bundle with the given SHA-256, with a slash
// between folder and file.
func BundleName(hash [32]byte) string { return forms[Bundle].name(hash) }

// DeltaName returns the name of the delta file with the given SHA-256.
func DeltaName(hash [32]byte) string { return forms[Delta].name(hash) }

func (f form) name(hash [32]byte) string {
	return f.folder + "/" + hex.EncodeToString(hash[:]) + f.suffix
}

// ParseName tells what a name is of: the pointer, or an immutable file with the
// SHA-256 that its name says. Any other name gives false.
func ParseName(name string) (Kind, [32]byte, bool) {
	if name == PointerName {
		return Pointer, [32]byte{}, true
	}
	for kind, f := range forms {
		rest, inFolder := strings.CutPrefix(name, f.folder+"/")
		digits, suffixed := strings.CutSuffix(rest, f.suffix)
		if hash, ok := parseHash(digits); inFolder && suffixed && ok {
			return kind, hash, true
		}
	}
	return 0, [32]byte{}, false
}

// parseHash reads 64 lower-case hexadecimal digits.
func parseHash(text string) ([32]byte, bool) {
	if len(text) != 64 || strings.ContainsAny(text, "ABCDEF") {
		return [32]byte{}, false
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return [32]byte{}, false
	}
	return [32]byte(b), true
}
