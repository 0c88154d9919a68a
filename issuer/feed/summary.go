package feed

import (
	"time"

	"github.com/tongxing/tongxing/spec"
)

// Summary counts what an import found.
type Summary struct {
	Region string    `json:"region"`
	At     time.Time `json:"at"`
	// Files has the four feeds: people, tests, vaccinations, status.
	Files []FileSummary `json:"files"`
	// People is how many people were accepted, Records how many of them have a
	// claim, and so a record; WithoutClaim counts the others.
	People       int `json:"people"`
	Records      int `json:"records"`
	WithoutClaim int `json:"without_claim"`
	// Rejected is how many rows were refused, Reasons how many for each reason.
	Rejected int                 `json:"rejected"`
	Reasons  map[spec.Reject]int `json:"reasons"`
	// What was read without fault and is in no record.
	TestsInconclusive int `json:"tests_inconclusive"` // prove nothing
	TestsTooOld       int `json:"tests_too_old"`      // reported more than 43,200 minutes ago
	StatusFuture      int `json:"status_future"`      // not yet in effect
	// StatusExpired counts people whose current status has run out; StatusTied
	// rows that took effect at the same moment as another of their person.
	StatusExpired int `json:"status_expired"`
	StatusTied    int `json:"status_tied"`
}

// FileSummary counts the rows of one file. Every row is exactly one of
// Repeated, Rejected, OfRefused and Accepted.
type FileSummary struct {
	Feed      string `json:"feed"`
	File      string `json:"file,omitempty"` // empty when the feed has no file
	Encoding  string `json:"encoding,omitempty"`
	Rows      int    `json:"rows"`
	Repeated  int    `json:"repeated"`   // sent again, and counted once
	Rejected  int    `json:"rejected"`   // listed with their reasons
	OfRefused int    `json:"of_refused"` // claims of people who were refused; not listed
	Accepted  int    `json:"accepted"`
}

// Stage is a part of an import.
type Stage string

// The stages of an import, in their order.
const (
	StageRead  Stage = "read"  // Progress counts bytes of the files
	StageMerge Stage = "merge" // Progress counts rows
	StageWrite Stage = "write" // Progress counts records
)

// Progress tells how far a stage is.
type Progress struct {
	Stage       Stage
	Done, Total int64
}
