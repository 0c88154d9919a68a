package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/spec"
)

const examples = "../../examples/"

// expect holds what an example prints about a good code, and about the same a year
// later.
func expect(t *testing.T, g good, show func(at time.Time) string, pass, unverified string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, g.at)
	if err != nil {
		t.Fatal(err)
	}
	for when, want := range map[time.Time]string{at.UTC(): pass, at.UTC().AddDate(1, 0, 0): unverified} {
		if got := show(when); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
}

func TestExampleInC(t *testing.T) {
	prefix, g := installed(t), goodCode(t)
	program := filepath.Join(t.TempDir(), "guard")
	flags := strings.Fields(run(t, "pkg-config", "--cflags", "--libs", "tongxing"))
	run(t, "gcc", slices.Concat(warnings, []string{examples + "c/guard.c", "-o", program, "-Wl,-rpath," + prefix + "/lib"}, flags)...)
	expect(t, g, func(at time.Time) string {
		return run(t, program, g.bundle, g.anchor, g.code, strconv.FormatInt(at.Unix(), 10))
	}, "PASS\n{\"outcome\":\"pass\"", "UNVERIFIED\n{\"outcome\":\"unverified\"")
}

func TestExampleInPython(t *testing.T) {
	installed(t)
	g := goodCode(t)
	guard := func(code string, at time.Time) string {
		return run(t, "python3", examples+"python/guard.py", g.bundle, g.anchor, code, at.Format("2006-01-02T15:04:05+00:00"))
	}
	expect(t, g, func(at time.Time) string { return guard(g.code, at) }, "pass: "+spec.ReasonOK.Text("zh"), "unverified: ")
	if got, want := guard(g.code+"\xff", time.Unix(0, 0).UTC()), "unverified: "+spec.ReasonDamagedText.Text("zh"); !strings.HasPrefix(got, want) {
		t.Errorf("a text that is not UTF-8: %s, want %s", got, want)
	}
}

func TestExampleInJava(t *testing.T) {
	prefix, g, classes := installed(t), goodCode(t), t.TempDir()
	run(t, "javac", "-Xlint:all", "-Werror", "-d", classes, "-cp", jna(), examples+"java/Tongxing.java", examples+"java/Guard.java")
	expect(t, g, func(at time.Time) string {
		return run(t, "java", "-Djna.library.path="+prefix+"/lib", "-cp", classes+":"+jna(), "Guard", g.bundle, g.anchor, g.code, at.Format(time.RFC3339))
	}, "PASS\n{\"outcome\":\"pass\"", "UNVERIFIED\n{\"outcome\":\"unverified\"")
}
