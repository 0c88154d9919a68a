package apitest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWhatIsGoneIsToldFromWhatIsNewAndWhatIsExcepted(t *testing.T) {
	d := compare([]string{"func A()", "func B()", "func C()"}, []string{"func D()", "func A()", "func A()"}, []string{"func B()"})
	for name, pair := range map[string][2][]string{
		"gone":  {d.gone, {"func C()"}},
		"added": {d.added, {"func D()"}},
		"left":  {d.left, {"func B()"}},
		"next":  {d.next, {"func A()", "func C()", "func D()"}},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s: %q, want %q", name, pair[0], pair[1])
		}
	}
}

func TestOnlyAVersionThatMayBreakTakesSomethingAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "except.txt")
	for text, good := range map[string]bool{
		"# for people\n\n0.2.0\tverifier\tfunc A()\tnobody could use it\n": true,
		"2.0.0\tverifier\tfunc A()\tit was wrong\n":                        true,
		"0.2.1\tverifier\tfunc A()\tno\n":                                  false,
		"1.1.0\tverifier\tfunc A()\tno\n":                                  false,
		"0.2.0\tverifier\tfunc A()\t\n":                                    false,
		"0.2.0\tverifier\n":                                                false,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		excepted, err := readExceptions(path)
		if (err == nil) != good || good && !slices.Equal(excepted["verifier"], []string{"func A()"}) {
			t.Errorf("%q: %v, error %v", text, excepted, err)
		}
	}
	if _, err := readExceptions(filepath.Join(Folder(), "except.txt")); err != nil {
		t.Error(err)
	}
}
