package pdf

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"
	"unicode/utf16"
)

// producer is the program that writes: this package.
const producer = "Tongxing"

// endDescription writes what makes the document one for archives: the profile of
// its colours, its metadata and its catalogue. It returns the number of the
// information dictionary, which says the same as the metadata.
func (w *Writer) endDescription() (information int) {
	profile, metadata, intent := w.reserve(), w.reserve(), w.reserve()
	information = w.reserve()
	w.stream(profile, " /N 3", sRGB())
	w.plain(metadata, " /Type /Metadata /Subtype /XML", w.xmp())
	w.object(intent, "<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB) /DestOutputProfile %d 0 R>>", profile)
	o := &w.options
	// No viewer is to scale what has been laid out in whole dots.
	w.object(catalogue, "<</Type /Catalog /Pages %d 0 R /Lang %s /Metadata %d 0 R /OutputIntents [%d 0 R]"+
		" /ViewerPreferences <</DisplayDocTitle true /PrintScaling /None>>>>", pageTree, textString(o.Language), metadata, intent)
	date := dateString(o.Created)
	optional := ""
	if o.Author != "" {
		optional += " /Author " + textString(o.Author)
	}
	if o.Subject != "" {
		optional += " /Subject " + textString(o.Subject)
	}
	w.object(information, "<</Title %s%s /Producer (%s) /CreationDate (%s) /ModDate (%s)>>",
		textString(o.Title), optional, producer, date, date)
	return information
}

// dateString returns a date as the information dictionary has it (7.9.4), which
// must be the same as in the metadata.
func dateString(t time.Time) string {
	_, east := t.Zone()
	sign := '+'
	if east < 0 {
		sign, east = '-', -east
	}
	return t.Format("D:20060102150405") + fmt.Sprintf("%c%02d'%02d'", sign, east/3600, east/60%60)
}

// textString returns a text string in UTF-16, as hexadecimal digits: nothing in
// it can end the string.
func textString(text string) string {
	b := []byte("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		b = fmt.Appendf(b, "%04X", unit)
	}
	return string(append(b, '>'))
}

// xmp returns the metadata (ISO 16684-1) with the identification of PDF/A-2u.
func (w *Writer) xmp() []byte {
	o := &w.options
	var b bytes.Buffer
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n" +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"` +
		` xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">` + "\n" +
		"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>\n")
	property := func(before, text, after string) {
		if text == "" {
			return
		}
		b.WriteString(before)
		_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
		b.WriteString(after + "\n")
	}
	property(`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">`, o.Title, "</rdf:li></rdf:Alt></dc:title>")
	property("<dc:creator><rdf:Seq><rdf:li>", o.Author, "</rdf:li></rdf:Seq></dc:creator>")
	property(`<dc:description><rdf:Alt><rdf:li xml:lang="x-default">`, o.Subject, "</rdf:li></rdf:Alt></dc:description>")
	property("<dc:language><rdf:Bag><rdf:li>", o.Language, "</rdf:li></rdf:Bag></dc:language>")
	date := o.Created.Format(time.RFC3339)
	property("<xmp:CreateDate>", date, "</xmp:CreateDate>")
	property("<xmp:ModifyDate>", date, "</xmp:ModifyDate>")
	property("<pdf:Producer>", producer, "</pdf:Producer>")
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return b.Bytes()
}
