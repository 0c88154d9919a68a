package arch

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"testing"
)

// hosts are the registries that build machines get packages from, in parts so
// that this file does not name them. Which one a machine uses is its own
// setting, a mirror more often than not: nothing here may decide it.
var hosts = joined(".",
	"proxy golang org", "sum golang org", "goproxy io", "goproxy cn",
	"registry npmjs org", "registry yarnpkg com", "registry npmmirror com", "npm taobao org",
	"deb debian org", "security debian org", "archive ubuntu com", "security ubuntu com",
	"pypi org", "files pythonhosted org", "crates io", "ghcr io", "docker io",
)

// homes begin paths that exist on somebody's machine only.
var homes = joined("/", " work ", " home ", " root ", " Users ")

func joined(separator string, names ...string) [][]byte {
	out := make([][]byte, len(names))
	for i, name := range names {
		out[i] = []byte(strings.ReplaceAll(name, " ", separator))
	}
	return out
}

// names returns the hosts and machine paths that a text names.
func names(file string, content []byte) []string {
	var out []string
	found := func(offset int, name []byte) {
		line := bytes.Count(content[:offset], []byte("\n")) + 1
		out = append(out, fmt.Sprintf("%s:%d: names %s", file, line, name))
	}
	for _, host := range hosts {
		if i := bytes.Index(content, host); i >= 0 {
			found(i, host)
		}
	}
	for _, home := range homes {
		for offset := 0; ; {
			i := bytes.Index(content[offset:], home)
			if i < 0 {
				break
			}
			offset += i
			if offset == 0 || startsPath(content[offset-1]) {
				found(offset, home)
			}
			offset += len(home)
		}
	}
	return out
}

// startsPath tells whether a slash after c begins a path rather than goes on
// with one, or with the address of a page.
func startsPath(c byte) bool {
	return bytes.IndexByte([]byte(" \t\n\"'`(=:,>[{"), c) >= 0
}

func TestNoFileNamesARegistryOrAMachine(t *testing.T) {
	var findings []string
	err := walk(func(name string, content []byte) error {
		if bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 {
			return nil // no text
		}
		findings = append(findings, names(name, content)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	report(t, findings)
}

// TestLockFilesNameNoAddress: a lock file pins by content hash; where the bytes
// come from is the machine's own setting.
func TestLockFilesNameNoAddress(t *testing.T) {
	found := 0
	err := walk(func(name string, content []byte) error {
		if path.Base(name) != "package-lock.json" {
			return nil
		}
		found++
		if bytes.Contains(content, []byte(`"resolved"`)) {
			t.Errorf("%s names addresses: npm install --omit-lockfile-registry-resolved", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Error("no lock file found: the tests' own reader of codes has one")
	}
}
