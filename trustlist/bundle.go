package trustlist

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/format/cborx"
)

const (
	// MaxBundle is the most bytes that a bundle may have.
	MaxBundle = 64 << 20
	// MaxChain is the most roots that a bundle may carry.
	MaxChain = 32

	bundleMagic      = "tongxing/bundle/1"
	bundleMagicStart = "tongxing/bundle/"
	maxRegionLists   = 4096
	maxRegionDeltas  = 64
	// maxItems bounds what a bundle takes in memory before its counts are held
	// to theirs: above the parts of maxRegions full regions.
	maxItems = maxRegions*(maxRegionLists+maxRegionDeltas+32) + 64
)

// Parts is what a bundle holds: signed documents as bytes, each signed on its
// own. The bundle itself is not signed.
type Parts struct {
	Roots   [][]byte      `cbor:"1,keyasint"` // the chain, oldest first
	List    []byte        `cbor:"2,keyasint"`
	Policy  []byte        `cbor:"3,keyasint,omitempty"`
	Regions []RegionParts `cbor:"4,keyasint,omitempty"` // ascending by code
}

// RegionParts is what a bundle holds of one region. Every part may be absent.
type RegionParts struct {
	Code        string   `cbor:"1,keyasint"`
	KeySet      []byte   `cbor:"2,keyasint,omitempty"`
	Overlay     []byte   `cbor:"3,keyasint,omitempty"`
	Snapshot    []byte   `cbor:"4,keyasint,omitempty"`
	StatusLists [][]byte `cbor:"5,keyasint,omitempty"`
	Deltas      [][]byte `cbor:"6,keyasint,omitempty"`
}

type wireBundle struct {
	_     struct{} `cbor:",toarray"`
	Magic string
	Parts Parts
}

func compareParts(a, b RegionParts) int { return strings.Compare(a.Code, b.Code) }

// Encode returns the bundle that holds p. It looks at the form of the bundle
// and not into the documents; publish.PackBundle does.
func (p *Parts) Encode() ([]byte, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	b, err := cborx.Marshal(wireBundle{Magic: bundleMagic, Parts: *p})
	if err != nil {
		return nil, err
	}
	if len(b) > MaxBundle {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(b))
	}
	return b, nil
}

// ParseBundle splits a bundle into its parts, none of which is verified: it is
// for tools that show or repack a bundle. The parts are copies. Errors are
// [ErrTooLarge], [ErrLaterVersion] and [ErrNotABundle].
func ParseBundle(data []byte) (*Parts, error) {
	if len(data) > MaxBundle {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	if err := checkMagic(data); err != nil {
		return nil, err
	}
	if err := cborx.Check(data); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotABundle, err)
	}
	if n := cborx.CountItems(data); n > maxItems {
		return nil, fmt.Errorf("%w: %d data items", ErrTooLarge, n)
	}
	var w wireBundle
	if err := cborx.UnmarshalChecked(data, &w); err != nil {
		if cborx.UnknownField(err) {
			return nil, fmt.Errorf("%w (%w)", ErrLaterVersion, err)
		}
		return nil, fmt.Errorf("%w: %w", ErrNotABundle, err)
	}
	if err := w.Parts.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotABundle, err)
	}
	return &w.Parts, nil
}

// checkMagic looks at the first bytes alone, so that a bundle of a later form
// is told from a file that is no bundle, whatever else that form changes
// (TRUST-102).
func checkMagic(data []byte) error {
	content, ours := bytes.CutPrefix(data, cborx.AppendText(cborx.AppendArray(nil, 2), bundleMagic))
	switch {
	case ours && (len(content) == 0 || content[0]>>5 == 5): // a map
		return nil
	case len(data) > 1 && 0x80 <= data[0] && data[0] <= 0x97 && namesBundle(data[1:]):
		return fmt.Errorf("%w: bundle", ErrLaterVersion)
	}
	return ErrNotABundle
}

// namesBundle reports whether data begins with a text of at most 255 bytes that
// names a bundle of whatever version. How it goes on is not looked at.
func namesBundle(data []byte) bool {
	text := data[1:]
	switch {
	case 0x70 <= data[0] && data[0] <= 0x77:
	case data[0] == 0x78 && len(text) > 0 && text[0] >= 24:
		text = text[1:]
	default:
		return false
	}
	return bytes.HasPrefix(text, []byte(bundleMagicStart))
}

func (p *Parts) validate() error {
	if err := checkCount("roots", len(p.Roots), 1, MaxChain); err != nil {
		return err
	}
	if len(p.List) == 0 {
		return invalid("list", "missing")
	}
	if err := checkCount("regions", len(p.Regions), 0, maxRegions); err != nil {
		return err
	}
	if err := checkAscending("regions", p.Regions, compareParts); err != nil {
		return err
	}
	for i := range p.Regions {
		r, field := &p.Regions[i], fmt.Sprintf("regions[%d]", i)
		if err := checkRegion(field+".code", r.Code); err != nil {
			return err
		}
		if err := checkCount(field+".status_lists", len(r.StatusLists), 0, maxRegionLists); err != nil {
			return err
		}
		if err := checkCount(field+".deltas", len(r.Deltas), 0, maxRegionDeltas); err != nil {
			return err
		}
	}
	return nil
}
