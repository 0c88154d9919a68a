// Command sm2set writes test vectors for the verification of SM2 signatures, in
// the shape of Wycheproof's EcdsaP1363Verify files.
//
//	go run ./spec/gen/sm2set [-out spec/vectors/sm2]
//
// It has its own SM3, curve and signatures over math/big and shares code with no
// library that the vectors are to test. Keys and nonces are derived from fixed
// texts, so that every run writes the same bytes. A case is, for example:
//
//	{
//	  "tcId": 1, "comment": "example of GM/T 0003.5 annex A", "flags": ["Normal"],
//	  "userId": "31323334353637383132333435363738",
//	  "msg": "6d65737361676520646967657374", "sig": "f5a0…c1aa", "result": "valid"
//	}
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const fileName = "sm2_sm3_p1363_test.json"

func main() {
	out := flag.String("out", filepath.Join("spec", "vectors", "sm2"), "folder to write the file to")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "sm2set:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	content, err := generate()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, fileName), content, 0o644)
}

// file and the types below it are Wycheproof's, with userId beside msg.
type file struct {
	Algorithm     string          `json:"algorithm"`
	Schema        string          `json:"schema"`
	NumberOfTests int             `json:"numberOfTests"`
	Header        []string        `json:"header"`
	Notes         map[string]note `json:"notes"`
	TestGroups    []group         `json:"testGroups"`
}

type note struct {
	BugType     string `json:"bugType"`
	Description string `json:"description"`
	Effect      string `json:"effect,omitempty"`
}

type group struct {
	Type      string    `json:"type"`
	Comment   string    `json:"comment"`
	PublicKey publicKey `json:"publicKey"`
	SHA       string    `json:"sha"`
	Tests     []test    `json:"tests"`
}

type publicKey struct {
	Type         string `json:"type"`
	Curve        string `json:"curve"`
	KeySize      int    `json:"keySize"`
	Uncompressed string `json:"uncompressed"`
	WX           string `json:"wx"`
	WY           string `json:"wy"`
}

type test struct {
	TcID    int      `json:"tcId"`
	Comment string   `json:"comment"`
	Flags   []string `json:"flags"`
	UserID  string   `json:"userId"`
	Msg     string   `json:"msg"`
	Sig     string   `json:"sig"`
	Result  string   `json:"result"`
}

// generate returns the content of the file.
func generate() ([]byte, error) {
	f := file{
		Algorithm: "SM2",
		Schema:    "sm2_p1363_verify_schema",
		Header: []string{
			"Test vectors for the verification of SM2 signatures (GB/T 32918.2, SM3,",
			"curve of GB/T 32918.5) in the encoding of IEEE P1363, in the shape of",
			"Wycheproof's EcdsaP1363Verify. userId is the identity in ZA, hexadecimal.",
		},
		Notes: notes,
	}
	for _, s := range suites() {
		g, err := s.build(f.NumberOfTests)
		if err != nil {
			return nil, err
		}
		f.NumberOfTests += len(g.Tests)
		f.TestGroups = append(f.TestGroups, g)
	}
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(f); err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}
