package transport_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/transport"
)

// random returns n bytes that are the same in every run.
func random(n int) []byte {
	source := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)})
	data := make([]byte, n)
	source.Read(data)
	return data
}

func TestBase45ExamplesOfTheRFC(t *testing.T) {
	// RFC 9285, sections 4.3 and 4.4.
	for _, c := range []struct{ data, text string }{
		{"AB", "BB8"},
		{"Hello!!", "%69 VD92EX0"},
		{"base-45", "UJCLQE7W581"},
		{"ietf!", "QED8WEX0"},
	} {
		if got := transport.Encode([]byte(c.data)); got != "TX1:"+c.text {
			t.Errorf("Encode(%q) = %q, want TX1:%s", c.data, got, c.text)
		}
		got, err := transport.Decode("TX1:" + c.text)
		if err != nil || string(got) != c.data {
			t.Errorf("Decode(TX1:%s) = %q, %v, want %q", c.text, got, err, c.data)
		}
	}
}

func TestBothFormsGiveTheBytesBack(t *testing.T) {
	const most = 2861 // bytes of the longest text
	for n := 1; n <= most; n++ {
		for _, data := range [][]byte{random(n), make([]byte, n), bytes.Repeat([]byte{0xff}, n)} {
			text := transport.Encode(data)
			if got, err := transport.Decode(text); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("text of %d bytes: %v", n, err)
			}
			if n < transport.MinDigitsData {
				continue
			}
			digits := transport.EncodeDigits(data)
			if got, err := transport.Decode(digits); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("digits of %d bytes: %v", n, err)
			}
		}
	}
}

