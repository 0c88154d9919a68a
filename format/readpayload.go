package format

import (
	"bytes"

	"github.com/tongxing/tongxing/format/cborx"
)

// readPayload reads a payload, which has passed [cborx.Check], of the claims that
// this version knows: every scan has one, and the general decoder takes seven times
// as long. It is a guess with a proof: what was read is written again, and only
// where that gives the data byte for byte is it returned. About anything else the
// general decoder is asked, which says what is wrong with it.
func readPayload(data []byte) (*payload, bool) {
	r := cborx.NewReader(data)
	p := new(payload)
	for range min(r.Map(), 4) {
		switch r.Int() {
		case 1:
			p.Issuer = r.Text()
		case 4:
			p.Expires = r.Int()
		case 6:
			p.IssuedAt = r.Int()
		case keyClaims:
			readClaims(r, &p.Claims)
		default:
			return nil, false
		}
	}
	var room [512]byte // most payloads are shorter
	return p, r.Done() && bytes.Equal(p.AppendCBOR(room[:0]), data)
}

// readClaims reads the claims as far as they are what they should be. Numbers that
// are too large are cut, which the comparison finds.
func readClaims(r *cborx.Reader, c *claims) {
	for range min(r.Map(), 7) {
		switch r.Int() {
		case 1:
			r.Array()
			c.Holder.Name, c.Holder.Class, c.Holder.LastTwo = r.Text(), uint8(r.Int()), r.Text()
			copy(c.Holder.Tag[:], r.Bytes())
		case 2:
			r.Array()
			c.Ref.List, c.Ref.Index = uint32(r.Int()), uint32(r.Int())
		case 3:
			r.Array()
			c.Status = &Status{State: uint16(r.Int()), Rule: uint16(r.Int()), Minutes: uint16(r.Int())}
		case 4:
			c.Tests = readList(r, MaxTests, readTest)
		case 5:
			c.Vaccinations = readList(r, MaxVaccinations, readVaccination)
		case 6:
			c.Exemptions = readList(r, MaxExemptions, func(r *cborx.Reader) uint16 { return uint16(r.Int()) })
		case 7:
			r.Array()
			c.Origin = &Origin{Region: r.Text()}
			copy(c.Origin.KeyID[:], r.Bytes())
		default:
			return // an extension, or a claim that this version does not know
		}
	}
}

// readList reads a list of at most so many elements.
func readList[T any](r *cborx.Reader, most uint64, read func(*cborx.Reader) T) []T {
	list := make([]T, min(r.Array(), most))
	for i := range list {
		list[i] = read(r)
	}
	return list
}

func readTest(r *cborx.Reader) Test {
	r.Array()
	return Test{Kind: uint16(r.Int()), Result: uint16(r.Int()), Minutes: uint16(r.Int()), Laboratory: uint32(r.Int())}
}

func readVaccination(r *cborx.Reader) Vaccination {
	r.Array()
	return Vaccination{Product: uint16(r.Int()), Dose: uint8(r.Int()), Course: uint8(r.Int()), Day: uint16(r.Int())}
}
