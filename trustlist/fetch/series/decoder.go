package series

import (
	"crypto/sha256"
	"fmt"
)

// MaxSessions is how many series a Decoder follows at a time. When one more
// begins, the one with the fewest independent frames gives way, of several the one
// that has had none for longest.
const MaxSessions = 4

// Progress is what is known of a series after one of its frames.
type Progress struct {
	Session ID
	Hash    [sha256.Size]byte // of the file, as the frames say
	Length  int               // of the file in bytes, as the frames say
	Need    int               // independent frames that give the file
	Have    int               // independent frames so far; all of them and no file: one is forged
	Frames  int               // all frames so far, repeated and dependent ones too
	// File is the whole file, or nil as long as frames are missing. It has the
	// length and the hash, and nobody vouches for it.
	File []byte
}

// Decoder gathers frames until a file is complete. It holds no more than the
// frames that it was given, of at most MaxSessions series. Not for use by several
// goroutines at once.
type Decoder struct {
	sessions map[ID]*session
	clock    uint64 // frames taken so far
}

// NewDecoder returns a Decoder that knows no frame.
func NewDecoder() *Decoder { return &Decoder{sessions: map[ID]*session{}} }

// Add takes one text, as a scanner reads it, and returns how far its series is.
// With the frame that completes a file Progress has the file, and the series is
// forgotten.
//
// The error is ErrNotAFrame for any other text, ErrLaterVersion, ErrDamaged, or
// ErrPoisoned when the frames of the series do not give their file. After any of
// them the Decoder goes on: of a poisoned series one or two more frames show which
// one was forged, and where several were, sixteen more, and all are forgotten.
func (d *Decoder) Add(text string) (Progress, error) {
	f, err := parse(text)
	if err != nil {
		return Progress{}, err
	}
	s := d.sessions[f.session]
	if s == nil {
		d.makeRoom()
		s = newSession(f.header)
		d.sessions[f.session] = s
	}
	d.clock++
	s.last = d.clock
	s.add(appendRow(nil, f.session, f.sequence, f.count), f.data)
	doubted := s.solved
	p := s.progress(f.session)
	p.File = s.file()
	if p.File != nil || s.hopeless() {
		delete(d.sessions, f.session)
	}
	if p.File == nil && (s.hopeless() || s.solved && !doubted) {
		return Progress{}, fmt.Errorf("%w: session %v", ErrPoisoned, f.session)
	}
	return p, nil
}

// makeRoom forgets a session when there is no place for one more.
func (d *Decoder) makeRoom() {
	if len(d.sessions) < MaxSessions {
		return
	}
	var least ID
	var has *session
	for id, s := range d.sessions {
		if has == nil || s.rank() < has.rank() || s.rank() == has.rank() && s.last < has.last {
			least, has = id, s
		}
	}
	delete(d.sessions, least)
}

func (s *session) progress(id ID) Progress {
	return Progress{Session: id, Hash: s.hash, Length: s.length, Need: s.count, Have: s.rank(), Frames: s.frames}
}
