//go:build race

package verifier_test

// raceDetector is on: it allocates on its own account.
const raceDetector = true
