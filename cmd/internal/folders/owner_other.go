//go:build !unix

package folders

import "io/fs"

// ofRootAlone: there is no such service manager.
func ofRootAlone(fs.FileInfo) bool { return false }

// trusted: whose something is stands in access lists.
func trusted(fs.FileInfo, int) bool { return true }
