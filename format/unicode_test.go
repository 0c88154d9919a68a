package format

import (
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/tongxing/tongxing/format/internal/norm"
)

// [CRED-96]
func TestUnicodeIsOfTheVersionThatTheTextAsksFor(t *testing.T) {
	for what, version := range map[string]string{"categories and scripts": unicode.Version, "normal forms": norm.Version} {
		major, _, _ := strings.Cut(version, ".")
		if n, err := strconv.Atoi(major); err != nil || n < 15 {
			t.Errorf("%s are of Unicode %s", what, version)
		}
	}
}
