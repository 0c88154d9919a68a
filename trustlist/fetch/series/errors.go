package series

import "errors"

var (
	// ErrNotAFrame says that a text is something else: a health code, a link, an
	// empty line. It is passed over.
	ErrNotAFrame = errors.New("not a frame of a series")
	// ErrLaterVersion says that a text is a frame of a later version of the
	// format: the software is to be updated.
	ErrLaterVersion = errors.New("frame of a later version of the format: update the software")
	// ErrDamaged says that a text begins like a frame and breaks a rule of the
	// format. The next picture of the same frame may be better.
	ErrDamaged = errors.New("damaged frame")
	// ErrPoisoned says that the frames of a session do not give the file that they
	// name: one of them is forged, or was misread past its check. Those that follow
	// show which, or all are forgotten and the session begins again.
	ErrPoisoned = errors.New("the frames do not give the file that they name")

	// ErrFileSize says that a file is empty or larger than MaxFile.
	ErrFileSize = errors.New("file is empty or too large for a series")
	// ErrTooManyBlocks says that a file takes more than MaxCount blocks in symbols
	// of the version.
	ErrTooManyBlocks = errors.New("file takes too many blocks: use a larger symbol")
	// ErrVersion says that a symbol's version is out of range.
	ErrVersion = errors.New("symbol version is out of range")
)
