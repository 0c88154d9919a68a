package format_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
)

var documents = []struct {
	class           uint8
	number          string
	normal, lastTwo string // empty: refused
}{
	// The citizen number.
	{1, "33999919900307044X", "33999919900307044X", "4X"},
	{1, "33999919900307044x", "33999919900307044X", "4X"},
	{1, "３３９９９９１９９００３０７０４４Ｘ", "33999919900307044X", "4X"},
	{1, "３３９９９９１９９００３０７０４４ｘ", "33999919900307044X", "4X"},
	{1, " 339999 19900307 044X ", "33999919900307044X", "4X"},
	{1, "339999　19900307\t044X\u00a0", "33999919900307044X", "4X"},
	{1, "339999-19900307-044X", "33999919900307044X", "4X"},
	{1, "339999196001058363", "339999196001058363", "63"},
	{1, "339999900307044", "33999919900307044X", "4X"}, // 15 digits: 19 inserted, check digit appended
	{1, "３３９９９９９００３０７０４４", "33999919900307044X", "4X"},
	{1, "339999600105836", "339999196001058363", "63"},
	{1, "339999199003070440", "", ""}, // check digit
	{1, "339999199003070441", "", ""},
	{1, "33999919900307045X", "", ""},
	{1, "33999919900307044", "", ""},  // 17
	{1, "3399991990030704XX", "", ""}, // X within
	{1, "X3999919900307044X", "", ""},
	{1, "33999990030704X", "", ""},     // X at the end of 15
	{1, "33999919900307044X1", "", ""}, // 19
	{1, "E12345678", "", ""},
	{1, "军3999919900307044", "", ""},
	// Passports and permits.
	{3, "E12345678", "E12345678", "78"},
	{3, "e12345678", "E12345678", "78"},
	{3, "Ｅ１２３４５６７８", "E12345678", "78"},
	{3, "E 1234-5678", "E12345678", "78"},
	{3, "E–1234—5678", "E12345678", "78"}, // en and em dash
	{6, "h01234567", "H01234567", "67"},
	{7, "01234567", "01234567", "67"},
	// Military papers.
	{4, "军字第0123456号", "军字第0123456号", "6号"},
	{4, "軍字第１號", "軍字第1號", "1號"},
	{4, "空〇七", "空〇七", "〇七"},
	{4, "㐀字1", "㐀字1", "字1"},
	{99, "\U000323b01", "\U000323b01", "\U000323b01"}, // newer than the tables of this Go
	// Short and long.
	{99, "7", "7", "07"},
	{99, "军", "军", "0军"},
	{99, "ab", "AB", "AB"},
	{2, strings.Repeat("A", 32), strings.Repeat("A", 32), "AA"},
	{2, strings.Repeat("军", 32), strings.Repeat("军", 32), "军军"},
	{2, strings.Repeat("A", 33), "", ""},
	{2, strings.Repeat("军", 33), "", ""},
	{3, "", "", ""},
	{3, " 　-\t", "", ""},
	// Other characters.
	{3, "E1234.5678", "", ""}, {3, "E1234/5678", "", ""}, {3, "E1234_5678", "", ""}, {3, "E12345678\x00", "", ""},
	{3, "É1234567", "", ""}, {3, "Е12345678", "", ""}, {3, "Ω1", "", ""}, {3, "カ1", "", ""}, {3, "😀", "", ""}, {3, "\xff1", "", ""},
	{3, "E1\u200b2", "", ""}, {3, "E1\u202e2", "", ""}, {3, "٣٣٣", "", ""},
	// Classes.
	{0, "E12345678", "", ""}, {100, "E12345678", "", ""}, {255, "E12345678", "", ""}, {98, "E12345678", "E12345678", "78"},
}

// [CRED-81] [CRED-82] [CRED-83] [CRED-84]
func TestDocumentNumbersHaveOneForm(t *testing.T) {
	for _, c := range documents {
		document, err := format.NewDocument(c.class, c.number)
		if c.normal == "" {
			var claim *format.ClaimError
			if !errors.As(err, &claim) || document != (format.Document{}) {
				t.Errorf("%d %q: %q, %v", c.class, c.number, document.Number(), err)
			}
			continue
		}
		if err != nil || document.Number() != c.normal || document.LastTwo() != c.lastTwo || document.Class() != c.class {
			t.Errorf("%d %q: %q, last two %q, %v, want %q, %q", c.class, c.number, document.Number(), document.LastTwo(), err, c.normal, c.lastTwo)
		}
		if again, err := format.NewDocument(c.class, document.Number()); again != document || err != nil {
			t.Errorf("%q is normalised to %q, and that to %q, %v", c.number, document.Number(), again.Number(), err)
		}
	}
}

