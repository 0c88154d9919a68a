package page

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// texts returns the page's own files that are written by hand.
func texts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(name, "/zxing/") || strings.HasSuffix(name, ".woff2") {
			return err
		}
		content, err := fs.ReadFile(FS(), name)
		all[name] = string(content)
		return err
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("%d files: %v", len(all), err)
	}
	return all
}

func TestNothingComesFromElsewhere(t *testing.T) {
	address := regexp.MustCompile(`(?:https?:)?//[a-z0-9-]+\.[a-z]`)
	for name, text := range texts(t) {
		for _, found := range address.FindAllString(strings.ReplaceAll(text, "http://www.w3.org/2000/svg", ""), -1) {
			if !strings.HasSuffix(name, "OFL.txt") {
				t.Errorf("%s names %s", name, found)
			}
		}
	}
}

func TestNoScriptOrStyleStandsInTheMarkup(t *testing.T) {
	markup := texts(t)["index.html"]
	for _, pattern := range []string{`<script[^>]*>[^<]`, `<style`, ` style=`, ` on[a-z]+=`, `javascript:`} {
		if found := regexp.MustCompile(pattern).FindString(markup); found != "" {
			t.Errorf("the policy refuses %q", found)
		}
	}
	if strings.Count(markup, "GATE_TOKEN") != 1 {
		t.Error("the token has not one place")
	}
}

func TestVendoredFilesHaveTheirLicences(t *testing.T) {
	for _, name := range []string{"assets/zxing/LICENSE", "assets/fonts/OFL.txt"} {
		if content, err := fs.ReadFile(FS(), name); err != nil || len(content) < 1000 {
			t.Errorf("%s: %d bytes, %v", name, len(content), err)
		}
	}
}

// A file of 200 lines is read at a sitting.
func TestScriptsAreShort(t *testing.T) {
	for name, text := range texts(t) {
		if lines := strings.Count(text, "\n"); strings.HasSuffix(name, ".js") && lines > 260 {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
}
