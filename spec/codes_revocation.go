package spec

import (
	"slices"
	"strings"
)

// RevocationReason is a row of revocation_reasons.csv: why a credential was
// revoked, superseded, suspended or resumed. The table is closed: a program
// refuses an order with a number that it lacks, and no number names an area, a
// gathering, a petition or any other group of people.
type RevocationReason struct {
	Number  uint16
	Name    string   // stable, as "issued_in_error"
	Actions []string // those that it is a reason for, of "revoke", "supersede", "suspend", "resume"
	Label   Label
	Note    string // what it is to be used for, or ""
}

// Allows reports whether it is a reason for the action of that name.
func (r RevocationReason) Allows(action string) bool { return slices.Contains(r.Actions, action) }

// revocationActions are the actions that a row may name, in the order in which
// it names them.
var revocationActions = []string{"revoke", "supersede", "suspend", "resume"}

func parseRevocationReasons(t *codeTables, read func(string) ([]byte, error)) error {
	return codeRows(read, "revocation_reasons.csv", "number,name,actions,zh,en,note", func(r *codeRow) {
		x := RevocationReason{Number: uint16(r.uint(16)), Name: r.text(), Actions: r.aliases(), Label: r.label(), Note: r.next()}
		if x.Number == 0 {
			r.fail("numbers begin at 1")
		}
		if len(x.Actions) == 0 || !slices.Equal(x.Actions, inOrder(x.Actions)) {
			r.fail("actions %q are not some of %q in this order", x.Actions, revocationActions)
		}
		index(r, &t.revocationByNumber, x.Number, len(t.revocations))
		indexNames(r, &t.revocationByName, len(t.revocations), x.Label, []string{x.Name})
		t.revocations = append(t.revocations, x)
	})
}

// inOrder returns the known actions among those given, each once.
func inOrder(actions []string) []string {
	return slices.DeleteFunc(slices.Clone(revocationActions), func(action string) bool {
		return !slices.Contains(actions, action)
	})
}

// copied returns the row without anything that the table shares.
func (r RevocationReason) copied() RevocationReason {
	r.Actions = slices.Clone(r.Actions)
	return r
}

// RevocationReasons returns all reasons in the order of their numbers.
func RevocationReasons() []RevocationReason {
	rows := slices.Clone(codes().revocations)
	for i := range rows {
		rows[i] = rows[i].copied()
	}
	return rows
}

// RevocationReasonByNumber returns the reason with that number.
func RevocationReasonByNumber(number uint16) (RevocationReason, bool) {
	t := codes()
	row, ok := at(t.revocations, t.revocationByNumber, number)
	return row.copied(), ok
}

// RevocationReasonByName returns the reason of that stable name, or of that name
// in one of both languages.
func RevocationReasonByName(name string) (RevocationReason, bool) {
	t := codes()
	row, ok := at(t.revocations, t.revocationByName, foldAlias(strings.TrimSpace(name)))
	return row.copied(), ok
}

// RevocationReasonName returns the name of a reason for display; a registry may
// hold numbers that a newer program wrote.
func RevocationReasonName(number uint16, lang string) string {
	r, ok := RevocationReasonByNumber(number)
	return named(r.Label, ok, "吊销原因", "revocation reason", number, lang)
}
