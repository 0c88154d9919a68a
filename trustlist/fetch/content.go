package fetch

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/trustlist"
)

const (
	storeMagic      = "tongxing/store/1"
	storeMagicStart = "tongxing/store/"
)

const (
	// maxOrigin bounds where a bundle came from and its ETag, in bytes.
	maxOrigin = 2048
	// maxStore bounds the file: source, rest, memory, and what is around them.
	maxStore = 2*trustlist.MaxBundle + trustlist.MaxMemory + 64<<10
	// maxTime is the last second that documents may name (TRUST-23).
	maxTime = math.MaxUint32
)

// content is what a store holds. It is never changed once it is made.
type content struct {
	Anchor  [32]byte `cbor:"1,keyasint"`
	Source  []byte   `cbor:"2,keyasint"`
	Rest    []byte   `cbor:"3,keyasint,omitempty"`
	Memory  []byte   `cbor:"4,keyasint,omitempty"`
	Known   int64    `cbor:"5,keyasint"`
	Applied int64    `cbor:"6,keyasint"`
	From    string   `cbor:"7,keyasint,omitempty"`
	ETag    string   `cbor:"8,keyasint,omitempty"`
	// Status is the choice of regions whose status lists are carried, as text;
	// empty: all.
	Status string `cbor:"9,keyasint,omitempty"`
}

// choice returns of which regions status lists are carried.
func (c *content) choice() trustlist.StatusChoice {
	if choice, err := trustlist.ParseStatusChoice(c.Status); err == nil { // validate has read it
		return choice
	}
	return trustlist.StatusChoice{}
}

// choiceText is how a store keeps a choice.
func choiceText(choice trustlist.StatusChoice) string {
	if choice.All() {
		return ""
	}
	return choice.String()
}

type wireStore struct {
	_       struct{} `cbor:",toarray"`
	Magic   string
	Hash    [32]byte
	Content []byte
}

func (c *content) validate() error {
	for name, size := range map[string]struct{ have, most int }{
		"source": {len(c.Source), trustlist.MaxBundle}, "rest": {len(c.Rest), trustlist.MaxBundle},
		"memory": {len(c.Memory), trustlist.MaxMemory}, "origin": {len(c.From), maxOrigin}, "ETag": {len(c.ETag), maxOrigin},
	} {
		if size.have > size.most {
			return fmt.Errorf("%s has %d bytes, at most %d", name, size.have, size.most)
		}
	}
	if c.Status != "" {
		choice, err := trustlist.ParseStatusChoice(c.Status)
		if err != nil || choiceText(choice) != c.Status {
			return fmt.Errorf("the choice of status lists is %q", c.Status)
		}
	}
	switch {
	case len(c.Source) == 0:
		return fmt.Errorf("source is missing")
	case c.Known < 0 || c.Known > maxTime || c.Applied < 0 || c.Applied > maxTime:
		return fmt.Errorf("a time is out of range")
	}
	return nil
}

// encode returns the file of a store.
func (c *content) encode() ([]byte, error) {
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("fetch: store: %w", err)
	}
	inner, err := cborx.Marshal(c)
	if err != nil {
		return nil, err
	}
	return seal(inner)
}

// seal puts the hash before an encoded content.
func seal(inner []byte) ([]byte, error) {
	return cborx.Marshal(wireStore{Magic: storeMagic, Hash: sha256.Sum256(inner), Content: inner})
}

// decodeStore reads the file of a store and looks at the form of it alone:
// nothing in it is verified. Errors are [ErrNotAStore], [ErrLaterStore],
// [ErrDamaged], and [ErrUntrusted] for a content that no store writes.
func decodeStore(data []byte) (*content, error) {
	if len(data) > maxStore {
		return nil, fmt.Errorf("%w: %d bytes", ErrNotAStore, len(data))
	}
	if err := checkStoreMagic(data); err != nil {
		return nil, err
	}
	var w wireStore
	if err := cborx.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if sha256.Sum256(w.Content) != w.Hash {
		return nil, fmt.Errorf("%w: its hash is another", ErrDamaged)
	}
	c := new(content)
	if err := cborx.Unmarshal(w.Content, c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return c, nil
}

// checkStoreMagic looks at the first bytes alone, so that a store of a later form
// is told from a file that is none.
func checkStoreMagic(data []byte) error {
	start := cborx.AppendText(cborx.AppendArray(nil, 3), storeMagic)
	switch {
	case bytes.HasPrefix(data, start):
		return nil
	case len(data) > 2 && data[0]>>5 == 4 && bytes.HasPrefix(data[2:], []byte(storeMagicStart)):
		return &LaterStoreError{Format: storeFormatOf(data)}
	}
	return ErrNotAStore
}

// storeFormatOf returns the text that a store of a later form begins with: of at most
// 23 bytes, as the length of ours is in the first byte of a CBOR text (RFC 8949,
// section 3).
func storeFormatOf(data []byte) string {
	length := int(data[1]) - 0x60
	if length < len(storeMagicStart) || length > 23 || len(data) < 2+length || !utf8.Valid(data[2:2+length]) {
		return storeMagicStart
	}
	return string(data[2 : 2+length])
}

// load verifies everything in c from the anchor down, as on every start of the
// device (TRUST-106): what was known before first, and the source on top of it,
// in the order in which they came.
func (c *content) load(clock int64) (*trustlist.Trust, *trustlist.Report, error) {
	anchor := trustlist.AnchorHash(c.Anchor)
	options := trustlist.LoadOptions{Clock: clock, Known: c.Known, Memory: c.Memory, Status: c.choice()}
	if len(c.Rest) != 0 {
		rest, _, err := trustlist.Load(c.Rest, anchor, options)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: rest: %w", ErrUntrusted, err)
		}
		options.Previous, options.Memory = rest, nil
	}
	trust, report, err := trustlist.Load(c.Source, anchor, options)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: source: %w", ErrUntrusted, err)
	}
	return trust, report, nil
}

// Origin is where a bundle came from, for people and for the next request.
type Origin struct {
	From string // a path or an address, without credentials
	ETag string // of the HTTP response, or ""
}

// clipped returns o as a store keeps it: text within its bounds. An ETag that
// does not fit is none.
func (o Origin) clipped() Origin {
	from, etag := strings.ToValidUTF8(o.From, "?"), o.ETag
	if len(from) > maxOrigin {
		from = strings.ToValidUTF8(from[:maxOrigin], "") // a character cut in two goes
	}
	if len(etag) > maxOrigin || !utf8.ValidString(etag) {
		etag = ""
	}
	return Origin{from, etag}
}
