// Package paper prints codes: a sheet, a folded sheet, cards, a label, a sheet for
// a family and a register for the desk of a village, as PDF/A-2u.
//
// A paper says in words what its symbol says, to whom it belongs as far as the
// code tells (masked name, last two characters of the number), until when it
// holds, who has issued it, and how to get help and to appeal. The full name
// stands on it only where the holder asks for that; the full number never does.
//
// The life of a document:
//
//	code --Prepare--> entry --Add--> page --Close--> file
//
// Prepare finds everything that could be wrong with one code, so that whoever
// prints many prepares them all before the first page is written:
//
//	printer, err := paper.New(paper.Options{Layout: paper.Sheet, Typeface: face})
//	entry, err := printer.Prepare(code, paper.Source{Authority: "浙江省卫生健康委员会", Appeal: "12345"})
//	document, err := printer.Begin(file, paper.Cover{Created: at})
//	err = document.Add(entry)
//	err = document.Close()
//
// [Printer.PDF] does all of that in memory for a service. How long a code may last on
// paper is policy, see [Lifetime], and stands on the paper.
//
// Symbols are vectors with modules of a whole number of printer dots, at least
// 0.37 mm, and a quiet zone of four modules. What is printed stands in words.csv,
// in Chinese and English; sizes stand in millimetres where they are used.
package paper
