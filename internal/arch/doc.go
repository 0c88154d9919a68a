// Package arch holds the house to its plan. It has no code of its own: its tests
// read the module's sources and what `go list` says of them, and fail where a
// package imports upwards, reaches what it must not reach, reads the clock, ends
// the process, depends on a module that nobody agreed to, or leaves something
// exported without a word of explanation.
//
// The rules are tables in rules_test.go. Whoever adds a package gives it a place
// there; whoever adds a dependency says there which package may use it, and in
// go.mod why.
package arch
