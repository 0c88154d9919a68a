// Package pdf writes documents as PDF/A-2u (ISO 19005-2): text that can be copied
// and searched, rules and areas in plain colours, and the modules of symbols, as
// vectors throughout.
//
// A document is written as its pages come, in constant memory but for 16 bytes
// for each page:
//
//	header -> page, page, page ... -> fonts, with the glyphs used -> trailer
//
// so that ten pages and a hundred thousand go the same way, and all pages share
// one subset of each font.
//
//	face, err := pdf.NewTypeface(font, another)     // asked in this order
//	w, err := pdf.NewWriter(file, pdf.Options{Title: "通行码", Language: "zh-CN", Created: at, Typeface: face})
//	page := pdf.NewPage(face, 210*pdf.Millimetre, 297*pdf.Millimetre)
//	err = page.Text(20*pdf.Millimetre, 30*pdf.Millimetre, pdf.Style{Size: 6 * pdf.Millimetre}, "王*明")
//	err = w.Add(page)
//	err = w.Close()
//
// Lengths are whole nanometres and all arithmetic is that of integers, so that
// equal input gives equal bytes on every machine. The time of creation is a
// parameter, and the identifier of the file is a hash of what it holds.
//
// A character that no font has is an error that names it, before anything of the
// page is written: never a box.
package pdf
