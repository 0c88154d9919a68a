package spec

import (
	"strings"
	"testing"
)

func TestPhrasesTakeTheirValuesInOrder(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Phrase("condition_test", "en", "Nucleic acid", "48"), "Nucleic acid within 48 h"},
		{Phrase("condition_test", "zh-CN", "核酸", "48"), "核酸 48 小时内"},
		{Phrase("age_days", "en", "%s", "3"), "%s d 3 h"},
		{Phrase("age_hours", "en"), "%s h"},
		{Phrase("all_of", "en", "too many"), "all of"},
		{Phrase("no such phrase", "en", "x"), "no such phrase"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestAFaultyTableOfPhrasesIsRefused(t *testing.T) {
	for fault, table := range map[string]string{
		"twice":            "name,zh,en\na,b,c\na,b,c\n",
		"column":           "name,zh,en\na,,c\n",
		"different values": "name,zh,en\na,%s,c\n",
		"phrases table":    "name,zh,en\na,b\n",
	} {
		if _, err := parsePhrases([]byte(table)); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}
