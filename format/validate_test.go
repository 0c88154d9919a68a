package format

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

const issued = 1660089600 // 2022-08-10T08:00:00+08:00

// whole is a valid credential with every claim.
func whole() *Credential {
	return &Credential{
		Issuer: "33", IssuedAt: issued, Expires: issued + 86400,
		Holder:       Holder{Name: "王*明", Class: 1, LastTwo: "4X", Tag: [2]byte{1, 2}},
		Ref:          Ref{List: ListMonth(issued+86400) << 8, Index: 5},
		Status:       &Status{State: 1, Rule: 101, Minutes: 90},
		Tests:        []Test{{Kind: 1, Minutes: 600, Laboratory: 33<<16 | 3}, {Kind: 2, Minutes: 60, Laboratory: 33<<16 | 3}},
		Vaccinations: []Vaccination{{Product: 1, Dose: 1, Course: 2, Day: 400}, {Product: 1, Dose: 2, Course: 2, Day: 430}},
		Exemptions:   []uint16{1, 2},
		Origin:       &Origin{Region: "41", KeyID: [4]byte{1, 2, 3, 4}},
	}
}

// unsignedPayload is what a careless issuer would sign: c without any check.
func unsignedPayload(c *Credential) []byte {
	p := payload{c.Issuer, c.Expires, c.IssuedAt, claims{c.Holder, c.Ref, c.Status, c.Tests, c.Vaccinations, c.Exemptions, c.Origin}}
	return p.AppendCBOR(nil)
}

