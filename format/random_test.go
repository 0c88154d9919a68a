package format

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// RandomCredential returns a valid credential, for the tests beside this package
// too. Its lists are sorted.
func RandomCredential(tb testing.TB, r *rand.Rand) *Credential {
	tb.Helper()
	issuedAt := MinTime + r.Int64N(MaxTime-MinTime)
	expires := issuedAt + 1 + r.Int64N(MaxTime-issuedAt)
	ref := Ref{List: ListMonth(expires)<<8 | r.Uint32N(256), Index: r.Uint32() >> r.IntN(32)}
	document := randomDocument(tb, r)
	issuer := region(r)
	names := []string{"明", "王明", "王小明", "买买提·艾力", "𠮷野家", "𬱖明", "MARIA O'NEIL", "É", "བསྟན་འཛིན", "A小b"}
	holder, err := NewHolder(issuer, ref, names[r.IntN(len(names))], document)
	if err != nil {
		tb.Fatal(err)
	}
	c := &Credential{Issuer: issuer, IssuedAt: issuedAt, Expires: expires, Holder: holder, Ref: ref}
	for c.Status == nil && c.Tests == nil && c.Vaccinations == nil && c.Exemptions == nil {
		randomClaims(r, c)
	}
	return c
}

func region(r *rand.Rand) string {
	return string([]byte{'0' + byte(r.IntN(10)), '0' + byte(r.IntN(10))})
}

// small returns a number of any width up to most.
func small(r *rand.Rand, most uint32) uint32 { return min(r.Uint32()>>r.IntN(33), most) }

func randomDocument(tb testing.TB, r *rand.Rand) Document {
	tb.Helper()
	numbers := []string{"7", "E12345678", "军字第0123456号", "H01234567", "AB"}
	document, err := NewDocument(2+uint8(r.IntN(98)), numbers[r.IntN(len(numbers))])
	if r.IntN(2) == 0 {
		document, err = NewDocument(ClassCitizen, "33999919900307044X")
	}
	if err != nil {
		tb.Fatal(err)
	}
	return document
}

func randomClaims(r *rand.Rand, c *Credential) {
	if r.IntN(2) == 0 {
		c.Status = &Status{Minutes: uint16(small(r, MaxMinutes))}
		if r.IntN(2) == 0 {
			c.Status.State, c.Status.Rule = uint16(1+small(r, 65534)), uint16(1+small(r, 65534))
		}
	}
	for range r.IntN(MaxTests + 1) {
		c.Tests = append(c.Tests, Test{
			Kind: uint16(1 + small(r, 65534)), Result: uint16(small(r, 65535)),
			Minutes: uint16(small(r, MaxMinutes)), Laboratory: small(r, MaxLaboratory),
		})
	}
	for range r.IntN(MaxVaccinations + 1) {
		c.Vaccinations = append(c.Vaccinations, Vaccination{
			Product: uint16(1 + small(r, 65534)), Dose: uint8(1 + small(r, 254)), Course: uint8(1 + small(r, 254)),
			Day: uint16(small(r, uint32(min(Day(c.IssuedAt), 65535)))),
		})
	}
	for range r.IntN(MaxExemptions + 1) {
		c.Exemptions = append(c.Exemptions, uint16(1+small(r, 65534)))
	}
	if r.IntN(3) == 0 {
		c.Origin = &Origin{Region: region(r), KeyID: [4]byte{byte(r.Uint32()), 0, 0xff, byte(r.Uint32())}}
	}
	*c = c.sorted()
	c.Tests = slices.Compact(c.Tests)
	c.Vaccinations = slices.Compact(c.Vaccinations)
	c.Exemptions = slices.Compact(c.Exemptions)
}
