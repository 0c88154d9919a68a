package registry

// Store is all that a registry of this module does, in small parts of which a
// caller takes those that it needs. Every implementation in this module is one.
type Store interface {
	StateKeeper
	Identified
	Jobs
	JobLister
	Claims
	Answers
	Journal
	Proposals
	Raiser
	Purger
	EntryChecker
}
