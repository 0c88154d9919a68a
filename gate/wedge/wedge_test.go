package wedge_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/wedge"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// layout is what a keyboard layout types for the keys of the US one, shift held or
// not; keys that are not named type the same.
type layout struct {
	name     string
	from, to string // of single keys, by their US characters
}

var layouts = []layout{
	{"German", "YZyz:-+*/$%", "ZYzyÖß`(-$%"},
	{"French", "AQWZM1234567890:-+*/.$%", "QAZW?&é\"'(-è_çàM)+8!:4%"},
	{"Spanish", ":-+*/", "Ñ'¿(-"},
	{"Swedish", ":-+*/$", "Ö+`(-¤"},
	{"Czech", "YZ1234567890:", "ZY+ěščřžýáíéŮ"},
	{"Russian", "TXRQABCDEFGHIJKLMNOPSUVWYZ:", "ЕЧКЙФИСВУАПРШОЛДЬТЩЗЫГМЦНЯЖ"},
}

func (l *layout) types(code string) string {
	to := []rune(l.to)
	keys := []rune(l.from)
	return strings.Map(func(r rune) rune {
		if i := slices.Index(keys, r); i >= 0 {
			return to[i]
		}
		return r
	}, code)
}

func capsLock(code string) string { return strings.ToLower(code) }

func fullWidth(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' {
			return '\u3000'
		}
		return r - '!' + '！'
	}, code)
}

// noise is what guards and scanners type between codes.
func noise(r *rand.Rand) string {
	return []string{
		"", "\r", "\n\n", "]Q1", "  ", "\t", "6901234567892\r", "asdf\r", "\x02", "http://example/ABC\r", "abc", "861\r",
	}[r.IntN(12)]
}

// A thousand codes through everything that a keyboard does to them that can be
// undone: each comes out as it was, and none besides.
func TestAThousandTypedCodesComeOutAndNoneIsWrong(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	codes := gatetest.Many(t, 1000, transport.Encode, transport.EncodeDigits)
	for i, code := range codes {
		typed := code
		switch r.IntN(4) {
		case 1:
			typed = capsLock(code)
		case 2:
			typed = fullWidth(code)
		}
		line := noise(r) + typed + []string{"\r", "\n", "\r\n", "\t", "\x03\r", "#\r", "END\r"}[r.IntN(7)] + noise(r)
		got := wedge.Read(line)
		if got.Garbled || !slices.Equal(got.Codes, []string{code}) {
			t.Fatalf("code %d, typed %q: %q %v", i, line, got.Codes, got.Garbled)
		}
	}
}

func TestCodesWithoutAnEnterBetweenThemAreTakenApart(t *testing.T) {
	codes := gatetest.Many(t, 40, transport.Encode, transport.EncodeDigits)
	for i := 0; i < len(codes); i += 4 {
		four := codes[i : i+4]
		if got := wedge.Read(strings.Join(four, "")); !slices.Equal(got.Codes, four) {
			t.Fatalf("%q, want %q", got.Codes, four)
		}
	}
}

// [GATE-4] On a layout that the scanner is not set for, the text form says that the
// scanner is to be set, with caps lock too, and the digits form is read where the
// row of digits gives one character a key.
func TestAnotherLayoutAsksForTheScannerToBeSet(t *testing.T) {
	for i, code := range gatetest.Many(t, 100, transport.Encode) {
		for _, l := range layouts {
			for _, typed := range []string{l.types(code), capsLock(l.types(code))} {
				if got := wedge.Read(typed + "\r"); !got.Garbled || len(got.Codes) != 0 {
					t.Fatalf("code %d, %s: %q: %q", i, l.name, typed, got.Codes)
				}
			}
		}
	}
	for i, code := range gatetest.Many(t, 100, transport.EncodeDigits) {
		for _, l := range layouts {
			if got := wedge.Read(l.types(code) + "\r"); !slices.Equal(got.Codes, []string{code}) {
				t.Fatalf("code %d, %s: %q: %q", i, l.name, l.types(code), got.Codes)
			}
		}
	}
}

