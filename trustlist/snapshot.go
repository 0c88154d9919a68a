package trustlist

import "github.com/tongxing/tongxing/format/cborx"

// Snapshot says which of a region's documents belong together now. A region's
// online key renews it, daily say, so that a device can tell an old region from
// a quiet one.
type Snapshot struct {
	RegionalHead
	KeySet  PartRef   `cbor:"5,keyasint"`
	Overlay *PartRef  `cbor:"6,keyasint,omitempty"` // nil: the region has none
	Status  *[32]byte `cbor:"7,keyasint,omitempty"` // [StatusHash] of all status lists; nil: the region has none
}

// PartRef names one issue of a document.
type PartRef struct {
	_       struct{} `cbor:",toarray"`
	Version Version
	Hash    [32]byte
}

// Kind returns [KindSnapshot].
func (*Snapshot) Kind() Kind { return KindSnapshot }

func (s *Snapshot) encode() ([]byte, error)     { return cborx.Marshal(s) }
func (s *Snapshot) decode(payload []byte) error { return cborx.Unmarshal(payload, s) }

func (s *Snapshot) canonical() Document {
	c := *s
	return &c
}

func (s *Snapshot) validate() error {
	if err := s.validateHead(); err != nil {
		return err
	}
	if s.Due == 0 {
		return invalid("due", "a snapshot says when the next one is due")
	}
	if s.KeySet.Version.IsZero() {
		return invalid("keyset", "0.0 is no version")
	}
	if s.Overlay != nil && s.Overlay.Version.IsZero() {
		return invalid("overlay", "0.0 is no version")
	}
	return nil
}
