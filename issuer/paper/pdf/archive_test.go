package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// object is one object of a document: its dictionary and, for a stream, its data
// as they are once unpacked.
type object struct {
	dictionary string
	stream     []byte
}

// objects reads a document by its own table of objects, so that a wrong offset or
// length shows.
func objects(t *testing.T, document []byte) map[int]object {
	t.Helper()
	tail := document[bytes.LastIndex(document, []byte("startxref\n"))+10:]
	at, err := strconv.Atoi(string(tail[:bytes.IndexByte(tail, '\n')]))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(document[at:]), "\n")
	if lines[0] != "xref" || lines[2] != "0000000000 65535 f " {
		t.Fatalf("6.1.4: the table begins %q", lines[:3])
	}
	count, err := strconv.Atoi(strings.TrimPrefix(lines[1], "0 "))
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]object{}
	for n := 1; n < count; n++ {
		offset, err := strconv.Atoi(lines[2+n][:10])
		if err != nil || lines[2+n][10:] != " 00000 n " {
			t.Fatalf("6.1.4: %q", lines[2+n])
		}
		out[n] = objectAt(t, document[offset:], n)
	}
	return out
}

var lengthOf = regexp.MustCompile(`/Length (\d+)>>\nstream\n`)

func objectAt(t *testing.T, b []byte, n int) object {
	t.Helper()
	head := strconv.Itoa(n) + " 0 obj\n"
	if !bytes.HasPrefix(b, []byte(head)) {
		t.Fatalf("6.1.9: object %d begins %.20q", n, b)
	}
	b = b[len(head):]
	end := bytes.Index(b, []byte("\nendobj\n"))
	m := lengthOf.FindSubmatchIndex(b[:end])
	if m == nil {
		return object{dictionary: string(b[:end])}
	}
	length, err := strconv.Atoi(string(b[m[2]:m[3]]))
	if err != nil || !bytes.HasPrefix(b[m[1]+length:], []byte("\nendstream\nendobj\n")) {
		t.Fatalf("6.1.7.1: the length of stream %d is wrong", n)
	}
	o := object{string(b[:m[1]]), b[m[1] : m[1]+length]}
	if strings.Contains(o.dictionary, "/FlateDecode") {
		r, err := zlib.NewReader(bytes.NewReader(o.stream))
		if err == nil {
			o.stream, err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// reference follows the reference of a key in a dictionary.
func reference(t *testing.T, all map[int]object, o object, key string) object {
	t.Helper()
	m := regexp.MustCompile(`/` + key + ` \[?(\d+) 0 R`).FindStringSubmatch(o.dictionary)
	if m == nil {
		t.Fatalf("no %s in %s", key, o.dictionary)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return all[n]
}

func archived(t *testing.T) ([]byte, map[int]object) {
	t.Helper()
	face := typeface(t)
	document := written(t, options(face), sample(t, face))
	return document, objects(t, document)
}

// TestTheFileHasTheFormOfAnArchive: ISO 19005-2, 6.1.
func TestTheFileHasTheFormOfAnArchive(t *testing.T) {
	document, all := archived(t)
	if !bytes.HasPrefix(document, []byte("%PDF-1.7\n%")) || slices.Min(document[10:14]) <= 127 {
		t.Errorf("6.1.2: the file begins %q", document[:16])
	}
	if !bytes.HasSuffix(document, []byte("%%EOF\n")) {
		t.Error("6.1.3: something follows the end")
	}
	if !regexp.MustCompile(`trailer\n<<.*/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]`).Match(document) {
		t.Error("6.1.3: no identifier")
	}
	forbidden := []string{"/Encrypt", "/LZWDecode", "/JavaScript", "/JS", "/Launch", "/AA", "/OpenAction",
		"/EmbeddedFile", "/XFA", "/NeedsRendering", "/TR ", "/SMask", "/Group", "/Annots", "/F ("}
	for n, o := range all {
		for _, name := range forbidden {
			if strings.Contains(o.dictionary, name) {
				t.Errorf("object %d has %s", n, name)
			}
		}
	}
}

// TestTheColoursHaveAProfile: ISO 19005-2, 6.2.3.
func TestTheColoursHaveAProfile(t *testing.T) {
	_, all := archived(t)
	intent := reference(t, all, all[catalogue], "OutputIntents")
	for _, entry := range []string{"/Type /OutputIntent", "/S /GTS_PDFA1", "/OutputConditionIdentifier (sRGB)"} {
		if !strings.Contains(intent.dictionary, entry) {
			t.Errorf("the intent lacks %s", entry)
		}
	}
	profile := reference(t, all, intent, "DestOutputProfile")
	icc := profile.stream
	if !strings.Contains(profile.dictionary, "/N 3") || int(binary.BigEndian.Uint32(icc)) != len(icc) ||
		icc[8] != 4 || string(icc[12:20]) != "mntrRGB " || string(icc[36:40]) != "acsp" {
		t.Error("the profile is not that of an RGB display")
	}
	for i := range int(binary.BigEndian.Uint32(icc[128:])) {
		tag := icc[132+12*i:]
		if offset := binary.BigEndian.Uint32(tag[4:]); offset%4 != 0 || int(offset+binary.BigEndian.Uint32(tag[8:])) > len(icc) {
			t.Errorf("tag %s is out of place", tag[:4])
		}
	}
}

// TestEveryFontIsEmbeddedAndEveryCharacterMapped: ISO 19005-2, 6.2.11.
func TestEveryFontIsEmbeddedAndEveryCharacterMapped(t *testing.T) {
	_, all := archived(t)
	fonts := regexp.MustCompile(`/(F\d) (\d+) 0 R`).FindAllStringSubmatch(all[resources].dictionary, -1)
	if len(fonts) != len(files) {
		t.Fatalf("%d fonts, want %d", len(fonts), len(files))
	}
	mapped := map[string]string{}
	for _, f := range fonts {
		number, err := strconv.Atoi(f[2])
		if err != nil {
			t.Fatal(err)
		}
		outer := all[number]
		inner := reference(t, all, outer, "DescendantFonts")
		descriptor := reference(t, all, inner, "FontDescriptor")
		for of, entry := range map[*object]string{
			&outer: "/Encoding /Identity-H", &inner: "/CIDToGIDMap /Identity", &descriptor: "/Flags 4",
		} {
			if !strings.Contains(of.dictionary, entry) {
				t.Errorf("%s lacks %s", f[1], entry)
			}
		}
		name := regexp.MustCompile(`/BaseFont /([A-Z]{6}\+[A-Za-z0-9-]+)`).FindStringSubmatch(outer.dictionary)
		if name == nil || !strings.Contains(inner.dictionary, name[1]) || !strings.Contains(descriptor.dictionary, "/FontName /"+name[1]) {
			t.Errorf("%s has several names, or none", f[1])
		}
		if len(reference(t, all, descriptor, "FontFile2").stream) == 0 {
			t.Errorf("%s is not embedded", f[1])
		}
		mapped[f[1]] = string(reference(t, all, outer, "ToUnicode").stream)
	}
	shown(t, all, mapped)
}

// shown checks that every character shown is mapped to Unicode and is not glyph 0.
func shown(t *testing.T, all map[int]object, mapped map[string]string) {
	t.Helper()
	texts := 0
	for _, o := range all {
		for _, m := range regexp.MustCompile(`/(F\d) [0-9.]+ Tf <([0-9A-F]+)> Tj`).FindAllStringSubmatch(string(o.stream), -1) {
			texts++
			for i := 0; i < len(m[2]); i += 4 {
				if code := m[2][i : i+4]; code == "0000" || !strings.Contains(mapped[m[1]], "<"+code+"> <") {
					t.Errorf("6.2.11.7: character %s of %s is not mapped", code, m[1])
				}
			}
		}
	}
	if texts == 0 {
		t.Error("no text found")
	}
}

// TestTheMetadataSayWhatTheInformationSays: ISO 19005-2, 6.6.
func TestTheMetadataSayWhatTheInformationSays(t *testing.T) {
	_, all := archived(t)
	var packet struct {
		Description struct {
			Part        string `xml:"http://www.aiim.org/pdfa/ns/id/ part"`
			Conformance string `xml:"http://www.aiim.org/pdfa/ns/id/ conformance"`
			Title       string `xml:"title>Alt>li"`
			Language    string `xml:"language>Bag>li"`
			Created     string `xml:"http://ns.adobe.com/xap/1.0/ CreateDate"`
			Producer    string `xml:"http://ns.adobe.com/pdf/1.3/ Producer"`
		} `xml:"RDF>Description"`
	}
	metadata := reference(t, all, all[catalogue], "Metadata")
	if err := xml.Unmarshal(metadata.stream, &packet); err != nil {
		t.Fatal(err)
	}
	d := packet.Description
	if d.Part != "2" || d.Conformance != "U" || d.Title != "通行码 <Tongxing> & 纸" || d.Language != "zh-CN" ||
		d.Created != "2022-08-10T08:00:00+08:00" || d.Producer != "Tongxing" {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(all[catalogue].dictionary, "/Lang <FEFF007A0068002D0043004E>") {
		t.Error("the catalogue has no language")
	}
}

// TestAPageUsesOnlyWhatIsDefined: ISO 19005-2, 6.2.2, and nesting of 6.1.13.
func TestAPageUsesOnlyWhatIsDefined(t *testing.T) {
	_, all := archived(t)
	defined := strings.Fields("BT ET Td Tf Tj Tr g G rg RG w j d re f m l S q Q cm")
	for _, o := range all {
		if !bytes.Contains(o.stream, []byte("BT ")) {
			continue
		}
		depth := 0
		for _, word := range regexp.MustCompile(`(?m)(?:^|\s)([A-Za-z*']+)`).FindAllStringSubmatch(string(o.stream), -1) {
			if !slices.Contains(defined, word[1]) {
				t.Errorf("operator %s", word[1])
			}
			switch word[1] {
			case "q":
				depth++
			case "Q":
				depth--
			}
			if depth < 0 || depth > 28 {
				t.Fatal("states are nested wrongly")
			}
		}
		if depth != 0 {
			t.Error("a state is not restored")
		}
	}
}
