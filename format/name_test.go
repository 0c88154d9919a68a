package format_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tongxing/tongxing/format"
)

var names = []struct{ name, masked string }{
	// Ideographs: one, two, three, four.
	{"明", "明"}, {"王明", "王*"}, {"王小明", "王*明"}, {"欧阳小明", "欧*明"},
	// Masked already.
	{"王*", "王*"}, {"王*明", "王*明"}, {"J* S*", "J* S*"}, {"买*力", "买*力"},
	// Blanks of any kind, around and inside.
	{" 王明 ", "王*"}, {"王 明", "王*"}, {"王　小　明", "王*明"}, {"\t王\u00a0小明\r\n", "王*明"}, {"王\u2003\u202f小明", "王*明"},
	// Every dot is the same dot, and none is a character of its own at the ends.
	{"买买提·艾力", "买*力"}, {"买买提•艾力", "买*力"}, {"买买提‧艾力", "买*力"}, {"买买提∙艾力", "买*力"}, {"买买提⋅艾力", "买*力"},
	{"买买提・艾力", "买*力"}, {"买买提･艾力", "买*力"}, {"买买提·艾力", "买*力"}, {"买买提．艾力", "买*力"},
	{"·", "·"}, {"•明", "·*"},
	// Rare characters, two of them newer than the Unicode tables of this Go.
	{"𠮷野家", "𠮷*家"}, {"王𬋖", "王*"}, {"\U0002c2d6明", "\U0002c2d6*"}, {"𬱖", "𬱖"}, {"王小𬱖", "王*𬱖"},
	{"\U0002ebf0明", "\U0002ebf0*"}, {"王小\U000323b0", "王*\U000323b0"}, {"廖浩䶮", "廖*䶮"}, {"赵〇", "赵*"}, {"龦", "龦"},
	// Compatibility ideographs have their one form.
	{"金\uf90a", "金*"}, {"\uf90a", "金"},
	// Variation selectors say how a character is drawn, not which it is.
	{"葛\U000e0100城", "葛*"}, {"邊\ufe00一\ufe0f", "邊*"}, {"王小明\U000e01ef", "王*明"},
	// Latin script: words.
	{"John Smith", "J* S*"}, {"john smith", "j* s*"}, {"MARIA O'NEIL", "M* O*"}, {"X", "X*"}, {"Jean-Luc Picard", "J* P*"},
	{"Ｊｏｈｎ　Ｓｍｉｔｈ", "J* S*"}, {"ｌｉ", "l*"}, {"3 Doors", "D*"}, {"J. R. R. Tolkien", "J* R* R* T*"}, {"- John -", "J*"},
	{"Éric Ångström", "É* Å*"}, {"E\u0301ric A\u030angstro\u0308m", "É* Å*"}, {"Ș Țepeș", "Ș* Ț*"}, {"Đặng Thị", "Đ* T*"}, {"ﬁona", "ﬁ*"},
	{"A B C D E F G H I J", "A* B* C* D* E* F* G* H*"}, {"É É É É É É É É É", "É* É* É* É* É* É*"},
	{"Q" + strings.Repeat("\u0323", 12) + " John", "Q* J*"}, {"Q" + strings.Repeat("\u0323", 11) + " John", "Q" + strings.Repeat("\u0323", 11) + "*"},
	// Mixed scripts are masked by characters, and stay as they are.
	{"佐藤 John", "佐*n"}, {"A小b", "A*b"}, {"A*b", "A*b"}, {"阿B", "阿*"}, {"B阿", "B*"}, {"1小b", "1*b"},
	// Other scripts.
	{"བསྟན་འཛིན", "བ*ན"}, {"བཀྲ་ཤིས་", "བ*་"}, {"བ", "བ"}, {"ᠪᠠᠲᠤ", "ᠪ*ᠤ"}, {"ᠪᠠᠲᠤ\u180b", "ᠪ*ᠤ"}, {"ᠪ\u180eᠠ", "ᠪ*"},
	{"ئابدۇراھىم", "ئ*م"}, {"Иванов Пётр", "И*р"}, {"김철수", "김*수"}, {"तेनजिंग नोर्गे", "ते*गे"}, {"ꆈꌠ", "ꆈ*"},
	// More marks than fit are dropped, all of them.
	{"王" + strings.Repeat("\u0302", 12) + "明", "王*"}, {"王" + strings.Repeat("\u0302", 12) + "小明\u0302", "王*明"},
	{"王" + strings.Repeat("\u0302", 8) + "小明", "王" + strings.Repeat("\u0302", 8) + "*明"},
	{"明" + strings.Repeat("\u0302", 11), "明"}, {"明" + strings.Repeat("\u0302", 10), "明" + strings.Repeat("\u0302", 10)},
	// No letters.
	{"007", "0*7"}, {"*", "*"}, {"**", "**"}, {"***", "***"}, {"王****", "王**"},
}

// [CRED-90] [CRED-91] [CRED-92] [CRED-93]
func TestNamesAreMasked(t *testing.T) {
	for _, c := range names {
		got, err := format.MaskName(c.name)
		if got != c.masked || err != nil {
			t.Errorf("%q: %q, %v, want %q", c.name, got, err, c.masked)
		}
	}
}