// ISO 7064 MOD 11-2 finds every wrong digit and every exchange of neighbours.
func TestCheckDigitFindsOneWrongDigit(t *testing.T) {
	const right = "33999919900307044X"
	for i := range 17 {
		for digit := byte('0'); digit <= '9'; digit++ {
			wrong := []byte(right)
			wrong[i] = digit
			if _, err := format.NewDocument(1, string(wrong)); (err == nil) != (digit == right[i]) {
				t.Errorf("%s: %v", wrong, err)
			}
		}
		wrong := []byte(right)
		wrong[i], wrong[i+1] = wrong[i+1], wrong[i]
		if _, err := format.NewDocument(1, string(wrong)); (err == nil) != (string(wrong) == right) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// tagByHand is CRED-85 with its CBOR written out, and no package of ours.
func tagByHand(issuer string, list, index uint32, class uint8, number string) [2]byte {
	key := append([]byte{0x83, 0x62}, issuer...)
	key = appendNumber(appendNumber(key, list), index)
	message := append([]byte{0x83, 0x71}, "tongxing/holder/1"...)
	message = appendNumber(message, uint32(class))
	if len(number) < 24 {
		message = append(message, 0x60|byte(len(number)))
	} else {
		message = append(message, 0x78, byte(len(number)))
	}
	v := sha256.Sum256(append(message, number...))
	mac := hmac.New(sha256.New, key)
	mac.Write(v[:2])
	return [2]byte(mac.Sum(nil))
}

func appendNumber(dst []byte, n uint32) []byte {
	switch {
	case n < 24:
		return append(dst, byte(n))
	case n < 1<<8:
		return append(dst, 0x18, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, 0x19), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0x1a), n)
}

// [CRED-85]
func TestHolderTagIsThatComputedByHand(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 85))
	for _, c := range documents {
		document, err := format.NewDocument(c.class, c.number)
		if err != nil {
			continue
		}
		for range 20 {
			issuer := fmt.Sprintf("%02d", r.IntN(100))
			ref := format.Ref{List: r.Uint32() >> r.IntN(32), Index: r.Uint32() >> r.IntN(32)}
			want := tagByHand(issuer, ref.List, ref.Index, document.Class(), document.Number())
			if got := format.HolderTag(issuer, ref, document); got != want {
				t.Fatalf("%s %+v %s: %x, by hand %x", issuer, ref, document.Number(), got, want)
			}
		}
	}
}

func document(t testing.TB, class uint8, number string) format.Document {
	t.Helper()
	d, err := format.NewDocument(class, number)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCredentialMatchesItsHoldersDocumentAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 85))
	for range 100 {
		c := format.RandomCredential(t, r)
		for _, d := range documents {
			other, err := format.NewDocument(d.class, d.number)
			if err != nil {
				continue
			}
			holder, err := format.NewHolder(c.Issuer, c.Ref, "王小明", other)
			if err != nil {
				t.Fatal(err)
			}
			own := *c
			own.Holder = holder
			if !own.Matches(other) {
				t.Fatalf("%+v does not match its own document", own.Holder)
			}
			stranger := own
			stranger.Holder.Tag[1] ^= 1
			if stranger.Matches(other) {
				t.Fatal("another tag matches")
			}
			stranger = own
			stranger.Holder.LastTwo = "ZZ"
			if stranger.Matches(other) {
				t.Fatal("other last two characters match")
			}
			stranger = own
			stranger.Holder.Class ^= 64
			if stranger.Matches(other) {
				t.Fatal("another class matches")
			}
		}
		if c.Matches(format.Document{}) {
			t.Fatal("no document matches")
		}
	}
}

// The tags of two codes of one person differ, and leave about one stranger in 33,000
// with the same last two characters (spec/privacy.md, section 2).
func TestTagTellsStrangersApartAndLinksNothing(t *testing.T) {
	own := document(t, 3, "E12345678")
	ref := format.Ref{List: 7943, Index: 734003}
	tag := format.HolderTag("33", ref, own)
	same := 0
	for n := range 60000 {
		if format.HolderTag("33", ref, document(t, 3, fmt.Sprintf("F%06d78", n))) == tag {
			same++
		}
	}
	if same > 12 { // two expected
		t.Errorf("%d of 60,000 strangers have the tag", same)
	}
	tags := map[[2]byte]bool{}
	for n := range uint32(1000) {
		tags[format.HolderTag("33", format.Ref{List: 7943, Index: n}, own)] = true
	}
	if len(tags) < 950 {
		t.Errorf("1,000 codes of one person have %d tags", len(tags))
	}
	if format.HolderTag("41", ref, own) == tag && format.HolderTag("46", ref, own) == tag {
		t.Error("the issuer has no part in the tag")
	}
}

func TestHolderNeedsNameAndDocument(t *testing.T) {
	ref := format.Ref{List: 7943, Index: 1}
	own := document(t, 3, "E12345678")
	got, err := format.NewHolder("33", ref, "王小明", own)
	if err != nil || got.Name != "王*明" || got.Class != 3 || got.LastTwo != "78" || got.Tag != format.HolderTag("33", ref, own) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, d := range map[string]format.Document{"": own, "😀": own, "王小明": {}} {
		if got, err := format.NewHolder("33", ref, name, d); err == nil || got != (format.Holder{}) {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
}
