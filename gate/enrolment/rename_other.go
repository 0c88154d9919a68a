//go:build !windows

package enrolment

import "os"

func rename(from, to string) error { return os.Rename(from, to) }
