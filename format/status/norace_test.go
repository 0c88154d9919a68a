//go:build !race

package status

// places is what spec/status.md, section 1, gives its figures for.
const places = 100_000_000

const mostInARow = MaxMembers
