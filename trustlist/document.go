package trustlist

import (
	"fmt"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
)

const (
	// earliest and latest bound every time in a document: 2020-01-01 and the
	// last second that 32 bits hold, in unix seconds.
	earliest = 1577836800
	latest   = 1<<32 - 1
	// maxEnvelope bounds what a document has around its payload: 16
	// signatures, of algorithms yet to come too.
	maxEnvelope = 16*(8192+64) + 256
)

// Head is what every document begins with.
type Head struct {
	Version Version `cbor:"1,keyasint"`
	Issued  int64   `cbor:"2,keyasint"`           // unix seconds
	Due     int64   `cbor:"3,keyasint,omitempty"` // when the next issue is due, unix seconds; 0: not said
}

// RegionalHead is what every document of a region begins with.
type RegionalHead struct {
	Head
	Region string `cbor:"4,keyasint"` // "33"
}

// Document is one of *[Root], *[List], *[Policy], *[KeySet], *[Overlay],
// *[Snapshot], *[StatusList], *[StatusDelta] and *[Admission].
type Document interface {
	// Kind returns the kind of the document.
	Kind() Kind
	head() *Head
	// canonical returns a copy with everything in its place: what is signed
	// has one order.
	canonical() Document
	// validate reports the first rule of the kind that the document breaks.
	validate() error
	encode() ([]byte, error)
	decode(payload []byte) error
}

func (h *Head) head() *Head { return h }

func (h *Head) validateHead() error {
	if h.Version.IsZero() {
		return invalid("version", "0.0 is no version")
	}
	if err := checkTime("issued", h.Issued); err != nil {
		return err
	}
	if h.Due != 0 && h.Due < h.Issued {
		return invalid("due", "before issued")
	}
	return checkOptionalTime("due", h.Due)
}

func (h *RegionalHead) validateHead() error {
	if err := checkRegion("region", h.Region); err != nil {
		return err
	}
	return h.Head.validateHead()
}

// NewMessage returns the unsigned message that carries d, in canonical order. d
// is validated and not changed. Errors are *[ContentError] and [ErrTooLarge].
func NewMessage(d Document) (*cose.Sign, error) {
	d = d.canonical()
	if err := d.validate(); err != nil {
		return nil, &DocumentError{d.Kind(), err}
	}
	payload, err := d.encode()
	if err != nil {
		return nil, &DocumentError{d.Kind(), err}
	}
	if len(payload) > kinds[d.Kind()].maximum {
		return nil, &DocumentError{d.Kind(), fmt.Errorf("%w: %d bytes", ErrTooLarge, len(payload))}
	}
	return cose.NewSign(d.Kind().MediaType(), payload)
}

// Unverified is a document whose signatures nobody has checked. Nothing of what
// it says may be acted upon.
type Unverified struct {
	message *cose.Sign
	kind    Kind
}

