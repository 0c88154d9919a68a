package format

import (
	"fmt"
	"maps"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
)

// keyClaims is the payload key of our claims. It is the signed version of the
// format: a changed meaning takes the next number down.
const keyClaims = -65537

// firstExtension is where the extension keys begin. Keys below are critical: a
// reader that does not know one refuses the credential.
const (
	firstExtension    = 64
	lastExtension     = 65535
	maxExtensionBytes = 16
)

type payload struct {
	Issuer   string `cbor:"1,keyasint"`
	Expires  int64  `cbor:"4,keyasint"`
	IssuedAt int64  `cbor:"6,keyasint"`
	Claims   claims `cbor:"-65537,keyasint"`
}

type claims struct {
	Holder       Holder        `cbor:"1,keyasint"`
	Ref          Ref           `cbor:"2,keyasint"`
	Status       *Status       `cbor:"3,keyasint,omitempty"`
	Tests        []Test        `cbor:"4,keyasint,omitempty"`
	Vaccinations []Vaccination `cbor:"5,keyasint,omitempty"`
	Exemptions   []uint16      `cbor:"6,keyasint,omitempty"`
	Origin       *Origin       `cbor:"7,keyasint,omitempty"`
}

// AppendCBOR implements [cborx.Appender]: this is the encoder of credentials.
func (p *payload) AppendCBOR(dst []byte) []byte {
	dst = cborx.AppendText(cborx.AppendUint(cborx.AppendMap(dst, 4), 1), p.Issuer)
	dst = cborx.AppendInt(cborx.AppendUint(dst, 4), p.Expires)
	dst = cborx.AppendInt(cborx.AppendUint(dst, 6), p.IssuedAt)
	return p.Claims.AppendCBOR(cborx.AppendInt(dst, keyClaims))
}

// AppendCBOR implements [cborx.Appender].
func (c *claims) AppendCBOR(dst []byte) []byte {
	dst = cborx.AppendMap(dst, c.count())
	dst = appendHolder(cborx.AppendUint(dst, 1), &c.Holder)
	dst = appendUints(cborx.AppendUint(dst, 2), uint64(c.Ref.List), uint64(c.Ref.Index))
	if s := c.Status; s != nil {
		dst = appendUints(cborx.AppendUint(dst, 3), uint64(s.State), uint64(s.Rule), uint64(s.Minutes))
	}
	if len(c.Tests) > 0 {
		dst = cborx.AppendArray(cborx.AppendUint(dst, 4), len(c.Tests))
		for _, t := range c.Tests {
			dst = appendUints(dst, uint64(t.Kind), uint64(t.Result), uint64(t.Minutes), uint64(t.Laboratory))
		}
	}
	if len(c.Vaccinations) > 0 {
		dst = cborx.AppendArray(cborx.AppendUint(dst, 5), len(c.Vaccinations))
		for _, v := range c.Vaccinations {
			dst = appendUints(dst, uint64(v.Product), uint64(v.Dose), uint64(v.Course), uint64(v.Day))
		}
	}
	if len(c.Exemptions) > 0 {
		dst = cborx.AppendArray(cborx.AppendUint(dst, 6), len(c.Exemptions))
		for _, kind := range c.Exemptions {
			dst = cborx.AppendUint(dst, uint64(kind))
		}
	}
	if o := c.Origin; o != nil {
		dst = cborx.AppendText(cborx.AppendArray(cborx.AppendUint(dst, 7), 2), o.Region)
		dst = cborx.AppendBytes(dst, o.KeyID[:])
	}
	return dst
}

// count returns how many claims are there.
func (c *claims) count() int {
	n := 2 // holder, ref
	for _, present := range [...]bool{
		c.Status != nil, len(c.Tests) > 0, len(c.Vaccinations) > 0, len(c.Exemptions) > 0, c.Origin != nil,
	} {
		if present {
			n++
		}
	}
	return n
}