// rows are what layouts type for the digits 0 to 9, without and with shift, which caps
// lock is on some systems; and the digits of other scripts.
var rows = map[string]string{
	"French": `à&é"'(-è_ç`, "French with caps lock": `À&É"'(-È_Ç`, "Belgian": `à&é"'(§è!ç`, "French of 2019": "»àéèê()‘’«", "Bépo": `*"«»()@+-/`,
	"Czech": "é+ěščřžýáí", "Czech with caps lock": "É+ĚŠČŘŽÝÁÍ", "Slovak": "é+ľščťžýáí", "Slovak with caps lock": "É+ĽŠČŤŽÝÁÍ",
	"Lithuanian": "0ąčęėįšųū9", "Lithuanian with caps lock": "0ĄČĘĖĮŠŲŪ9", "Lithuanian of Linux": "“ąčęėįšųū„",
	"Hungarian": "ö123456789", "Hungarian with caps lock": "Ö123456789", "Thai": "จๅ/-ภถ\u0e38\u0e36คต", "Vietnamese": "đăâêô\u0300\u0309\u0303\u0301\u0323",
	"US, shift": ")!@#$%^&*(", "British, shift": `)!"£$%^&*(`, "German, shift": `=!"§$%&/()`, "Swiss, shift": `=+"*ç%&/()`, "Spanish, shift": `=!"·$%&/()`,
	"Portuguese, shift": `=!"#$%&/()`, "Italian, shift": `=!"£$%&/()`, "Swedish, shift": `=!"#¤%&/()`, "Turkish, shift": `=!'^+%&/()`,
	"Hungarian, shift": `Ö'"+!%/=()`, "Russian, shift": `)!"№;%:?*(`,
	"Tibetan": "༠༡༢༣༤༥༦༧༨༩", "Mongolian": "᠐᠑᠒᠓᠔᠕᠖᠗᠘᠙", "Arabic": "٠١٢٣٤٥٦٧٨٩", "Persian": "۰۱۲۳۴۵۶۷۸۹", "full width": "０１２３４５６７８９", "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
}

// [GATE-4] The digits form survives caps lock and every layout that has a character of
// its own for each digit; no other code comes out of it.
func TestTheDigitsFormSurvivesEveryLayoutAndCapsLock(t *testing.T) {
	for i, code := range gatetest.Many(t, 20, transport.EncodeDigits) {
		for name, row := range rows {
			keys := []rune(row)
			typed := strings.Map(func(r rune) rune { return keys[r-'0'] }, code)
			for _, line := range []string{typed, typed + "\r", " " + typed + "\t"} {
				if got := wedge.Read(line); got.Garbled || !slices.Equal(got.Codes, []string{code}) {
					t.Fatalf("code %d, %s: %q: %q %v", i, name, line, got.Codes, got.Garbled)
				}
			}
			if cut := typed[:len(typed)*2/3]; slices.Contains(wedge.Read(cut).Codes, code) {
				t.Fatalf("code %d, %s: cut off, and read", i, name)
			}
		}
	}
}

// A code in the text form has its own characters for digits, whatever row they stand in.
func TestTheTextFormIsNeverTakenForKeysOfDigits(t *testing.T) {
	for _, code := range gatetest.Many(t, 200, transport.Encode) {
		for _, line := range []string{code, strings.TrimPrefix(code, "TX1:"), strings.Repeat("$%*+-./:", 40), strings.Repeat("%/+-*$:.", 80)} {
			for _, got := range wedge.Read(line).Codes {
				if got != code && got != strings.TrimSpace(line) {
					t.Fatalf("%q gives %q", line, got)
				}
			}
		}
	}
}

// Under a Chinese input method letters open a candidate window: what is left of a
// code in the text form has Chinese characters in it.
func TestAnInputMethodThatAteACodeAsksForTheScannerToBeSet(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, code := range gatetest.Many(t, 100, transport.Encode) {
		typed := strings.Map(func(c rune) rune {
			if 'A' <= c && c <= 'Z' && r.IntN(2) == 0 {
				return []rune("的一是在不了有和人这中大为上个国")[r.IntN(16)]
			}
			return c
		}, strings.TrimPrefix(code, "TX1"))
		if got := wedge.Read("他想1" + typed + "\r"); !got.Garbled {
			t.Fatalf("%q: %q", typed, got.Codes)
		}
	}
}

