package format

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Validate reports whether every claim is within its bounds and the lists are
// sorted and without duplicates. The error is a *[ClaimError]. [Encode] and
// [Parse] both call it, so that nothing can be signed that would not be read.
func (c *Credential) Validate() error {
	// Called by name: through a table of functions every credential that is checked
	// would be one more for the collector.
	return cmp.Or(c.validateHeader(), c.validateHolder(), c.validateRef(), c.validateStatus(),
		c.validateTests(), c.validateVaccinations(), c.validateExemptions(), c.validateOrigin())
}

// ValidRegion reports whether code has the form of a region: two ASCII digits.
func ValidRegion(code string) bool {
	return len(code) == 2 && isDigit(code[0]) && isDigit(code[1])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (c *Credential) validateHeader() error {
	switch {
	case !ValidRegion(c.Issuer):
		return claimError("iss", "not two digits")
	case c.IssuedAt < MinTime || c.IssuedAt > MaxTime:
		return claimError("iat", "%d is not from 2020 to 2^32-1", c.IssuedAt)
	case c.Expires < MinTime || c.Expires > MaxTime:
		return claimError("exp", "%d is not from 2020 to 2^32-1", c.Expires)
	case c.Expires <= c.IssuedAt:
		return claimError("exp", "not after iat")
	case c.Status == nil && len(c.Tests) == 0 && len(c.Vaccinations) == 0 && len(c.Exemptions) == 0:
		return claimError("claims", "none of status, tests, vaccinations and exemptions")
	}
	return nil
}

func (c *Credential) validateHolder() error {
	h := &c.Holder
	switch {
	case h.Name == "" || len(h.Name) > MaxNameBytes:
		return claimError("holder name", "%d bytes, 1 to %d", len(h.Name), MaxNameBytes)
	case !utf8.ValidString(h.Name):
		return claimError("holder name", "not UTF-8")
	case h.Class < 1 || h.Class > 99:
		return claimError("document class", "%d is not from 1 to 99", h.Class)
	case utf8.RuneCountInString(h.LastTwo) != 2:
		return claimError("last two", "not two characters")
	}
	for _, r := range h.Name {
		if !isShown(r) {
			return claimError("holder name", "character %U cannot be shown", r)
		}
	}
	for _, r := range h.LastTwo {
		if !isNumberCharacter(r) {
			return claimError("last two", "character %U", r)
		}
	}
	return nil
}

func (c *Credential) validateRef() error {
	if month := ListMonth(c.Expires); c.Ref.List>>8 != month {
		return claimError("ref", "list %d is of month %d, exp is in month %d", c.Ref.List, c.Ref.List>>8, month)
	}
	return nil
}

func (c *Credential) validateStatus() error {
	s := c.Status
	switch {
	case s == nil:
		return nil
	case (s.State == 0) != (s.Rule == 0):
		return claimError("status", "the rule is 0 exactly for state 0") // no number: what is refused is not told
	case s.Minutes > MaxMinutes:
		return claimError("status", "determined %d minutes before iat, at most %d", s.Minutes, MaxMinutes)
	}
	return nil
}

func (c *Credential) validateTests() error {
	if len(c.Tests) > MaxTests {
		return claimError("tests", "%d, at most %d", len(c.Tests), MaxTests)
	}
	for i, t := range c.Tests {
		switch {
		case t.Kind == 0:
			return claimError("test", "kind 0")
		case t.Minutes > MaxMinutes:
			return claimError("test", "reported %d minutes before iat, at most %d", t.Minutes, MaxMinutes)
		case t.Laboratory > MaxLaboratory:
			return claimError("test", "laboratory %d is of no region", t.Laboratory)
		case i > 0 && compareTests(c.Tests[i-1], t) >= 0:
			return claimError("tests", "not sorted, or one occurs twice")
		}
	}
	return nil
}

func (c *Credential) validateVaccinations() error {
	if len(c.Vaccinations) > MaxVaccinations {
		return claimError("vaccinations", "%d, at most %d", len(c.Vaccinations), MaxVaccinations)
	}
	today := Day(c.IssuedAt)
	for i, v := range c.Vaccinations {
		switch {
		case v.Product == 0:
			return claimError("vaccination", "product 0")
		case v.Dose == 0 || v.Course == 0:
			return claimError("vaccination", "dose %d of %d", v.Dose, v.Course)
		case int64(v.Day) > today:
			return claimError("vaccination", "day %d is after iat", v.Day)
		case i > 0 && compareVaccinations(c.Vaccinations[i-1], v) >= 0:
			return claimError("vaccinations", "not sorted, or one occurs twice")
		}
	}
	return nil
}

func (c *Credential) validateExemptions() error {
	if len(c.Exemptions) > MaxExemptions {
		return claimError("exemptions", "%d, at most %d", len(c.Exemptions), MaxExemptions)
	}
	for i, kind := range c.Exemptions {
		if kind == 0 {
			return claimError("exemption", "kind 0")
		}
		if i > 0 && c.Exemptions[i-1] >= kind {
			return claimError("exemptions", "not sorted, or one occurs twice")
		}
	}
	return nil
}

func (c *Credential) validateOrigin() error {
	if c.Origin != nil && !ValidRegion(c.Origin.Region) {
		return claimError("origin", "region is not two digits")
	}
	return nil
}

// The elements of a list are sorted by their encodings. They are arrays of
// equally many unsigned integers, for which bytewise order is numerical order.

func compareTests(a, b Test) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Result, b.Result),
		cmp.Compare(a.Minutes, b.Minutes), cmp.Compare(a.Laboratory, b.Laboratory))
}

func compareVaccinations(a, b Vaccination) int {
	return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Dose, b.Dose),
		cmp.Compare(a.Course, b.Course), cmp.Compare(a.Day, b.Day))
}

// sorted returns a copy of c with its lists in order.
func (c *Credential) sorted() Credential {
	s := *c
	if !slices.IsSortedFunc(c.Tests, compareTests) {
		s.Tests = slices.SortedFunc(slices.Values(c.Tests), compareTests)
	}
	if !slices.IsSortedFunc(c.Vaccinations, compareVaccinations) {
		s.Vaccinations = slices.SortedFunc(slices.Values(c.Vaccinations), compareVaccinations)
	}
	if !slices.IsSorted(c.Exemptions) {
		s.Exemptions = slices.Sorted(slices.Values(c.Exemptions))
	}
	return s
}
