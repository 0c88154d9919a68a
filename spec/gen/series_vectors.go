package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

func seriesVectors() []*seriesVector {
	return slices.Concat(goodSeries(), seriesAmongOthers(), poisonedSeries(), framesOfWrongParts(), damagedFrames(), damagedTexts())
}

func goodSeries() []*seriesVector {
	worked := newSeries([]byte("tongxing 2020"), 4)
	twelve := newSeries(seriesFile(500), 12)
	twenty := newSeries(seriesFile(1993), 20)
	many := newSeries(seriesFile(300), 300)
	most := newSeries(seriesFile(2048), 1024)
	largest := newSeries(seriesFile(262144), 1024)
	one := newSeries([]byte{0}, 1)
	twoBlocks, empty := seriesWithEmptyRow()
	lost := func(n uint32) bool { return n%5 == 3 }
	shuffled := append(sequence(0, 20), sequence(20, 8)...)
	slices.SortFunc(shuffled, func(a, b uint32) int { return int(a*11%29) - int(b*11%29) })
	last := uint32(1<<32 - 1)
	return []*seriesVector{
		worked.vector("worked", "The example of the text: the blocks in their order.", worked.texts(sequence(0, 4)...), "SERIES-1", "SERIES-10", "SERIES-20", "SERIES-22", "SERIES-31"),
		one.vector("one-block", "A file of one byte: every row is the one block.", one.texts(last), "SERIES-21", "SERIES-31"),
		twelve.vector("sums-alone", "A reader that joins after the blocks were shown.", twelve.texts(sequence(12, 40)...), "SERIES-21", "SERIES-22", "SERIES-30"),
		twenty.vector("one-in-five-lost", "Every fifth frame is missed.", twenty.texts(slices.DeleteFunc(sequence(0, 60), lost)...), "SERIES-30"),
		twenty.vector("any-order", "Frames out of order.", twenty.texts(shuffled...), "SERIES-30"),
		twelve.vector("repeated", "Every frame three times.", twelve.texts(slices.Concat(sequence(0, 11), sequence(0, 11), sequence(0, 11), sequence(11, 1))...), "SERIES-32"),
		twelve.vector("last-numbers", "The largest sequence numbers.", twelve.texts(sequence(last-39, 40)...), "SERIES-21"),
		many.vector("rows-of-two-hashes", "300 blocks of one byte: a row takes two hashes.", many.texts(sequence(300, 320)...), "SERIES-21"),
		most.vector("rows-of-four-hashes", "1,024 blocks, the most: a row takes four hashes. Too few frames to give the file.", most.texts(append(sequence(1022, 4), last)...), "SERIES-21").without(),
		largest.vector("largest", "A frame of the largest file.", largest.texts(1023, 1024), "SERIES-10").without(),
		twoBlocks.vector("row-without-a-one", "A row of zeros becomes the one block that its sequence names.", twoBlocks.texts(empty, 0, 1), "SERIES-21"),
	}
}

// without is the vector of texts that do not give the file.
func (v *seriesVector) without() *seriesVector {
	v.File = ""
	return v
}

// seriesWithEmptyRow returns a series of two blocks and a sequence whose hash
// begins with as many zeros.
func seriesWithEmptyRow() (*series, uint32) {
	s := newSeries([]byte("no"), 2)
	for n := uint32(2); ; n++ {
		sum := s.rowHash(n, 0)
		if sum[0]>>6 == 0 {
			return s, n
		}
	}
}

func seriesAmongOthers() []*seriesVector {
	a, b := newSeries(seriesFile(70), 4), newSeries(seriesFile(71), 5)
	again := newSeries(seriesFile(70), 5)
	mixed := mix(a.texts(0, 1, 2, 3), b.texts(0, 1, 2))
	sizes := mix(again.texts(4, 3, 2), a.texts(9, 10, 11, 12, 13, 14, 15, 16, 17, 18))
	var blanks []seriesText
	for i, t := range a.texts(0, 1, 2, 3) {
		t.Text = []string{"\ufeff", " \t", "\u3000", ""}[i] + t.Text + []string{"\r\n", " ", "\u00a0", "\n"}[i]
		blanks = append(blanks, t)
	}
	out := []*seriesVector{
		a.vector("two-series", "Two screens in one view: the first that is complete.", mixed, "SERIES-30"),
		a.vector("two-counts", "One file in four and in five blocks: two series.", sizes, "SERIES-13", "SERIES-30"),
		a.vector("blanks", "Blanks around a text.", blanks, "SERIES-2"),
	}
	others := []struct{ name, comment, text, requirement string }{
		{"health-code", "A health code between frames.", textForm(seriesFile(164)), "SERIES-5"},
		{"health-digits", "A health code of digits between frames.", digitsForm(seriesFile(164)), "SERIES-5"},
		{"link", "A link between frames.", "https://example.com/", "SERIES-5"},
		{"empty", "No text at all.", "", "SERIES-5"},
		{"blank", "Blanks and nothing else.", " \r\n", "SERIES-5"},
		{"prefix-without-colon", "A prefix without its colon.", "TXS1", "SERIES-5"},
		{"prefix-0", "A version that there will not be.", "TXS0:" + base45(seriesFile(100)), "SERIES-5"},
		{"prefix-inside", "The prefix behind something else.", "A" + a.text(1).Text, "SERIES-5"},
		{"too-long", "4,297 characters.", "TXS1:" + strings.Repeat("0", 4292), "SERIES-1"},
	}
	for _, o := range others {
		out = append(out, a.interrupted(o.name, "not_a_frame", o.comment, o.text, o.requirement))
	}
	for _, version := range []int{2, 9} {
		out = append(out, a.interrupted(fmt.Sprintf("later-%d", version), "later", "A frame of a later version.",
			fmt.Sprintf("TXS%d:%s", version, a.text(1).Text[5:]), "SERIES-3"))
	}
	return out
}

