package spec_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

// beyondCDDL are the requirements on claims that CDDL cannot express, or only
// with a list of code points.
var beyondCDDL = []string{"CRED-23", "CRED-31", "CRED-42", "CRED-44", "CRED-45", "CRED-62", "CRED-66", "VERIFY-1"}

// The CDDL is parsed by npm's cddl, and the vectors are decoded by npm's cbor:
// neither knows our code. Encodings are not its subject, so the vectors with
// wrong ones are left out.
func TestVectorsMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	var input bytes.Buffer
	for _, v := range all {
		if v.CBOR != nil && v.Expect != spec.ReasonEncoding {
			fmt.Fprintf(&input, "%s %s\n", v.Name, hex.EncodeToString(v.CBOR))
		}
	}
	verdicts := runCDDL(t, "credential.cddl", &input)
	valid, refused := 0, 0
	for _, v := range all {
		verdict, given := verdicts[v.Name]
		if !given {
			continue
		}
		structural := v.Expect == spec.ReasonEnvelope || v.Expect == spec.ReasonClaims || v.Expect == spec.ReasonAlgorithmUnknown
		switch {
		case !structural && verdict != "valid":
			t.Errorf("%s: %s, but the structure is right", v.Name, verdict)
		case structural && verdict == "valid" && !slices.ContainsFunc(v.Requirement, func(r string) bool { return slices.Contains(beyondCDDL, r) }):
			t.Errorf("%s: the CDDL admits it (%s)", v.Name, v.Comment)
		case verdict == "valid":
			valid++
		default:
			refused++
		}
	}
	if valid < 150 || refused < 100 {
		t.Errorf("%d vectors match the CDDL and %d do not: too few to prove anything", valid, refused)
	}
}

// structured is a vector whose encoding is right, and whether its structure is.
type structured struct {
	name, comment string
	data          []byte
	right         bool
}

// requireStructure holds vectors to a file of CDDL: those of right structure match,
// the others do not. There are so many of both at least.
func requireStructure(t *testing.T, cddl string, all []structured, right, wrong int) {
	t.Helper()
	var input bytes.Buffer
	for _, v := range all {
		fmt.Fprintf(&input, "%s %s\n", v.name, hex.EncodeToString(v.data))
	}
	verdicts := runCDDL(t, cddl, &input)
	for _, v := range all {
		if matches := verdicts[v.name] == "valid"; matches != v.right {
			t.Errorf("%s: %s, want right %v (%s)", v.name, verdicts[v.name], v.right, v.comment)
		}
		if v.right {
			right--
		} else {
			wrong--
		}
	}
	if right > 0 || wrong > 0 {
		t.Errorf("too few to prove anything: %d more of right structure, %d of wrong", right, wrong)
	}
}

// fields is what a credential may say of a person, and of itself. A field that
// is added here needs a reason that privacy.md gives.
var fields = []string{
	"alg-label", "claims", "course", "day", "document-class", "dose", "exemptions-key", "exp", "extension-key",
	"holder-key", "iat", "index", "iss", "kid", "kid-label", "kind", "laboratory", "last-two", "list-number",
	"masked-name", "minutes", "origin-key", "payload", "product", "protected", "ref-key", "region", "result",
	"rule", "signature", "state", "status-key", "tag", "tests-key", "unprotected", "vaccinations-key",
}

// [PRIV-1]
func TestCredentialHasNoFieldBeyondTheAllowList(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("cddl", "credential.cddl"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, match := range regexp.MustCompile(`(?m)^  (?:[?*0-9]+ )?([a-z-]+)(?::| =>)`).FindAllStringSubmatch(string(source), -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	if found = slices.Compact(found); !slices.Equal(found, fields) {
		t.Errorf("the fields of the CDDL are %q, the allow-list is %q", found, fields)
	}
}

// A grammar that accepts everything would pass the test above for right
// vectors; this one shows that faults of the file itself are found.
func TestDamagedCDDLDoesNotParse(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("cddl", "credential.cddl"))
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string]string{
		"unclosed map":   strings.Replace(string(source), "kid-label => kid\n}", "kid-label => kid\n", 1),
		"missing rule":   strings.Replace(string(source), "kid = bstr .size 4\n", "", 1),
		"rule twice":     string(source) + "\nkid = bstr .size 4\n",
		"unknown symbol": strings.Replace(string(source), "minutes = 0..43200", "minutes = 0..43200 %", 1),
	} {
		path := filepath.Join(t.TempDir(), "damaged.cddl")
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := vectors.Load()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(v vectors.Vector) bool { return v.Name == "good-status-sm2" })
		command := nodeCDDL(t, path)
		command.Stdin = strings.NewReader("good " + hex.EncodeToString(all[i].CBOR) + "\n")
		if output, err := command.Output(); err == nil && string(output) == "good valid\n" {
			t.Errorf("%s: accepted", name)
		}
	}
}

func runCDDL(t *testing.T, file string, input *bytes.Buffer) map[string]string {
	t.Helper()
	command := nodeCDDL(t, filepath.Join("cddl", file))
	command.Stdin = input
	var errors bytes.Buffer
	command.Stderr = &errors
	output, err := command.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, errors.String())
	}
	verdicts := map[string]string{}
	for line := range strings.Lines(string(output)) {
		name, verdict, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		verdicts[name] = verdict
	}
	return verdicts
}

func nodeCDDL(t *testing.T, file string) *exec.Cmd {
	t.Helper()
	if _, err := os.Stat(filepath.Join("tools", "node_modules", "cddl")); err != nil {
		t.Fatal("the CDDL tools are not installed: run make setup")
	}
	return exec.Command("node", filepath.Join("tools", "cddl.mjs"), file)
}
