package feed

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func gb18030(t testing.TB, text string) []byte {
	t.Helper()
	data, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func opener(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(iotest.HalfReader(bytes.NewReader(data))), nil
	}
}

func TestEncodingIsThatOfTheWholeFile(t *testing.T) {
	longASCII := strings.Repeat("x,1\n", 100_000)
	utf16 := func(e encoding.Encoding) []byte {
		data, err := e.NewEncoder().Bytes([]byte("姓名"))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, c := range map[string]struct {
		data     []byte
		encoding string
		line     int
	}{
		"nothing":                     {nil, utf8Name, 0},
		"ASCII":                       {[]byte(longASCII), utf8Name, 0},
		"UTF-8":                       {[]byte("姓名"), utf8Name, 0},
		"UTF-8, BOM":                  {[]byte("\ufeff姓名"), utf8Name, 0},
		"UTF-8, BOM, one bad byte":    {[]byte("\ufeff姓名\n\xff"), utf8Name, 0},
		"UTF-8 after long ASCII":      {[]byte(longASCII + "姓名𬱖"), utf8Name, 0},
		"GB18030":                     {gb18030(t, "姓名"), gb18030Name, 0},
		"GB18030 after long ASCII":    {append([]byte(longASCII), gb18030(t, "姓名")...), gb18030Name, 0},
		"GB18030, four bytes":         {gb18030(t, longASCII+"𬱖𠮷"), gb18030Name, 0},
		"looks like UTF-8 at first":   {gb18030(t, "路路\n姓名"), gb18030Name, 0}, // C2B7 is a dot in UTF-8
		"UTF-16LE":                    {utf16(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)), utf16Name, 0},
		"UTF-16BE":                    {utf16(unicode.UTF16(unicode.BigEndian, unicode.UseBOM)), utf16Name, 0},
		"UTF-8 with one bad byte":     {[]byte("姓名,x\n王,五\nx\xff\n"), utf8Name, 0},
		"GB18030 with one bad byte":   {append(gb18030(t, "姓名\n王五\n"), 0xFF), gb18030Name, 0},
		"bad lines, good characters":  {[]byte("姓名证件类型,x\n\xff"), utf8Name, 0},
		"half the lines bad":          {[]byte("姓,x\n\xff\xff"), "", 2},
		"bad bytes, one line":         {[]byte("姓名,x\n王,五\nx\xff\xfe\xff\xff\ny\n"), utf8Name, 0},
		"GB18030 cut inside a code":   {gb18030(t, "姓名\n王五")[:8], "", 2},
		"UTF-8 cut inside a code":     {[]byte("姓,\n王")[:6], "", 2},
		"neither from the first line": {[]byte{0xFF, 0xFF, '\n'}, "", 1},
	} {
		encoding, line, err := recognise(opener(c.data))
		if encoding != c.encoding || line != c.line || (err != nil) != (c.encoding == "") || err != nil && !errors.Is(err, ErrEncoding) {
			t.Errorf("%s is %q, line %d, %v", name, encoding, line, err)
		}
	}
}

func TestCharactersOnTheEdgeOfABufferAreWhole(t *testing.T) {
	for shift := range 8 {
		text := strings.Repeat("x", scanBufferSize-shift) + "姓𬱖名" + strings.Repeat("王", scanBufferSize)
		if name, _, err := recognise(opener([]byte(text))); name != utf8Name || err != nil {
			t.Errorf("shift %d: %s, %v", shift, name, err)
		}
		if name, _, err := recognise(opener(gb18030(t, text))); name != gb18030Name || err != nil {
			t.Errorf("shift %d: %s, %v", shift, name, err)
		}
	}
}

func TestReadFaultIsNoEncoding(t *testing.T) {
	broken := errors.New("broken disk")
	for _, after := range []string{"", "姓名"} {
		_, _, err := recognise(func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(after), iotest.ErrReader(broken))), nil
		})
		if !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	}
}

// FuzzRecognise: whatever the library decodes and encodes back is recognised. It
// decodes more than GB 18030 has: a second byte such as 3B, which is no digit.
func FuzzRecognise(f *testing.F) {
	f.Add([]byte("姓名\n路"))
	f.Add(gb18030(f, "姓名\n路𬱖"))
	f.Add([]byte{0x84, 0x31, 0x95, 0x33})
	f.Fuzz(func(t *testing.T, data []byte) {
		name, line, err := recognise(opener(data))
		if (name == "") != (err != nil) || (line > 0) != (err != nil) {
			t.Fatalf("%q, line %d, %v", name, line, err)
		}
		decoded, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		again, encodeErr := simplifiedchinese.GB18030.NewEncoder().Bytes(decoded)
		if err != nil && encodeErr == nil && bytes.Equal(again, data) && !bytes.Contains(data, []byte{0x80}) {
			t.Fatalf("%x is GB18030", data)
		}
		if line > bytes.Count(data, []byte{'\n'})+1 {
			t.Fatalf("line %d of %x", line, data)
		}
	})
}
