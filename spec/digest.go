package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
)

// TablesID names the code tables that the program carries: two programs whose tables
// differ in a byte have another. It is the first half of SHA-256 over each file's
// name and content, with their lengths, in hexadecimal.
func TablesID() string {
	hash := sha256.New()
	add := func(name string, content []byte) {
		for _, part := range [][]byte{[]byte(name), content} {
			hash.Write([]byte{byte(len(part) >> 24), byte(len(part) >> 16), byte(len(part) >> 8), byte(len(part))})
			hash.Write(part)
		}
	}
	files, _ := fs.Glob(codeFiles, "codes/*.csv") // the pattern is well-formed, and they are in order
	for _, name := range files {
		content, _ := codeFiles.ReadFile(name)
		add(name, content)
	}
	add("reasons.csv", reasonsCSV)
	return hex.EncodeToString(hash.Sum(nil)[:sha256.Size/2])
}
