//go:build !windows

package program

import "os"

// getenv is os.Getenv: where a person's language is, POSIX has said.
func getenv(name string) string { return os.Getenv(name) }
