// Package e2e drives the page of the gate in a browser: the real program, Debian's
// Chromium with a fake camera that plays generated videos, and a scenario in
// Node.js for each group of things that must hold (*.mjs).
//
// A scenario prints a line of JSON for each of them, which becomes a subtest:
//
//	{"name": "TheSameCodeHeldUpIsOneCheck", "seconds": 3.2}
//	{"name": "NoVerdictOutlivesTheProgram", "fault": "Error: …"}
//
// The codes are those of package training, judged at the time that they were made
// for. Pictures of the page are compared with those in testdata/golden; after a
// change that is meant, look at what is different and keep it:
//
//	go test ./gate/e2e -update
package e2e
