package policy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// Condition returns one condition of a requirement in words: "Nucleic acid within
// 24 h". Of all_of and any_of it returns those words alone.
func (n Names) Condition(r trustlist.Requirement, lang string) string {
	argument := func(i int) uint32 {
		if i < len(r.Arguments) {
			return r.Arguments[i]
		}
		return 0
	}
	switch r.Op {
	case trustlist.AllOf, trustlist.AnyOf:
		return spec.Phrase(r.Op.String(), lang)
	case trustlist.Test:
		return spec.Phrase("condition_test", lang, n.TestKind(uint16(argument(0)), lang), clockTime(int64(argument(1))))
	case trustlist.Doses:
		return spec.Phrase("condition_doses", lang, fmt.Sprint(argument(0)))
	case trustlist.SinceDose:
		return spec.Phrase("condition_days", lang, fmt.Sprint(argument(0)))
	case trustlist.Exempt:
		return spec.Phrase("condition_exemption", lang, n.Exemption(uint16(argument(0)), lang))
	}
	return spec.Phrase("condition_unknown", lang, fmt.Sprint(uint16(r.Op)))
}

// Asked returns what a clause asks for, in words.
func (n Names) Asked(c Clause, lang string) string {
	arguments := []uint32{uint32(c.Limit)}
	switch c.Op {
	case trustlist.Test:
		arguments = []uint32{uint32(c.Kind), uint32(c.Limit)}
	case trustlist.Exempt:
		arguments = []uint32{uint32(c.Kind)}
	}
	return n.Condition(trustlist.Requirement{Op: c.Op, Arguments: arguments}, lang)
}

// Finding returns what the facts have for a clause, in words: "the freshest is 51 h
// old".
func (c Clause) Finding(lang string) string {
	switch {
	case !c.Found:
		return spec.Phrase("found_none", lang)
	case c.Op == trustlist.Test:
		return spec.Phrase("found_test", lang, c.age(lang))
	case c.Op == trustlist.Doses:
		return spec.Phrase("found_doses", lang, fmt.Sprint(c.Value))
	case c.Op == trustlist.SinceDose:
		return spec.Phrase("found_days", lang, fmt.Sprint(c.Value))
	}
	return spec.Phrase("found_some", lang)
}

// age says how old a test is: to the second where it missed the limit by less than an
// hour, and in days where it is older than two.
func (c Clause) age(lang string) string {
	if missed := c.Value - c.Limit; 0 < missed && missed < 3600 {
		return spec.Phrase("age_hours", lang, clockTime(c.Value))
	}
	return Age(c.Value, lang)
}

// Age returns a number of seconds in words: in hours, and from two days on in days
// and hours; what is left over does not count.
func Age(seconds int64, lang string) string {
	hours := max(seconds, 0) / 3600
	if hours < 48 {
		return spec.Phrase("age_hours", lang, fmt.Sprint(hours))
	}
	return spec.Phrase("age_days", lang, fmt.Sprint(hours/24), fmt.Sprint(hours%24))
}

// clockTime writes seconds as hours, and as hours, minutes and seconds where they
// are not whole.
func clockTime(seconds int64) string {
	if seconds%3600 == 0 {
		return fmt.Sprint(seconds / 3600)
	}
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}

// Requirement returns the clauses of a requirement in words, as [Evaluator.Explain]
// gives them, each with a mark that it holds or not and with what was found:
//
//	one of (✗ Nucleic acid within 48 h: the freshest is 51 h old; ✓ dose 3: the highest is dose 3)
func (n Names) Requirement(clauses []Clause, lang string) string {
	return n.group(clauses, 1, lang)
}

// group says clauses whose paths are equal up to depth parts.
func (n Names) group(clauses []Clause, depth int, lang string) string {
	if len(clauses) == 0 {
		return ""
	}
	op, _, joined := part(clauses[0].Path, depth)
	if !joined {
		c := clauses[0]
		return fmt.Sprintf("%s %s: %s", c.Mark(), n.Asked(c, lang), c.Finding(lang))
	}
	var all []string
	for len(clauses) > 0 {
		_, index, _ := part(clauses[0].Path, depth)
		end := 1
		for end < len(clauses) {
			if _, next, _ := part(clauses[end].Path, depth); next != index {
				break
			}
			end++
		}
		all = append(all, n.group(clauses[:end], depth+1, lang))
		clauses = clauses[end:]
	}
	if len(all) == 1 {
		return all[0]
	}
	return fmt.Sprintf("%s (%s)", spec.Phrase(op, lang), strings.Join(all, "; "))
}

// part returns one part of a path: of "requirement.any_of[2]" the first is any_of
// and 2.
func part(path string, depth int) (op string, index int, ok bool) {
	parts := strings.Split(path, ".")
	if depth >= len(parts) {
		return "", 0, false
	}
	op, rest, ok := strings.Cut(parts[depth], "[")
	index, err := strconv.Atoi(strings.TrimSuffix(rest, "]"))
	return op, index, ok && err == nil
}

// Mark returns a sign for whether the clause holds that does not depend on colour.
func (c Clause) Mark() string {
	if c.Satisfied {
		return "✓"
	}
	return "✗"
}
