package spec_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
)

// documentsBeyondCDDL are the requirements on documents that CDDL cannot
// express; the head of documents.cddl names them.
var documentsBeyondCDDL = []string{
	"TRUST-12", "TRUST-13", "TRUST-24", "TRUST-26", "TRUST-30", "TRUST-31", "TRUST-32", "TRUST-40", "TRUST-43",
	"TRUST-60", "TRUST-61", "TRUST-62", "TRUST-63", "TRUST-64", "TRUST-65", "TRUST-22", "TRUST-50", "TRUST-52", "TRUST-53", "TRUST-81",
}

// wrongStructure are vectors of those requirements whose structure is
// wrong all the same, so that the list above does not excuse them.
var wrongStructure = []string{
	"head-version-2-32", "head-version-number", "head-version-negative", "head-due-zero", "keyset-batch-empty", "keyset-empty",
	"keyset-limit-empty", "keyset-period-65536", "list-rules-hash-31", "list-withdrawn-kid-5", "policy-any-of-nothing",
	"policy-no-status-zero", "policy-operation-arguments", "policy-operation-unknown", "root-need-0", "root-no-groups", "root-threshold-0",
	"delta-gap-overflow", "delta-removal-empty", "policy-no-editions", "policy-17-editions", "overlay-no-editions", "overlay-17-editions",
}

func TestDocumentsMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.LoadDocuments()
	if err != nil {
		t.Fatal(err)
	}
	var input bytes.Buffer
	for _, v := range all {
		if v.Expect != "encoding" {
			fmt.Fprintf(&input, "%s %s\n", v.Name, hex.EncodeToString(v.Document))
		}
	}
	verdicts := runCDDL(t, "documents.cddl", &input)
	valid, refused := 0, 0
	for _, v := range all {
		verdict, given := verdicts[v.Name]
		if !given {
			continue
		}
		if verdict == "valid" {
			valid++
		} else {
			refused++
		}
		excused := slices.ContainsFunc(v.Requirement, func(r string) bool { return slices.Contains(documentsBeyondCDDL, r) }) &&
			!slices.Contains(wrongStructure, v.Name)
		switch {
		case v.Expect == "ok" && verdict != "valid":
			t.Errorf("%s: %s, but the structure is right", v.Name, verdict)
		case v.Expect != "ok" && verdict == "valid" && !excused:
			t.Errorf("%s: the CDDL admits it (%s)", v.Name, v.Comment)
		}
	}
	if valid < 45 || refused < 35 {
		t.Errorf("%d vectors match the CDDL and %d do not: too few to prove anything", valid, refused)
	}
}

func TestBundlesMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.LoadBundles()
	if err != nil {
		t.Fatal(err)
	}
	var input bytes.Buffer
	for _, v := range all {
		fmt.Fprintf(&input, "%s %s\n", v.Name, hex.EncodeToString(v.Bundle))
	}
	verdicts := runCDDL(t, "bundle.cddl", &input)
	wrong := []string{"field-of-tomorrow", "empty-map"}
	for _, v := range all {
		misnamed := strings.HasPrefix(v.Name, "magic-")
		if valid := verdicts[v.Name] == "valid"; valid == (misnamed || slices.Contains(wrong, v.Name)) {
			t.Errorf("%s: %s", v.Name, verdicts[v.Name])
		}
	}
}
