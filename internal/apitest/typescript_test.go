package apitest

import (
	"slices"
	"testing"
)

// TestTheJavaScriptPackageStays holds its entries and types to the listing.
func TestTheJavaScriptPackageStays(t *testing.T) {
	lines, err := NPMPackage("../../js/verifier")
	if err != nil || len(lines) < 100 {
		t.Fatalf("%d lines, error %v", len(lines), err)
	}
	Hold(t, "javascript", lines)
}

func TestAMemberIsALineWithWhatItIsAMemberOf(t *testing.T) {
	const source = `import type { A } from './a.js'
// for people
/** A thing.
 *  { not: code } */
export interface Thing {
  /** how much */
  size:   number; // in bytes
  inner: {
    name?: string
  }
}
export type Mode = 'a' | 'b'
`
	want := []string{
		"export interface Thing {", "export interface Thing { size: number", "export interface Thing { inner: {",
		"export interface Thing { inner: { name?: string", "export type Mode = 'a' | 'b'",
	}
	if got := typeLines(source); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
