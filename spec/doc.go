// Package spec carries the tables of the Tongxing specification: the reasons
// that a verdict can give and the code numbers that a credential can hold.
// The texts of the specification (credential.md and its neighbours), the CDDL
// and the test vectors lie beside it.
//
// A table is a CSV file with a header row, embedded into the program and
// parsed once. Numbers are open and never reused: a number that a table does
// not know is not an error, it has a name such as "reason_999" and no meaning.
//
// One row of reasons.csv, shortened:
//
//	number,name,zh,en,next_zh,next_en
//	50,expired,码已过期,The code has expired,请持码人刷新健康码再扫…,Ask the holder to refresh…
//
// Languages are BCP 47 tags: any tag of English ("en", "en-GB") selects the
// English column, everything else the Chinese one.
package spec