// mix takes from two lists in turn.
func mix(a, b []seriesText) []seriesText {
	var out []seriesText
	for i := range max(len(a), len(b)) {
		if i < len(b) {
			out = append(out, b[i])
		}
		if i < len(a) {
			out = append(out, a[i])
		}
	}
	return out
}

// interrupted is a vector with one other text in the middle of a right series.
func (s *series) interrupted(name, expect, comment, text string, requirement ...string) *seriesVector {
	texts := s.texts(sequence(0, s.count)...)
	texts = slices.Insert(texts, s.count-1, seriesText{Text: text, Expect: expect})
	return s.vector(name, comment, texts, requirement...)
}

func poisonedSeries() []*seriesVector {
	s := newSeries(seriesFile(90), 4)
	wrong := func(sequence uint32, expect string) seriesText {
		t, p, data := s.text(sequence), s.parts(sequence), s.data(sequence)
		data[0] ^= 1
		p.data = bytesOf(data)
		t.Text, t.Expect = seriesTextOf(p.checked()), expect
		return t
	}
	whole := s.texts(0, 1, 2, 3)
	filled, last := s.parts(3), s.data(3)
	last[len(last)-1] = 1
	filled.data = bytesOf(last)
	filling := s.texts(0, 1, 2, 3)
	filling[3].Text = seriesTextOf(filled.checked())
	inside := slices.Concat(s.texts(0), []seriesText{wrong(1, "frame")}, s.texts(2), s.texts(3), whole)
	inside[3].Expect = "poisoned"
	atEnd := slices.Concat(s.texts(0, 1, 2), []seriesText{wrong(3, "poisoned")}, whole)
	repeated := slices.Concat(s.texts(0, 1), []seriesText{wrong(1, "frame")}, s.texts(2), whole[3:])
	return []*seriesVector{
		s.vector("poisoned", "A hostile frame with the right check and the wrong data: forgotten with all others, and then the series again.", inside, "SERIES-31", "SERIES-35"),
		s.vector("poisoned-last", "The hostile frame is the one that completes.", atEnd, "SERIES-31", "SERIES-35"),
		s.vector("filling", "A last block that is not filled with zeros: the file ends before it.", filling, "SERIES-31"),
		s.vector("dependent-wrong", "The sequence of a frame that was there, with other data: nothing changes.", repeated, "SERIES-32"),
	}
}

// damagedFrame is a right series with one wrong frame in it.
func (s *series) damagedFrame(name, comment string, frame raw, requirement string) *seriesVector {
	return s.interrupted("frame-"+name, "damaged", comment, seriesTextOf(frame), requirement, "SERIES-15")
}