func appendHolder(dst []byte, h *Holder) []byte {
	dst = cborx.AppendText(cborx.AppendArray(dst, 4), h.Name)
	dst = cborx.AppendText(cborx.AppendUint(dst, uint64(h.Class)), h.LastTwo)
	return cborx.AppendBytes(dst, h.Tag[:])
}

func appendUints(dst []byte, values ...uint64) []byte {
	dst = cborx.AppendArray(dst, len(values))
	for _, v := range values {
		dst = cborx.AppendUint(dst, v)
	}
	return dst
}

// payloadWithExtensions leaves the claims for a second look.
type payloadWithExtensions struct {
	Issuer   string          `cbor:"1,keyasint"`
	Expires  int64           `cbor:"4,keyasint"`
	IssuedAt int64           `cbor:"6,keyasint"`
	Claims   cbor.RawMessage `cbor:"-65537,keyasint"`
}

func (p *payload) credential() Credential {
	return Credential{
		Issuer:       p.Issuer,
		IssuedAt:     p.IssuedAt,
		Expires:      p.Expires,
		Holder:       p.Claims.Holder,
		Ref:          p.Claims.Ref,
		Status:       p.Claims.Status,
		Tests:        p.Claims.Tests,
		Vaccinations: p.Claims.Vaccinations,
		Exemptions:   p.Claims.Exemptions,
		Origin:       p.Claims.Origin,
	}
}

// decodePayload reads a payload that has passed [cborx.Check]. Extensions are
// rare, so that only a payload with an unknown key pays for them.
func decodePayload(data []byte) (*payload, error) {
	if p, ok := readPayload(data); ok {
		return p, nil
	}
	p, err := cborx.DecodeChecked[payload](data)
	if err != nil && cborx.UnknownField(err) {
		return decodeWithExtensions(data)
	}
	return p, err
}

// decodeWithExtensions reads a payload whose claims may have extension keys.
// Extensions are held to their form and then dropped: what a verifier does not
// know it does not return, log or evaluate.
func decodeWithExtensions(data []byte) (*payload, error) {
	outer, err := cborx.DecodeChecked[payloadWithExtensions](data)
	if err != nil {
		return nil, err
	}
	pairs, err := cborx.DecodeChecked[map[int64]cbor.RawMessage](outer.Claims)
	if err != nil {
		return nil, err
	}
	size := 0 // of the known pairs, which sort before the extensions
	known := 0
	for _, key := range slices.Sorted(maps.Keys(*pairs)) { // of two faults always the same is told
		value := (*pairs)[key]
		if key < 0 {
			return nil, claimError("claims", "key %d", key)
		}
		if key < firstExtension {
			size += len(cborx.AppendInt(nil, key)) + len(value)
			known++
			continue
		}
		if err := checkExtension(key, value); err != nil {
			return nil, err
		}
	}
	if extensions := len(*pairs) - known; extensions > MaxExtensions {
		return nil, claimError("extensions", "%d, at most %d", extensions, MaxExtensions)
	}
	head := len(cborx.AppendMap(nil, len(*pairs)))
	base := append(cborx.AppendMap(nil, known), outer.Claims[head:head+size]...)
	inner, err := cborx.DecodeChecked[claims](base)
	if err != nil {
		return nil, err
	}
	return &payload{outer.Issuer, outer.Expires, outer.IssuedAt, *inner}, nil
}

func checkExtension(key int64, value []byte) error {
	name := fmt.Sprintf("extension %d", key)
	if key > lastExtension {
		return claimError(name, "key above %d", lastExtension)
	}
	if _, err := cborx.DecodeChecked[uint64](value); err == nil {
		return nil
	}
	b, err := cborx.DecodeChecked[[]byte](value)
	if err != nil {
		return claimError(name, "neither an unsigned integer nor a byte string")
	}
	if len(*b) == 0 || len(*b) > maxExtensionBytes {
		return claimError(name, "%d bytes, 1 to %d", len(*b), maxExtensionBytes)
	}
	return nil
}
