//go:build !unix

package batch

import "io/fs"

// namesOf returns how many names a file has; here it is not known.
func namesOf(fs.FileInfo) uint64 { return 1 }