func framesOfWrongParts() []*seriesVector {
	s := newSeries(seriesFile(70), 4)
	changed := func(name, comment string, change func(*seriesParts), requirement string) *seriesVector {
		p := s.parts(3)
		change(&p)
		return s.damagedFrame(name, comment, p.checked(), requirement)
	}
	// of is a change of count, length or hash to which the session fits.
	of := func(count, length uint64) func(*seriesParts) {
		return func(p *seriesParts) {
			p.session, p.count, p.length = bytesOf(sessionOf(count, length, s.hash())), uintOf(count), uintOf(length)
		}
	}
	return []*seriesVector{
		changed("session-other", "A session that is not that of its parts.", func(p *seriesParts) { p.session = bytesOf(s.hash()[:8]) }, "SERIES-13"),
		changed("session-7-bytes", "A session of 7 bytes.", func(p *seriesParts) { p.session = bytesOf(s.session()[:7]) }, "SERIES-10"),
		changed("count-other", "Another count under the same session.", func(p *seriesParts) { p.count = uintOf(5) }, "SERIES-13"),
		changed("count-0", "No block.", of(0, 70), "SERIES-10"),
		changed("count-1025", "1,025 blocks.", of(1025, 1025*18), "SERIES-10"),
		changed("count-empty-block", "Nine blocks of two bytes would be for 17 or 18 bytes, not for ten of which five are full.", func(p *seriesParts) {
			of(9, 10)(p)
			p.data = bytesOf(make([]byte, 2))
		}, "SERIES-11"),
		changed("count-above-length", "More blocks than bytes.", func(p *seriesParts) {
			of(4, 3)(p)
			p.data = bytesOf(make([]byte, 1))
		}, "SERIES-11"),
		changed("length-0", "An empty file.", func(p *seriesParts) {
			of(1, 0)(p)
			p.data = bytesOf(nil)
		}, "SERIES-10"),
		changed("length-262145", "A file of one byte too many.", func(p *seriesParts) {
			of(1024, 262145)(p)
			p.data = bytesOf(make([]byte, 257))
		}, "SERIES-10"),
		changed("length-2-64", "A length of 2^64 - 1.", of(4, 1<<64-1), "SERIES-10"),
		changed("hash-31-bytes", "A hash of 31 bytes.", func(p *seriesParts) {
			p.session, p.hash = bytesOf(sessionOf(4, 70, s.hash()[:31])), bytesOf(s.hash()[:31])
		}, "SERIES-10"),
		changed("data-short", "A byte too few of data.", func(p *seriesParts) { p.data = bytesOf(make([]byte, 17)) }, "SERIES-12"),
		changed("data-long", "A byte too many of data.", func(p *seriesParts) { p.data = bytesOf(make([]byte, 19)) }, "SERIES-12"),
		changed("data-text", "Data as a text string.", func(p *seriesParts) { p.data = textOf(strings.Repeat("A", 18)) }, "SERIES-10"),
		changed("sequence-2-32", "A sequence of 2^32.", func(p *seriesParts) { p.sequence = uintOf(1 << 32) }, "SERIES-10"),
		changed("sequence-negative", "A sequence of -1.", func(p *seriesParts) { p.sequence = intOf(-1) }, "SERIES-10"),
		changed("sequence-long", "A sequence in two bytes that one holds.", func(p *seriesParts) { p.sequence = longHead(0, 3, 1) }, "SERIES-10"),
		changed("sequence-null", "A null for the sequence.", func(p *seriesParts) { p.sequence = raw{0xf6} }, "SERIES-10"),
	}
}

func damagedFrames() []*seriesVector {
	s := newSeries(seriesFile(70), 4)
	good := s.parts(3)
	check := bytes.Clone(good.checked())
	check[len(check)-1] ^= 1
	items := good.items()
	sum := good.checked()[len(arrayOf(items...)):]
	return []*seriesVector{
		s.damagedFrame("check-wrong", "A check with one bit wrong.", check, "SERIES-14"),
		s.damagedFrame("check-3-bytes", "A check of 3 bytes.", arrayOf(append(items, bytesOf(sum[1:4]))...), "SERIES-10"),
		s.damagedFrame("six-parts", "No check.", arrayOf(items...), "SERIES-10"),
		s.damagedFrame("eight-parts", "An eighth part.", arrayOf(append(items, sum, uintOf(1))...), "SERIES-10"),
		s.damagedFrame("indefinite", "An array of indefinite length.", indefinite(4, append(items, sum)...), "SERIES-10"),
		s.damagedFrame("tagged", "A tag before the array.", tagOf(1, good.checked()), "SERIES-10"),
		s.damagedFrame("trailing", "A byte behind the array.", append(bytes.Clone(good.checked()), 0), "SERIES-10"),
		s.damagedFrame("cut", "The last byte is missing.", good.checked()[:len(good.checked())-1], "SERIES-10"),
		s.damagedFrame("not-cbor", "Bytes that are no CBOR.", raw{0xff, 0xff}, "SERIES-10"),
		s.damagedFrame("credential", "The bytes of a map.", mapOf(pairs{{uintOf(1), uintOf(2)}}), "SERIES-10"),
	}
}

func damagedTexts() []*seriesVector {
	s := newSeries(seriesFile(70), 4)
	text := s.text(3).Text
	damaged := func(name, comment, text string, requirement ...string) *seriesVector {
		return s.interrupted("text-"+name, "damaged", comment, text, append(requirement, "SERIES-15")...)
	}
	return []*seriesVector{
		damaged("lower-case", "All in lower case.", strings.ToLower(text), "SERIES-4"),
		damaged("lower-case-prefix", "The prefix in lower case.", "txs1:"+text[5:], "SERIES-4"),
		damaged("lower-case-later", "A later prefix in lower case.", "tXs2:"+text[5:], "SERIES-4"),
		damaged("lower-case-inside", "One letter in lower case.", text[:20]+"a"+text[21:], "SERIES-1"),
		damaged("prefix-alone", "The prefix and nothing behind it.", "TXS1:", "SERIES-1"),
		damaged("wrong-character", "A character that base45 does not have.", text[:20]+"_"+text[21:], "SERIES-1"),
		damaged("overflow", "A group of three that no two bytes give.", text[:5]+":::"+text[8:], "SERIES-1"),
		damaged("cut", "The last character is missing.", text[:len(text)-1], "SERIES-1"),
		damaged("digits", "The bytes in hexadecimal.", "TXS1:"+strings.ToUpper(hex.EncodeToString(s.parts(3).checked())), "SERIES-1"),
	}
}
