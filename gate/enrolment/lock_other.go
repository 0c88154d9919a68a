//go:build !unix

package enrolment

// lock does nothing here: one process at a time has the file.
func lock(string) (release func(), err error) { return func() {}, nil }