// Open reads a signed document of any kind without verifying it. Errors are
// those of [cose.ParseSign], [ErrWrongKind] for a media type that is none of
// ours, and [ErrTooLarge].
func Open(data []byte) (*Unverified, error) {
	if len(data) > kinds[KindStatusList].maximum+maxEnvelope {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	message, err := cose.ParseSign(data)
	if err != nil {
		return nil, err
	}
	return FromMessage(message)
}

// FromMessage is [Open] for a message that is parsed already, signed or not.
func FromMessage(message *cose.Sign) (*Unverified, error) {
	kind, known := kindOf(message.Type())
	if !known {
		return nil, fmt.Errorf("%w: media type %q", ErrWrongKind, message.Type())
	}
	if namesKeyTwice(message) {
		return nil, &cose.EnvelopeError{Problem: "two signatures name one key"}
	}
	if n := len(message.UnverifiedPayload()); n > kinds[kind].maximum {
		return nil, &DocumentError{kind, fmt.Errorf("%w: %d bytes", ErrTooLarge, n)}
	}
	return &Unverified{message, kind}, nil
}

// namesKeyTwice reports whether two signatures name one key. None of the right
// ones does, and sixteen bad signatures that name the same key would cost
// sixteen checks.
func namesKeyTwice(message *cose.Sign) bool {
	signatures := message.Signatures()
	for i := range signatures {
		for j := range i {
			if signatures[i].KeyID == signatures[j].KeyID {
				return true
			}
		}
	}
	return false
}

// openAs is Open for a document that has to be of one kind.
func openAs(kind Kind, data []byte) (*Unverified, error) {
	if len(data) == 0 {
		return nil, ErrMissing
	}
	if len(data) > kinds[kind].maximum+maxEnvelope {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	u, err := Open(data)
	if err != nil {
		return nil, err
	}
	if u.kind != kind {
		return nil, fmt.Errorf("%w: %s, not %s", ErrWrongKind, u.kind, kind)
	}
	return u, nil
}

// Kind returns the kind that the document says it is.
func (u *Unverified) Kind() Kind { return u.kind }

// Hash returns the hash of the document, which its signatures are no part of.
func (u *Unverified) Hash() [32]byte { return u.message.Hash() }

// Message returns the message as it was read.
func (u *Unverified) Message() *cose.Sign { return u.message }

// UnverifiedContent returns what the document says, for people to read before
// they sign it, or to learn why it is refused. It obeys the rules of its kind;
// whether anybody signed it is not looked at.
func (u *Unverified) UnverifiedContent() (Document, error) {
	d := newDocument(u.kind)
	if err := u.content(d); err != nil {
		return nil, err
	}
	return d, nil
}

// UnverifiedIssued returns when the document says that it was issued, in unix
// seconds.
func (u *Unverified) UnverifiedIssued() (int64, error) {
	d, err := u.UnverifiedContent()
	if err != nil {
		return 0, err
	}
	return d.head().Issued, nil
}

func newDocument(kind Kind) Document {
	switch kind {
	case KindRoot:
		return new(Root)
	case KindList:
		return new(List)
	case KindPolicy:
		return new(Policy)
	case KindKeySet:
		return new(KeySet)
	case KindOverlay:
		return new(Overlay)
	case KindSnapshot:
		return new(Snapshot)
	case KindStatusList:
		return new(StatusList)
	case KindStatusDelta:
		return new(StatusDelta)
	}
	return new(Admission)
}

// content decodes the payload into d. Callers have verified the message first,
// or say that they have not.
func (u *Unverified) content(d Document) error {
	if err := d.decode(u.message.UnverifiedPayload()); err != nil {
		return &DocumentError{u.kind, laterVersion(err)}
	}
	if err := d.validate(); err != nil {
		return &DocumentError{u.kind, err}
	}
	return nil
}

// laterVersion turns an unknown field into [ErrLaterVersion]: fields are only
// ever added.
func laterVersion(err error) error {
	if cborx.UnknownField(err) {
		return fmt.Errorf("%w (%w)", ErrLaterVersion, err)
	}
	return err
}

// verifyGroups returns how many keys of the groups have signed, if every group
// that can be judged here has its threshold of signers: all required ones, and
// the added ones of an algorithm that is known. No key is in two groups.
func (u *Unverified) verifyGroups(groups []Group) (signers int, err error) {
	for i := range groups {
		g := &groups[i]
		if g.Need == Added && !g.Algorithm.Known() {
			continue
		}
		have := len(u.message.Signers(g.public))
		if have < int(g.Threshold) {
			return 0, &ThresholdError{g.Name, have, int(g.Threshold)}
		}
		signers += have
	}
	return signers, nil
}

// verifyThreshold returns how many of keys have signed, if it is threshold at
// least.
func (u *Unverified) verifyThreshold(keys []*sig.PublicKey, threshold uint8) (signers int, err error) {
	have := len(u.message.Signers(keys))
	if have < int(threshold) || threshold == 0 {
		return 0, &ThresholdError{"", have, int(threshold)}
	}
	return have, nil
}