func TestLongestAndShortest(t *testing.T) {
	for _, c := range []struct {
		name string
		code string
		err  error
	}{
		{"longest text", transport.Encode(random(2861)), nil},
		{"text one byte too long", transport.Encode(random(2862)), transport.ErrNotACode},
		{"longest digits", transport.EncodeDigits(random(2917)), nil},
		{"digits one byte too long", transport.EncodeDigits(random(2918)), transport.ErrNotACode},
		{"shortest text", transport.Encode(random(1)), nil},
		{"shortest digits", transport.EncodeDigits(random(64)), nil},
		{"digits one byte too short", transport.EncodeDigits(random(63)), transport.ErrNotACode},
		{"4296 characters, one of them of three bytes", "TX1:" + strings.Repeat("0", 4291) + "码", errDamaged},
		{"4297 characters, one of them of three bytes", "TX1:" + strings.Repeat("0", 4292) + "码", transport.ErrNotACode},
		{"158 characters in 160 bytes", "861" + strings.Repeat("0", 154) + "码", transport.ErrNotACode},
		{"159 characters in 161 bytes", "861" + strings.Repeat("0", 155) + "码", errDamaged},
		{"ten megabytes", "TX1:" + strings.Repeat("0", 10<<20), transport.ErrNotACode},
	} {
		_, err := transport.Decode(c.code)
		if damage := new(transport.DamagedError); errors.As(err, &damage) {
			err = errDamaged
		}
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
}

// errDamaged stands for any DamagedError.
var errDamaged = errors.New("damaged")

func TestWhatIsNoCode(t *testing.T) {
	for _, code := range []string{
		"", " ", "T", "TX1", "TX0:UJCLQE7W581", "TX:", "TX10:UJCLQE7W581", "HC1:UJCLQE7W581", "XTX1:BB8",
		"https://example.cn/TX1:BB8", "861", "8613800138000", "6901234567892", "-TX1:BB8", "ＴＸ1:BB8",
		"860" + strings.Repeat("0", 170), "862" + strings.Repeat("0", 100), "862" + strings.Repeat("A", 170),
		"\x00TX1:BB8", "\xff\xfe", strings.Repeat("9", 1000),
	} {
		if data, err := transport.Decode(code); !errors.Is(err, transport.ErrNotACode) || data != nil {
			t.Errorf("Decode(%.40q) = %x, %v, want %v", code, data, err, transport.ErrNotACode)
		}
	}
}

func TestLaterVersionIsNotCalledDamaged(t *testing.T) {
	for version := '2'; version <= '9'; version++ {
		for _, code := range []string{
			"TX" + string(version) + ":",
			" TX" + string(version) + ":anything, 任何内容\n",
			"86" + string(version) + strings.Repeat("0", 156),
			"\u300086" + string(version) + strings.Repeat("7", 500),
		} {
			if _, err := transport.Decode(code); !errors.Is(err, transport.ErrLaterVersion) {
				t.Errorf("Decode(%.20q): %v, want %v", code, err, transport.ErrLaterVersion)
			}
		}
	}
}

func TestDamageIsNamedWithItsPlace(t *testing.T) {
	digits := transport.EncodeDigits(random(70)) // ten blocks
	for _, c := range []struct {
		name    string
		code    string
		offset  int
		problem transport.Problem
	}{
		{"lower-case prefix", "tx1:BB8", 0, transport.LowerCase},
		{"mixed-case prefix", "  Tx1:BB8", 2, transport.LowerCase},
		{"lower-case prefix of a later version", "tx2:BB8", 0, transport.LowerCase},
		{"lower-case letter", "TX1:BB8bb8", 7, transport.LowerCase},
		{"lower-case letter and a wrong length", "TX1:BB8b", 7, transport.LowerCase},
		{"line break inside", "TX1:BB8\nBB8", 7, transport.WrongCharacter},
		{"underscore", "TX1:BB_", 6, transport.WrongCharacter},
		{"underscore in the pair", "TX1:BB8A_", 8, transport.WrongCharacter},
		{"Chinese character", "TX1:BB8码", 7, transport.WrongCharacter},
		{"offset counts the blanks before", "\u3000TX1:BB8_", 10, transport.WrongCharacter},
		{"triple of 65536", "TX1:BB8GGW", 7, transport.Overflow},
		{"largest triple", "TX1::::BB8", 4, transport.Overflow},
		{"pair of 256", "TX1:BB8V5", 7, transport.Overflow},
		{"one character over", "TX1:BB8B", 8, transport.WrongLength},
		{"nothing after the prefix", "TX1:", 4, transport.WrongLength},
		{"letter in digits", digits[:50] + "O" + digits[51:], 50, transport.WrongCharacter},
		{"blank in digits", digits[:50] + " " + digits[50:], 50, transport.WrongCharacter},
		{"full-width digit", digits[:50] + "０" + digits[53:], 50, transport.WrongCharacter},
		{"one digit over", digits + "0", len(digits) + 1, transport.WrongLength},
		{"block of 2^56", "861" + digits[3:20] + "72057594037927936" + digits[37:], 20, transport.Overflow},
		{"tail of 256", digits + "256", len(digits), transport.Overflow},
		{"largest tail of 6 bytes", digits + "999999999999999", len(digits), transport.Overflow},
	} {
		data, err := transport.Decode(c.code)
		var damage *transport.DamagedError
		if !errors.As(err, &damage) || data != nil {
			t.Errorf("%s: %x, %v, want a DamagedError", c.name, data, err)
			continue
		}
		if damage.Offset != c.offset || damage.Problem != c.problem {
			t.Errorf("%s: %v, want %v at byte %d", c.name, damage, c.problem, c.offset)
		}
	}
}

func TestLargestGroupsAreAccepted(t *testing.T) {
	digits := transport.EncodeDigits(random(70))
	for _, code := range []string{"TX1:FGW", "TX1:U5", digits + "255", digits + "72057594037927935"} {
		if _, err := transport.Decode(code); err != nil {
			t.Errorf("Decode(%.30q): %v", code, err)
		}
	}
}

func TestOuterBlanksAreTrimmedAndInnerOnesAreNot(t *testing.T) {
	data := random(80)
	blanks := []string{" ", "\t", "\r\n", "\v\f", "\u00a0", "\u0085", "\u1680", "\u2003", "\u2028", "\u202f", "\u3000", "\ufeff", "\ufeff \u3000\r\n"}
	for _, code := range []string{transport.Encode(data), transport.EncodeDigits(data)} {
		for _, blank := range blanks {
			for _, outer := range []string{blank + code, code + blank, blank + code + blank} {
				if got, err := transport.Decode(outer); err != nil || !bytes.Equal(got, data) {
					t.Errorf("blank %q around %.4s…: %v", blank, code, err)
				}
			}
			inner := code[:30] + blank + code[30:]
			if got, err := transport.Decode(inner); err == nil && bytes.Equal(got, data) {
				t.Errorf("blank %q inside %.4s… was removed", blank, code)
			}
		}
	}
	if got, err := transport.Decode("TX1:%69 VD92EX0"); err != nil || string(got) != "Hello!!" {
		t.Errorf("space of the alphabet: %q, %v", got, err)
	}
}

func TestNoCodeEndsWithABlank(t *testing.T) {
	for value := range 1 << 16 {
		for _, data := range [][]byte{{byte(value >> 8), byte(value)}, {byte(value)}} {
			if text := transport.Encode(data); strings.HasSuffix(text, " ") {
				t.Fatalf("Encode(%x) = %q: trimming would cut it", data, text)
			}
		}
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	data := random(100)
	for _, room := range []int{0, 1, 10, 1000} {
		dst := append(make([]byte, 0, room), "before "...)
		if got := string(transport.AppendText(dst, data)); got != "before "+transport.Encode(data) {
			t.Errorf("AppendText with room %d: %q", room, got)
		}
		if got := string(transport.AppendDigits(dst, data)); got != "before "+transport.EncodeDigits(data) {
			t.Errorf("AppendDigits with room %d: %q", room, got)
		}
	}
}

func TestEncodingAndDecodingAllocateTheirResultOnly(t *testing.T) {
	data := random(164)
	text, digits := transport.Encode(data), transport.EncodeDigits(data)
	for name, f := range map[string]func(){
		"Encode":           func() { transport.Encode(data) },
		"EncodeDigits":     func() { transport.EncodeDigits(data) },
		"Decode of text":   func() { transport.Decode(text) },
		"Decode of digits": func() { transport.Decode(digits) },
	} {
		if n := testing.AllocsPerRun(100, f); n > 1 {
			t.Errorf("%s: %v allocations, want 1", name, n)
		}
	}
}
