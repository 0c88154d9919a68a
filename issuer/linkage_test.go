package issuer_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/trustlist"
)

// fieldNames are the values of a credential on the wire, by their places in it, as
// spec/privacy.md calls them.
var fieldNames = map[string]string{
	"protected/1": "alg", "protected/4": "kid", "payload/1": "iss", "payload/4": "exp", "payload/6": "iat", "signature": "signature",
	"payload/-65537/1/0": "name", "payload/-65537/1/1": "class", "payload/-65537/1/2": "last two", "payload/-65537/1/3": "tag",
	"payload/-65537/2/0": "list", "payload/-65537/2/1": "index",
	"payload/-65537/3/0": "state", "payload/-65537/3/1": "rule", "payload/-65537/3/2": "status minutes",
	"payload/-65537/4/0": "test kind", "payload/-65537/4/1": "test result", "payload/-65537/4/2": "test minutes", "payload/-65537/4/3": "laboratory",
	"payload/-65537/5/0": "product", "payload/-65537/5/1": "dose", "payload/-65537/5/2": "course", "payload/-65537/5/3": "day",
	"payload/-65537/6": "exemption", "payload/-65537/7/0": "origin region", "payload/-65537/7/1": "origin kid",
}

// fields takes a credential apart into every value that it has: name to values,
// each as text.
func fields(t *testing.T, data []byte) map[string][]string {
	t.Helper()
	var message struct {
		_                      struct{} `cbor:",toarray"`
		Protected              []byte
		Unprotected            map[any]any
		Payload, SignatureData []byte
	}
	var tag cbor.RawTag
	if err := cbor.Unmarshal(data, &tag); err != nil {
		t.Fatal(err)
	}
	if err := cbor.Unmarshal(tag.Content, &message); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	walkItem(t, "protected", decoded(t, message.Protected), out)
	walkItem(t, "payload", decoded(t, message.Payload), out)
	walkItem(t, "signature", message.SignatureData, out)
	return out
}

func decoded(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := cbor.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// walkItem goes through an item. The elements of a list (tests, vaccinations,
// exemptions) have no place of their own: they are sorted, not numbered.
func walkItem(t *testing.T, path string, item any, into map[string][]string) {
	t.Helper()
	switch item := item.(type) {
	case map[any]any:
		for key, value := range item {
			walkItem(t, fmt.Sprint(path, "/", key), value, into)
		}
	case []any:
		for i, value := range item {
			element, isElement := value.([]any)
			switch {
			case isElement: // of a list of tuples
				for j := range element {
					walkItem(t, fmt.Sprint(path, "/", j), element[j], into)
				}
			case path == "payload/-65537/6": // a list of numbers
				walkItem(t, path, value, into)
			default:
				walkItem(t, fmt.Sprint(path, "/", i), value, into)
			}
		}
	default:
		name := fieldNames[path]
		if name == "" {
			t.Fatalf("a value at %s that this test does not know", path)
		}
		if b, ok := item.([]byte); ok {
			item = hex.EncodeToString(b)
		}
		into[name] = append(into[name], fmt.Sprint(item))
	}
}

// shared returns the names of the fields that have a value in common.
func shared(a, b map[string][]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if slices.ContainsFunc(a[name], func(value string) bool { return slices.Contains(b[name], value) }) {
			names = append(names, name)
		}
	}
	return names
}

// bureau issues in the order in which people come, with the references of a
// registry.
type bureau struct {
	t      *testing.T
	issuer *issuer.Issuer
	bank   *registry.Bank
	next   uint64
}

