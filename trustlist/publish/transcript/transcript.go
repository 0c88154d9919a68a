// Package transcript keeps the record of a ceremony: who signed what when, on
// paper or in the archive for those who were not there.
//
// A transcript is a text of lines, one JSON object a step, in the order in which
// the steps were done on one machine, or on several that the file was carried
// between. Every line names the SHA-256 of the line before it, so that a line
// that was changed or removed shows:
//
//	{"step":1,"previous":"000…","time":"2022-08-01T06:00:00+08:00","command":"root init","kind":"root",…}
//	{"step":2,"previous":"7f3…","time":"2022-08-01T06:20:00+08:00","command":"root sign","kind":"root",…}
//
// The hash of the last line is the head of the transcript: who writes it down at
// the end can tell later that nothing was cut off. A transcript is no proof by
// itself, since anybody can write one; it is held against the document, whose
// signatures are. It names no file, no machine and nothing private.
//
//	t, err := transcript.Parse(data)            // nil data: an empty one
//	t, err = t.Append(transcript.Step{...})     // t.Bytes() is the file
//	findings := transcript.Check(document, t)   // who is not accounted for
package transcript

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// MaxSize is the most bytes that a transcript may have.
	MaxSize  = 4 << 20
	maxLine  = 64 << 10
	maxSteps = 10_000
)

var (
	// ErrNotATranscript reports a text that is none.
	ErrNotATranscript = errors.New("transcript: not a transcript")
	// ErrChain reports a line that does not follow on the one before it: one was
	// changed, removed or put elsewhere.
	ErrChain = errors.New("transcript: lines do not follow on one another")
	// ErrFull reports a transcript that can have no more steps.
	ErrFull = errors.New("transcript: too many steps")
)

// LineError says which line an error is about.
type LineError struct {
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the fault of the line.
func (e *LineError) Unwrap() error { return e.Err }

// Hash is a SHA-256, hexadecimal in JSON.
type Hash [sha256.Size]byte

// MarshalText returns the hash in lower-case hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return fmt.Errorf("hash of %d digits", len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Signer is somebody who has signed, by the key.
type Signer struct {
	Algorithm  string   `json:"algorithm"`
	Thumbprint Hash     `json:"thumbprint"`       // RFC 9679
	Groups     []string `json:"groups,omitempty"` // of which root or authority, where it is known
}

// Step is one thing that was done.
type Step struct {
	Number      int       `json:"step"`     // from 1
	Previous    Hash      `json:"previous"` // of the line before; zeros for the first
	Time        time.Time `json:"time"`     // of the machine's clock, or as it was given
	Command     string    `json:"command"`  // "root sign"
	Kind        string    `json:"kind"`
	Region      string    `json:"region,omitempty"`
	Version     string    `json:"version"`
	Hash        Hash      `json:"hash"` // of the document
	Fingerprint string    `json:"fingerprint"`
	Signers     []Signer  `json:"signers,omitempty"`
	Complete    bool      `json:"complete,omitempty"` // everybody who has to sign has
	Tool        string    `json:"tool"`               // program and version
}

// Signs reports whether signatures were made in the step, rather than collected
// or checked.
func (s *Step) Signs() bool { return s.Command != "" && len(s.Signers) > 0 && !s.Collects() }

// Collects reports whether the step put signatures of others together.
func (s *Step) Collects() bool { return strings.HasSuffix(s.Command, " combine") }

// Transcript is a record that holds together. It is immutable; the zero
// Transcript has no steps.
type Transcript struct {
	steps []Step
	data  []byte
	head  Hash
}

// Parse reads a transcript. Errors are *[LineError] with [ErrNotATranscript] or
// [ErrChain], and [ErrNotATranscript] for a text that is too long.
func Parse(data []byte) (*Transcript, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrNotATranscript, len(data))
	}
	t := &Transcript{data: bytes.Clone(data)}
	for line := range bytes.Lines(data) {
		number := len(t.steps) + 1
		step, err := parseLine(line)
		if err != nil {
			return nil, &LineError{number, err}
		}
		if step.Number != number || step.Previous != t.head {
			return nil, &LineError{number, ErrChain}
		}
		if number > maxSteps {
			return nil, ErrFull
		}
		t.steps = append(t.steps, step)
		t.head = sha256.Sum256(line)
	}
	return t, nil
}

// parseLine reads one line, which has one form: what says the same is the same
// bytes.
func parseLine(line []byte) (Step, error) {
	var step Step
	if len(line) > maxLine {
		return Step{}, fmt.Errorf("%w: %d bytes", ErrNotATranscript, len(line))
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&step); err != nil {
		return Step{}, fmt.Errorf("%w: %w", ErrNotATranscript, err)
	}
	again, err := encodeLine(&step)
	if err != nil || !bytes.Equal(again, line) {
		return Step{}, fmt.Errorf("%w: not as it was written", ErrNotATranscript)
	}
	return step, nil
}

func encodeLine(step *Step) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(step); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotATranscript, err)
	}
	return b.Bytes(), nil
}

// Append returns the transcript with one more step, whose number and link are
// set here. t is not changed.
func (t *Transcript) Append(step Step) (*Transcript, error) {
	if len(t.steps) >= maxSteps {
		return nil, ErrFull
	}
	step.Number, step.Previous = len(t.steps)+1, t.head
	step.Time = step.Time.Truncate(time.Second)
	line, err := encodeLine(&step)
	if err != nil {
		return nil, err
	}
	if len(line) > maxLine || len(t.data)+len(line) > MaxSize {
		return nil, ErrFull
	}
	return &Transcript{append(slices.Clone(t.steps), step), append(bytes.Clone(t.data), line...), sha256.Sum256(line)}, nil
}

// Steps returns the steps in order.
func (t *Transcript) Steps() []Step { return slices.Clone(t.steps) }

// Bytes returns the file.
func (t *Transcript) Bytes() []byte { return bytes.Clone(t.data) }

// Head returns the hash of the last line; zeros, when there is none.
func (t *Transcript) Head() Hash { return t.head }