func signed(t testing.TB, payload []byte) []byte {
	t.Helper()
	data, err := cose.AppendSign1(nil, payload, sigtest.New(sig.SM2, "validate"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func tests(n int) []Test {
	list := make([]Test, n)
	for i := range list {
		list[i] = Test{Kind: 1, Minutes: uint16(i), Laboratory: 1}
	}
	return list
}

func vaccinations(n int) []Vaccination {
	list := make([]Vaccination, n)
	for i := range list {
		list[i] = Vaccination{Product: 1, Dose: uint8(i + 1), Course: 2}
	}
	return list
}

// change is one claim of a valid credential, changed.
type change struct {
	name   string
	claim  string // at fault; empty: still valid
	change func(*Credential)
}

var headerChanges = []change{
	{"iss of no digit", "iss", func(c *Credential) { c.Issuer = "" }},
	{"iss of one digit", "iss", func(c *Credential) { c.Issuer = "3" }},
	{"iss of three digits", "iss", func(c *Credential) { c.Issuer = "033" }},
	{"iss of letters", "iss", func(c *Credential) { c.Issuer = "ZJ" }},
	{"iss of full-width digits", "iss", func(c *Credential) { c.Issuer = "３３" }},
	{"iss of one Arabic digit of two bytes", "iss", func(c *Credential) { c.Issuer = "٣" }},
	{"iss of the national platform", "", func(c *Credential) { c.Issuer = "00" }},
	{"iss 99", "", func(c *Credential) { c.Issuer = "99" }},
	{"iat before 2020", "iat", func(c *Credential) { c.IssuedAt = MinTime - 1 }},
	{"iat negative", "iat", func(c *Credential) { c.IssuedAt = -1 }},
	{"iat above 32 bits", "iat", func(c *Credential) { c.IssuedAt, c.Expires = MaxTime+1, MaxTime+2 }},
	{"exp above 32 bits", "exp", func(c *Credential) { c.Expires = MaxTime + 1 }},
	{"exp largest", "exp", func(c *Credential) { c.Expires = 1<<63 - 1 }},
	{"exp before 2020", "exp", func(c *Credential) { c.Expires = MinTime - 1 }},
	{"exp equals iat", "exp", func(c *Credential) { c.Expires = c.IssuedAt }},
	{"exp before iat", "exp", func(c *Credential) { c.Expires = c.IssuedAt - 1 }},
	{"exp a second after iat", "", func(c *Credential) { c.Expires = c.IssuedAt + 1 }},
	{"earliest times", "", func(c *Credential) {
		c.IssuedAt, c.Expires, c.Ref.List, c.Vaccinations = MinTime, MinTime+1, 0, nil
	}},
	{"latest times", "", func(c *Credential) {
		c.IssuedAt, c.Expires, c.Ref.List = MaxTime-1, MaxTime, ListMonth(MaxTime)<<8
	}},
	{"nothing stated", "claims", func(c *Credential) { c.Status, c.Tests, c.Vaccinations, c.Exemptions = nil, nil, nil, nil }},
	{"status alone", "", func(c *Credential) { c.Tests, c.Vaccinations, c.Exemptions = nil, nil, nil }},
	{"tests alone", "", func(c *Credential) { c.Status, c.Vaccinations, c.Exemptions = nil, nil, nil }},
	{"vaccinations alone", "", func(c *Credential) { c.Status, c.Tests, c.Exemptions = nil, nil, nil }},
	{"exemptions alone", "", func(c *Credential) { c.Status, c.Tests, c.Vaccinations = nil, nil, nil }},
	{"no origin", "", func(c *Credential) { c.Origin = nil }},
	{"origin of three digits", "origin", func(c *Credential) { c.Origin.Region = "041" }},
	{"origin of letters", "origin", func(c *Credential) { c.Origin.Region = "HA" }},
	{"origin of nothing", "origin", func(c *Credential) { c.Origin.Region = "" }},
}

var holderChanges = []change{
	{"no name", "holder name", func(c *Credential) { c.Holder.Name = "" }},
	{"name of 25 bytes", "holder name", func(c *Credential) { c.Holder.Name = "王明王明王明王明a" }},
	{"name of 24 bytes", "", func(c *Credential) { c.Holder.Name = "A* B* C* D* E* F* G* H**" }},
	{"name with a control", "holder name", func(c *Credential) { c.Holder.Name = "王\n明" }},
	{"name with a zero", "holder name", func(c *Credential) { c.Holder.Name = "王\x00明" }},
	{"name with a tab", "holder name", func(c *Credential) { c.Holder.Name = "王\t明" }},
	{"name from right to left", "holder name", func(c *Credential) { c.Holder.Name = "王\u202e明" }},
	{"name with an isolate", "holder name", func(c *Credential) { c.Holder.Name = "王\u2067明" }},
	{"name with a joiner", "holder name", func(c *Credential) { c.Holder.Name = "王\u200d明" }},
	{"name with a variation selector", "holder name", func(c *Credential) { c.Holder.Name = "葛\U000e0100*" }},
	{"name with a byte order mark", "holder name", func(c *Credential) { c.Holder.Name = "\ufeff王*" }},
	{"name with a private character", "holder name", func(c *Credential) { c.Holder.Name = "\ue000*" }},
	{"name with a replacement character", "holder name", func(c *Credential) { c.Holder.Name = "\ufffd*" }},
	{"name with a pictograph", "holder name", func(c *Credential) { c.Holder.Name = "\u2705*" }},
	{"name with an emoji", "holder name", func(c *Credential) { c.Holder.Name = "\U0001f600*" }},
	{"name with a tag character", "holder name", func(c *Credential) { c.Holder.Name = "王\U000e0041" }},
	{"name newer than Unicode here", "", func(c *Credential) { c.Holder.Name = "\U000323b0*\U0002ebf0" }},
	{"class 0", "document class", func(c *Credential) { c.Holder.Class = 0 }},
	{"class 100", "document class", func(c *Credential) { c.Holder.Class = 100 }},
	{"class 99", "", func(c *Credential) { c.Holder.Class = 99 }},
	{"last two of one", "last two", func(c *Credential) { c.Holder.LastTwo = "8" }},
	{"last two of three", "last two", func(c *Credential) { c.Holder.LastTwo = "018" }},
	{"last two of nothing", "last two", func(c *Credential) { c.Holder.LastTwo = "" }},
	{"last two of lower case", "last two", func(c *Credential) { c.Holder.LastTwo = "4x" }},
	{"last two with a blank", "last two", func(c *Credential) { c.Holder.LastTwo = "4 " }},
	{"last two of full width", "last two", func(c *Credential) { c.Holder.LastTwo = "４５" }},
	{"last two of ideographs", "", func(c *Credential) { c.Holder.LastTwo = "6号" }},
	{"last two of a new ideograph", "", func(c *Credential) { c.Holder.LastTwo = "6\U000323b0" }},
	{"list of the month before", "ref", func(c *Credential) { c.Ref.List -= 256 }},
	{"list of the month after", "ref", func(c *Credential) { c.Ref.List += 256 }},
	{"list largest", "ref", func(c *Credential) { c.Ref.List = 1<<32 - 1 }},
	{"last shard", "", func(c *Credential) { c.Ref.List += 255 }},
	{"largest index", "", func(c *Credential) { c.Ref.Index = 1<<32 - 1 }},
	{"index 0", "", func(c *Credential) { c.Ref.Index = 0 }},
}

var listChanges = []change{
	{"green with a rule", "status", func(c *Credential) { c.Status.State = 0 }},
	{"yellow without a rule", "status", func(c *Credential) { c.Status.Rule = 0 }},
	{"green", "", func(c *Credential) { c.Status.State, c.Status.Rule = 0, 0 }},
	{"unknown state", "", func(c *Credential) { c.Status.State, c.Status.Rule = 65535, 65535 }},
	{"status of 30 days", "", func(c *Credential) { c.Status.Minutes = MaxMinutes }},
	{"status of 30 days and a minute", "status", func(c *Credential) { c.Status.Minutes = MaxMinutes + 1 }},
	{"four tests", "", func(c *Credential) { c.Tests = tests(4) }},
	{"five tests", "tests", func(c *Credential) { c.Tests = tests(5) }},
	{"tests unsorted", "tests", func(c *Credential) { c.Tests[0], c.Tests[1] = c.Tests[1], c.Tests[0] }},
	{"a test twice", "tests", func(c *Credential) { c.Tests[1] = c.Tests[0] }},
	{"test kind 0", "test", func(c *Credential) { c.Tests[0].Kind = 0 }},
	{"unknown test kind and result", "", func(c *Credential) { c.Tests[1].Kind, c.Tests[1].Result = 65535, 65535 }},
	{"test of 30 days", "", func(c *Credential) { c.Tests[1].Minutes = MaxMinutes }},
	{"test of 30 days and a minute", "test", func(c *Credential) { c.Tests[1].Minutes = MaxMinutes + 1 }},
	{"last laboratory", "", func(c *Credential) { c.Tests[1].Laboratory = MaxLaboratory }},
	{"laboratory of region 100", "test", func(c *Credential) { c.Tests[1].Laboratory = MaxLaboratory + 1 }},
	{"six vaccinations", "", func(c *Credential) { c.Vaccinations = vaccinations(6) }},
	{"seven vaccinations", "vaccinations", func(c *Credential) { c.Vaccinations = vaccinations(7) }},
	{"vaccinations unsorted", "vaccinations", func(c *Credential) { c.Vaccinations[0].Dose, c.Vaccinations[1].Dose = 2, 1 }},
	{"a vaccination twice", "vaccinations", func(c *Credential) { c.Vaccinations[1] = c.Vaccinations[0] }},
	{"product 0", "vaccination", func(c *Credential) { c.Vaccinations[0].Product = 0 }},
	{"unknown product", "", func(c *Credential) { c.Vaccinations[1].Product = 65535 }},
	{"dose 0", "vaccination", func(c *Credential) { c.Vaccinations[0].Dose = 0 }},
	{"course of 0", "vaccination", func(c *Credential) { c.Vaccinations[0].Course = 0 }},
	{"booster", "", func(c *Credential) { c.Vaccinations[1].Dose = 255 }},
	{"course of 255", "", func(c *Credential) { c.Vaccinations[1].Course = 255 }},
	{"vaccinated today", "", func(c *Credential) { c.Vaccinations[1].Day = uint16(Day(issued)) }},
	{"vaccinated tomorrow", "vaccination", func(c *Credential) { c.Vaccinations[1].Day = uint16(Day(issued)) + 1 }},
	{"today begins at midnight in China", "", func(c *Credential) {
		c.IssuedAt = DayStart(Day(issued))
		c.Vaccinations[1].Day = uint16(Day(issued))
	}},
	{"a second earlier is yesterday", "vaccination", func(c *Credential) {
		c.IssuedAt = DayStart(Day(issued)) - 1
		c.Vaccinations[1].Day = uint16(Day(issued))
	}},
	{"four exemptions", "", func(c *Credential) { c.Exemptions = []uint16{1, 2, 3, 65535} }},
	{"five exemptions", "exemptions", func(c *Credential) { c.Exemptions = []uint16{1, 2, 3, 4, 5} }},
	{"exemptions unsorted", "exemptions", func(c *Credential) { c.Exemptions = []uint16{2, 1} }},
	{"an exemption twice", "exemptions", func(c *Credential) { c.Exemptions = []uint16{2, 2} }},
	{"exemption 0", "exemption", func(c *Credential) { c.Exemptions = []uint16{0} }},
}

// checkChanges holds both ends to the same bounds: Validate names the claim at
// fault, and Parse refuses a credential that was signed in spite of it.
func checkChanges(t *testing.T, changes []change) {
	t.Helper()
	for _, ch := range changes {
		c := whole()
		ch.change(c)
		err := c.Validate()
		_, parseError := Parse(signed(t, unsignedPayload(c)))
		if ch.claim == "" {
			if err != nil || parseError != nil {
				t.Errorf("%s: %v, %v", ch.name, err, parseError)
			}
			continue
		}
		var claim *ClaimError
		if !errors.As(err, &claim) || claim.Claim != ch.claim {
			t.Errorf("%s: %v, want a fault of %q", ch.name, err, ch.claim)
		}
		var parse *ParseError
		if !errors.As(parseError, &parse) || parse.Class != FaultClaims {
			t.Errorf("%s: Parse says %v", ch.name, parseError)
		}
		if !errors.As(parseError, &claim) || claim.Claim != ch.claim {
			t.Errorf("%s: Parse says %v", ch.name, parseError)
		}
	}
}

func TestHeaderClaimsOutOfBoundsAreRefused(t *testing.T) { checkChanges(t, headerChanges) }
func TestHolderAndRefOutOfBoundsAreRefused(t *testing.T) { checkChanges(t, holderChanges) }
func TestListsOutOfBoundsAreRefused(t *testing.T)        { checkChanges(t, listChanges) }

// The wire has wider numbers than the claims: those are refused too.
func TestNumbersWiderThanTheirClaimAreRefused(t *testing.T) {
	for name, claim := range map[string]map[any]any{
		"state":      {3: []any{65536, 1, 0}},
		"rule":       {3: []any{1, 65536, 0}},
		"minutes":    {3: []any{1, 1, 65536}},
		"negative":   {3: []any{1, 1, -1}},
		"kind":       {4: []any{[]any{65537, 0, 0, 1}}},
		"laboratory": {4: []any{[]any{1, 0, 0, 1 << 32}}},
		"dose":       {5: []any{[]any{1, 257, 2, 0}}},
		"course":     {5: []any{[]any{1, 1, 258, 0}}},
		"day":        {5: []any{[]any{1, 1, 2, 65536}}},
		"exemption":  {6: []any{65537}},
		"class":      {1: []any{"王*", 257, "4X", []byte{1, 2}}},
		"list":       {2: []any{1<<32 + int(whole().Ref.List), 5}},
		"index":      {2: []any{whole().Ref.List, 1 << 32}},
		"tag":        {1: []any{"王*", 1, "4X", []byte{1, 2, 3}}},
		"short tag":  {1: []any{"王*", 1, "4X", []byte{1}}},
		"kid":        {7: []any{"41", []byte{1, 2, 3, 4, 5}}},
		"holder":     {1: []any{"王*", 1, "4X", []byte{1, 2}, "1990-03-07"}},
		"no tests":   {4: []any{}},
		"text list":  {6: "1"},
	} {
		_, err := Parse(signed(t, patched(t, whole(), claim)))
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Class != FaultClaims {
			t.Errorf("%s: %v", name, err)
		}
	}
}
