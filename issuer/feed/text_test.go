package feed

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tongxing/tongxing/format"
)

func TestNamesKeepWhatBelongsToThem(t *testing.T) {
	for written, want := range map[string]string{
		"廖浩䶮":               "廖浩䶮",
		" 欧阳　娜 ":            "欧阳 娜",
		"古丽娜尔•吐尔逊":          "古丽娜尔·吐尔逊",
		"古丽娜尔・吐尔逊":          "古丽娜尔·吐尔逊",
		"古丽娜尔．吐尔逊":          "古丽娜尔·吐尔逊",
		"古丽娜尔·吐尔逊":          "古丽娜尔·吐尔逊",
		"ＡＬ－ＳＡＹＥＤ　ＡＨＭＡＤ":    "AL-SAYED AHMAD",
		"A\u030aSA O'NEIL":  "ÅSA O'NEIL",
		"𬱖𠮷":                "𬱖𠮷",
		"龑\ue863":           "龑䶮", // GBK before GB 18030
		"\ue000":            "\ue000",
		"王\u200b五\ufeff":    "王五",
		"José  María":       "José María",
		"ÅSA LINDSTRÖM ÖJA": "ÅSA LINDSTRÖM ÖJA",
	} {
		if got := foldName(written); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
}

func TestFoldingTwiceChangesNothing(t *testing.T) {
	for _, s := range []string{"", " ", "Ａ　ｂ", "\u200b ａ", "　x　", "ﬁ", "A\u030a", "㈱", "¨ x", "\u00a0\u00ad y"} {
		if once := foldText(s); foldText(once) != once {
			t.Errorf("%q becomes %q and then %q", s, once, foldText(once))
		}
		if once := foldNumber(s); foldNumber(once) != once {
			t.Errorf("number %q becomes %q and then %q", s, once, foldNumber(once))
		}
	}
}

// FuzzFoldText: the short way through plain values and the long way agree.
func FuzzFoldText(f *testing.F) {
	for _, seed := range []string{"核酸", " 核酸", "2022-08-09 20:00:00", "新型冠状病毒灭活疫苗(Vero细胞)", "\xe5\x80", "Ａ", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if isPlain(s) && (norm.NFKC.String(s) != s || strings.TrimSpace(s) != s || strings.ContainsFunc(s, isInvisible) || !utf8.ValidString(s)) {
			t.Fatalf("%q is not plain", s)
		}
		if once := foldText(s); foldText(once) != once {
			t.Fatalf("%q becomes %q and then %q", s, once, foldText(once))
		}
	})
}

// TestDocumentNumbersFoldAsInACredential: a number that a credential can hold
// is folded here as the credential's package does.
func TestDocumentNumbersFoldAsInACredential(t *testing.T) {
	for _, number := range []string{"p39784202", " H85123880 ", "军字第１２３４５６７号", "３３９９９９１９３５０８３１７７６２", "a 1-2—3", "33999919810824427x"} {
		class := uint8(3)
		if len(foldNumber(number)) == 18 {
			class = format.ClassCitizen
		}
		document, err := format.NewDocument(class, number)
		if err != nil || document.Number() != foldNumber(number) {
			t.Errorf("%q is %q here and %q there (%v)", number, foldNumber(number), document.Number(), err)
		}
	}
}
