package publisher

import "errors"

var (
	// ErrOlder reports a bundle with a document that is older than the published
	// one, or another of the same version.
	ErrOlder = errors.New("publisher: older than what is published")
	// ErrNotLoaded reports a bundle that no device would take.
	ErrNotLoaded = errors.New("publisher: no device would take the bundle")
	// ErrPointer reports a folder whose pointer cannot be read as one. It is not
	// taken for an empty folder: a rollback would pass.
	ErrPointer = errors.New("publisher: the pointer of the folder is damaged")
	// ErrPublished reports that the bundle which the pointer names is missing or
	// damaged, so that nothing can be compared with it. To publish that bundle
	// again repairs the folder.
	ErrPublished = errors.New("publisher: the published bundle is missing or damaged")
	// ErrBusy reports that somebody else publishes into the folder.
	ErrBusy = errors.New("publisher: another publication into the folder is under way")
	// ErrKeep reports [Options] out of range.
	ErrKeep = errors.New("publisher: how many bundles are kept is out of range")
)