// newBureau is one in 33 whose registry has the secret.
func newBureau(t *testing.T, secret byte) *bureau {
	t.Helper()
	month := uint16(format.ListMonth(issuedAt + 7*86400))
	bank, err := registry.NewBank([registry.SecretSize]byte{secret}, registry.Geometry{
		Pool: registry.Pool{Region: 33, Month: month}, Shards: 4, Places: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	usage := greenUsage | trustlist.UsageTest | trustlist.UsageVaccination | trustlist.UsageExemption
	return &bureau{t: t, issuer: newIssuer(t, province(t, usage, published(greenSigner, usage)), greenSigner), bank: bank}
}

func (b *bureau) issue(r *record.Record, at time.Time) []byte {
	b.t.Helper()
	draft, err := b.issuer.Draft(r, at)
	if err != nil {
		b.t.Fatal(err)
	}
	reference, ok := b.bank.Reference(b.next)
	if !ok {
		b.t.Fatal("the bank is empty")
	}
	b.next++
	issued, err := b.issuer.Sign(draft, format.Ref{List: reference.List, Index: reference.Index})
	if err != nil {
		b.t.Fatal(err)
	}
	return issued.Data
}

// resident has every claim that a credential can carry. Two residents with other
// numbers that end alike, and names that mask alike, have the same claims.
func resident(name, number string) *record.Record {
	return &record.Record{
		Name: name, DocumentType: "01", DocumentNumber: number,
		Status:       &record.Status{Determined: beijing("2022-08-09 11:00"), Until: beijing("2022-09-30 11:00")},
		Tests:        []record.Test{{Kind: 1, Sampled: beijing("2022-08-08 08:00"), Reported: beijing("2022-08-08 20:30"), Laboratory: 33<<16 | 3}},
		Vaccinations: []record.Vaccination{{Product: 1, Dose: 1, Course: 2, Day: "2021-05-03"}, {Product: 1, Dose: 2, Course: 2, Day: "2021-05-31"}},
		Exemptions:   []record.Exemption{{Kind: 1, Until: beijing("2022-09-30 00:00")}},
	}
}

const (
	linkedNumber  = "339999196001058363"
	similarNumber = "339999196002010863" // ends in the same two characters
)

// byDesign are the fields that spec/privacy.md says repeat: the names in code in
// the first column of the table of section 3.
func byDesign(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "spec", "privacy.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| shared | by two codes of one person | how well it links |\n| --- | --- | --- |\n")
	if !found {
		t.Fatal("privacy.md has no table of what is shared")
	}
	var names []string
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		for _, match := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return names
}

// What two codes of one person share is what privacy.md lists, all of it and
// nothing else; and two people with the same claims share the same, so that equal
// fields alone do not tell the one case from the other. [PRIV-5]
func TestTwoCodesOfOnePersonShareWhatTheThreatModelListsAndNothingElse(t *testing.T) {
	b := newBureau(t, 7)
	first := b.issue(resident("廖浩然", linkedNumber), now)
	later := b.issue(resident("廖浩然", linkedNumber), now.Add(3*time.Hour+17*time.Second))
	other := b.issue(resident("廖天然", similarNumber), now.Add(3*time.Hour+17*time.Second))
	own, strangers := shared(fields(t, first), fields(t, later)), shared(fields(t, first), fields(t, other))
	byChance := func(name string) bool { return name == "list" }
	if own, strangers = slices.DeleteFunc(own, byChance), slices.DeleteFunc(strangers, byChance); !slices.Equal(own, strangers) {
		t.Errorf("one person's codes share %q, two people's %q", own, strangers)
	}
	listed := byDesign(t)
	for _, name := range own {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is shared, and privacy.md does not list it", name)
		}
	}
	atTimes := []string{"exp", "list", "origin region", "origin kid"} // shared in some cases, those of the tests below
	for _, name := range listed {
		if !slices.Contains(own, name) && !slices.Contains(atTimes, name) {
			t.Errorf("privacy.md lists %s, which is not shared", name)
		}
	}
}