// [CRED-44]
func TestNamesThatCannotBeShownAreRefused(t *testing.T) {
	for _, name := range []string{
		"", " ", "　", "\t\n", "\ufe0f", "\u180b \ufe00", // nothing is left
		"王\x00明", "王\x1b[31m明", "\x7f王", "王\u0080明", // controls
		"王\u202e明", "\u2067王明", "王\u200f明", "王\u061c明", // direction
		"王\u200b明", "王\u200d明", "\ufeff王明", "王\u00ad明", "王\u2060明", "\u3164", "\u115f", "\uffa0王", // not to be seen
		"😀", "王😀明", "✅王明", "👨\u200d👩", "🇨🇳", "☎", "❤\ufe0f", // pictographs
		"\ue000明", "\U000f0000", "\U0010ffff", "\ufffd", "\uffff", "王\U000e0041", // private, no characters, tags
		"\xff", "王\xe6明", "\xed\xa0\x80", // not UTF-8
	} {
		got, err := format.MaskName(name)
		var claim *format.ClaimError
		if !errors.As(err, &claim) || claim.Claim != "holder name" || got != "" {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

// checkMasked holds what is true of any masked name.
func checkMasked(t *testing.T, name string) {
	t.Helper()
	masked, err := format.MaskName(name)
	if err != nil {
		if masked != "" {
			t.Fatalf("%q: %q beside %v", name, masked, err)
		}
		return
	}
	if len(masked) == 0 || len(masked) > format.MaxNameBytes || !utf8.ValidString(masked) || !norm.NFC.IsNormalString(masked) {
		t.Fatalf("%q: %q", name, masked)
	}
	if again, err := format.MaskName(masked); again != masked || err != nil {
		t.Fatalf("%q is masked %q, and that %q, %v", name, masked, again, err)
	}
	if blanks, err := format.MaskName(" " + name + "　"); blanks != masked || err != nil {
		t.Fatalf("%q is masked %q, and between blanks %q, %v", name, masked, blanks, err)
	}
	if composed, err := format.MaskName(norm.NFC.String(name)); composed != masked || err != nil {
		t.Fatalf("%q is masked %q, and in NFC %q, %v", name, masked, composed, err)
	}
	if decomposed, err := format.MaskName(norm.NFD.String(name)); decomposed != masked || err != nil {
		t.Fatalf("%q is masked %q, and in NFD %q, %v", name, masked, decomposed, err)
	}
}

// alphabet is where random names come from.
var alphabet = []rune("王小明欧阳阿𠮷𬱖\U000323b0䶮龦〇AbÉßĳǅﬁ1* -'.·•･ \u3000\u00a0\u0301\u0323\u0302\u180b\ufe0f\U000e0100Иर्तेབསྟᠪᠠئ김각か゛ｶﾞΩﾊ\u0345")

func TestMaskingAMaskedNameChangesNothing(t *testing.T) {
	for _, c := range names {
		checkMasked(t, c.name)
	}
	r := rand.New(rand.NewPCG(13, 90))
	for range 50000 {
		name := make([]rune, r.IntN(12))
		for i := range name {
			name[i] = alphabet[r.IntN(len(alphabet))]
		}
		checkMasked(t, string(name))
	}
}

// Three in four characters of a name of four stay out of the code.
func TestMaskedNameShowsTwoCharactersAtMost(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 90))
	for range 2000 {
		name := make([]rune, 3+r.IntN(10))
		for i := range name {
			name[i] = '一' + r.Int32N(0x5000)
		}
		want := string(name[0]) + "*" + string(name[len(name)-1])
		if got, err := format.MaskName(string(name)); got != want || err != nil {
			t.Fatalf("%s: %s, %v", string(name), got, err)
		}
	}
}

// Names of ideographs alone take a short way; a variation selector, which is
// dropped, makes them take the long one.
func TestShortWayOfMaskingGivesTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(18, 90))
	for range 20000 {
		name := make([]rune, 1+r.IntN(6))
		for i := range name {
			name[i] = []rune("一王明鿿*㐀豈ａ")[r.IntN(8)]
		}
		short, err := format.MaskName(string(name))
		long, longErr := format.MaskName(string(name) + "\ufe00")
		if short != long || err != nil || longErr != nil {
			t.Fatalf("%s: %q and %q (%v, %v)", string(name), short, long, err, longErr)
		}
	}
}

// TestNamesThatAreWrittenAlikeAreEqual: and masking the form gives what masking the
// name gives.
func TestNamesThatAreWrittenAlikeAreEqual(t *testing.T) {
	for name, want := range map[string]string{
		"C\u030capek": "Čapek", "Ｗａｎｇ　Ｍｉｎｇ ": "Wang Ming", "买买提\u2022艾力": "买买提·艾力", "葛\U000e0100城": "葛城", "\uf90a": "金", " ": "",
	} {
		got := format.NormaliseName(name)
		if got != want {
			t.Errorf("%+q: %q, want %q", name, got, want)
		}
		masked, errName := format.MaskName(name)
		again, errForm := format.MaskName(got)
		if masked != again || (errName == nil) != (errForm == nil) {
			t.Errorf("%+q: masked %q, its form %q", name, masked, again)
		}
	}
}
