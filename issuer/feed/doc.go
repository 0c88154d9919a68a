// Package feed imports what provinces export: it turns four messy files into
// one record for each person, and refuses each faulty row with its one reason.
//
// # Files
//
// The files people, tests, vaccinations and status lie in one folder, each as
// .csv, .jsonl or .ndjson; only people must be there. Columns have Chinese or
// English names in any order (spec/codes/feed_columns.csv), others are ignored.
// JSON Lines use the same names as keys. Encoding (UTF-8 with or without a byte
// order mark, GB18030, UTF-16 with one) is recognised for each file, the form
// of times and dates for each value. A time without a zone is at UTC+8.
//
// Before anything is compared, values lose their outer blanks, full-width
// digits become ASCII, document numbers lose inner blanks and are in capitals.
// A row sent twice counts once, in whatever form it was sent.
//
// # People
//
// A person is a document class and number: identity card and household
// register carry the same citizen number and name the same person. Claims are
// joined by that, never by name. A citizen number must have its right check
// character (GB 11643) and the date of birth of its row. Rows that give one
// document different names or dates of birth are all refused; a good row
// beside a refused one stands.
//
// # Reasons
//
// A refused row has one reason: of several faults the first in the order of
// spec/codes/reject_reasons.csv, which puts what is wrong in itself before what
// is wrong in its order (a report before its sample), and both before what is in
// the future. The claims of a refused person are counted and not listed. A
// claim of nobody is 查无此人 whatever else is wrong with it.
//
// # Records
//
// A record holds what is current at the time of the import:
//
//   - the status that took effect last and not in the future, unless it has run
//     out: an older one does not come back. Of two of the same moment the graver;
//   - the newest two tests that prove something, by time of report, at most
//     43,200 minutes old. A positive report that no later negative one of its
//     kind has answered is not pushed out by others: it takes the second place;
//   - the highest dose of each product, with the length of the person's primary
//     course, which is that of the product of the first dose.
//
// A person without any claim has no record, since no credential could be made
// of it. Records come in the order in which the people file first names each
// person, so that equal feeds give equal bytes.
//
// # Memory
//
// Rows are sorted by person in a bounded buffer and spilled to a temporary file
// when there are more; memory does not grow with the feeds.
//
// One row of each file, and the record that they make, are the package's
// example.
package feed
