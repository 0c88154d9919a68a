//go:build race

package status

// places is fewer under the race detector, which makes a hundred million places
// take minutes; shares and bounds are the same.
const places = 5_000_000

const mostInARow = MaxMembers / 32