// A converted code shows its source, by design: region, key, the claims and, where
// it was not shortened, exp. It has none of the identifiers of its source, nor of
// another code that was made from that. [PRIV-5]
func TestAConvertedCodeSharesNoIdentifierWithItsSource(t *testing.T) {
	b := newBureau(t, 7)
	source := b.issue(resident("廖浩然", linkedNumber), now)
	u, err := format.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	document, err := format.NewDocument(format.ClassCitizen, linkedNumber)
	if err != nil {
		t.Fatal(err)
	}
	signer := sigtest.New(sig.SM2, "41")
	convert := func(index uint32, after int64) []byte {
		c := u.UnverifiedCredential()
		c.Issuer, c.IssuedAt = "41", c.IssuedAt+after
		c.Origin = &format.Origin{Region: "33", KeyID: u.KeyID()}
		c.Status.Minutes += uint16(after / 60)
		c.Tests[0].Minutes += uint16(after / 60)
		c.Ref = format.Ref{List: c.Ref.List&^0xff | index&0xff, Index: index}
		if c.Holder, err = format.NewHolder("41", c.Ref, "廖浩然", document); err != nil {
			t.Fatal(err)
		}
		data, err := format.Encode(c, signer)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	one, two := convert(918273645, 3600), convert(192837465, 7200)
	listed := byDesign(t)
	for _, pair := range [][2][]byte{{source, one}, {one, two}} {
		names := shared(fields(t, pair[0]), fields(t, pair[1]))
		for _, name := range names {
			if !slices.Contains(listed, name) {
				t.Errorf("%s is shared, and privacy.md does not list it", name)
			}
		}
		if !slices.Contains(names, "exp") {
			t.Errorf("shared %q: the end of the source is not", names)
		}
	}
	if names := shared(fields(t, one), fields(t, two)); !slices.Contains(names, "origin kid") {
		t.Errorf("shared %q", names)
	}
}

// Beneath the fields: no stretch of 4 bytes of one code is in another of the same
// person but those that two people with the same claims have too.
func TestNoBytesBeyondTheListedFieldsRepeat(t *testing.T) {
	b := newBureau(t, 9)
	const codes = 40
	var mine, others [][]byte
	for i := range codes {
		at := now.Add(time.Duration(i)*7919*time.Second + time.Second)
		mine = append(mine, b.issue(resident("廖浩然", linkedNumber), at))
		others = append(others, b.issue(resident("廖天然", similarNumber), at.Add(time.Second)))
	}
	common := func(a, b []byte) (n int) {
		for i := 0; i+4 <= len(a); i++ {
			if bytes.Contains(b, a[i:i+4]) {
				n++
			}
		}
		return n
	}
	own, strangers, pairs := 0, 0, 0
	for i := range codes {
		for j := range codes {
			if i == j {
				continue
			}
			own, strangers, pairs = own+common(mine[i], mine[j]), strangers+common(mine[i], others[j]), pairs+1
		}
	}
	if difference := float64(own-strangers) / float64(pairs); difference > 0.5 || difference < -0.5 {
		t.Errorf("%.2f stretches more in common within a person's codes, of %.1f", difference, float64(own)/float64(pairs))
	}
}

// Tag, index and shard of a person's codes are as good as random: each bit is set
// in half of them, changes in half of the steps, and no two codes in a row share
// more than chance. [PRIV-5]
func TestReferenceAndTagOfAPersonsCodesCannotBePredicted(t *testing.T) {
	b := newBureau(t, 11)
	const codes = 4096
	document, err := format.NewDocument(format.ClassCitizen, linkedNumber)
	if err != nil {
		t.Fatal(err)
	}
	var set, flipped [38]int // 16 bits of tag, 20 of index, 2 of shard
	var before uint64
	seen := map[registry.Reference]bool{}
	for i := range uint64(codes) {
		reference, ok := b.bank.Reference(i)
		if !ok || seen[reference] {
			t.Fatalf("reference %d: %v, used before %v", i, ok, seen[reference])
		}
		seen[reference] = true
		tag := format.HolderTag("33", format.Ref{List: reference.List, Index: reference.Index}, document)
		value := uint64(tag[0])<<30 | uint64(tag[1])<<22 | uint64(reference.Index)<<2 | uint64(reference.List&3)
		for bit := range set {
			set[bit] += int(value >> bit & 1)
			flipped[bit] += int((value ^ before) >> bit & 1)
		}
		before = value
	}
	const off = 5 * 32 // five standard deviations of a binomial of 4096 halves
	for bit := range set {
		if a, b := set[bit]-codes/2, flipped[bit]-codes/2; max(a, -a, b, -b) > off {
			t.Errorf("bit %d: set %d times, flipped %d times of %d", bit, set[bit], flipped[bit], codes)
		}
	}
}
