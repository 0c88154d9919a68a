//go:build !unix

package folders

import "io/fs"

// trusted: whose something is stands in access lists.
func trusted(fs.FileInfo, int) bool { return true }