func TestWhatIsNoCodeStaysWhatItIs(t *testing.T) {
	code := gatetest.Many(t, 1, transport.Encode)[0]
	cut := code[:len(code)/2]
	for _, c := range []struct{ typed, want string }{
		{"6901234567892\r", "6901234567892"},
		{"https://example.org/health?token=" + strings.Repeat("a", 200) + "\r", "https://example.org/health?token=" + strings.Repeat("a", 200)},
		{`{"name":"` + strings.Repeat("长", 80) + `"}`, `{"name":"` + strings.Repeat("长", 80) + `"}`},
		{"", ""},
		{"你好\r", "你好"},
		{cut + "\r", strings.TrimSpace(cut)},
		{"TX2:" + code[4:] + "\r", "TX2:" + code[4:]},
		{strings.Repeat("HC1:6BF", 60), strings.Repeat("HC1:6BF", 60)},
	} {
		if got := wedge.Read(c.typed); got.Garbled || !slices.Equal(got.Codes, []string{c.want}) {
			t.Errorf("%q: %q %v", c.typed, got.Codes, got.Garbled)
		}
	}
}

// What a symbol can hold, and what a line can: beginnings of codes and no code, and a
// code behind them. With a look at every beginning and every end this would not end.
func TestALineOfNothingButBeginningsIsReadInOnePass(t *testing.T) {
	codes := gatetest.Many(t, 2, transport.Encode, transport.EncodeDigits)
	for _, code := range codes {
		for _, beginning := range []string{"TX1:", "861", "TX1:861", code[:len(code)/3], "TX1:RRQT 9", code[:len(code)-1]} {
			many := strings.Repeat(beginning, (wedge.MaxLength-len(code)-1)/len(beginning))
			if got := wedge.Read(many + "\r"); len(got.Codes) != 1 || got.Codes[0] == code {
				t.Errorf("%.40q: %d codes", many, len(got.Codes))
			}
			if wedge.HasWhole(many + "x") {
				t.Errorf("%.40q: a whole code", many)
			}
			if got := wedge.Read(many + "\r" + code); !slices.Contains(got.Codes, code) {
				t.Errorf("%.40q: the code behind it is lost", many)
			}
		}
	}
}

func TestFramesOfASeriesAreToldFromCodes(t *testing.T) {
	encoder, err := series.NewEncoder([]byte("tongxing 2020"), series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	frame := encoder.Frame(0)
	if got := wedge.Read("]Q1" + frame + "\r"); !slices.Equal(got.Frames, []string{frame}) || len(got.Codes) != 0 {
		t.Errorf("%+v", got)
	}
}

func FuzzRead(f *testing.F) {
	codes := gatetest.Many(f, 4, transport.Encode, transport.EncodeDigits)
	if len(codes) != 4 {
		f.Fatal("no seeds")
	}
	for _, code := range codes {
		f.Add(code)
		f.Add("]Q1" + capsLock(code) + "\r")
		f.Add(layouts[0].types(code))
		f.Add(fullWidth(code) + "\n" + code)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := wedge.Read(text)
		if got.Garbled && len(got.Codes)+len(got.Frames) > 0 || !got.Garbled && len(got.Codes)+len(got.Frames) == 0 {
			t.Fatalf("%q: %+v", text, got)
		}
		for _, code := range got.Codes {
			again := wedge.Read(code)
			if !slices.Equal(again.Codes, []string{code}) && !again.Garbled {
				t.Fatalf("%q of %q gives %q", code, text, again.Codes)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	line := "]Q1" + gatetest.Many(b, 1, transport.Encode)[0] + "\r"
	for b.Loop() {
		wedge.Read(line)
	}
}

func Example() {
	fmt.Println(wedge.Read("]C16901234567892\r").Codes)
	fmt.Println(wedge.Read("TX1Ö" + strings.Repeat("RRQT)9", 30)).Garbled)
	// Output:
	// []C16901234567892]
	// true
}
