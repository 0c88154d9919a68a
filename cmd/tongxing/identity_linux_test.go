package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// Who is asked nothing waits for nothing; and what is typed is told at once where it
// cannot be, without being repeated by the program.
func TestAPersonAtATerminalIsAskedForTheDocument(t *testing.T) {
	folder, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	shown, status := terminalType(t, 100, 30, "Number of the document", "339999196001058364\n", "verify", "--id", "-",
		"--bundle", filepath.Join(folder, "trust", "national.bundle"), "--root", filepath.Join(folder, "trust", "root.cose"), "TX1:ABC")
	if status != program.StatusUsage || !strings.Contains(shown, "TYPE:NUMBER:NAME") {
		t.Errorf("status %d: %s", status, shown)
	}
	if n := strings.Count(shown, "339999196001058364"); n > 1 { // the terminal's own echo
		t.Errorf("the number is shown %d times: %s", n, shown)
	}
}
