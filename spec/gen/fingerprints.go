package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
)

// fingerprintCase is a hash and its fingerprint, or, without a hash, a text that
// is refused; Wrong is then the place of the character that no list has.
type fingerprintCase struct {
	Comment string `json:"comment"`
	Hash    string `json:"hash,omitempty"`
	Words   string `json:"words"`
	Wrong   int    `json:"wrong,omitempty"`
}

// fingerprintWords reads the list, which is data of the specification. The
// program runs in the folder of the module, its tests in their own.
func fingerprintWords() ([]string, error) {
	var faults []error
	for _, folder := range []string{"spec", ".."} {
		data, err := os.ReadFile(filepath.Join(folder, "codes", "fingerprint_words.txt"))
		if err == nil {
			return strings.Fields(string(data)), nil
		}
		faults = append(faults, err)
	}
	return nil, errors.Join(faults...)
}

// fingerprintOf is TRUST-120, by one large number.
func fingerprintOf(words []string, hash []byte) string {
	checksum := sha256.Sum256(hash)
	rest := new(big.Int).SetBytes(append(append([]byte{}, hash...), checksum[0]))
	base, digit := big.NewInt(int64(len(words))), new(big.Int)
	out := ""
	for i := range 24 {
		if i > 0 && i%4 == 0 {
			out = " " + out
		}
		rest.DivMod(rest, base, digit)
		out = words[digit.Int64()] + out
	}
	return out
}

func fingerprintCases() ([]fingerprintCase, error) {
	words, err := fingerprintWords()
	if err != nil {
		return nil, err
	}
	if len(words) != 2048 {
		return nil, fmt.Errorf("%d words", len(words))
	}
	counting := make([]byte, 32)
	for i := range counting {
		counting[i] = byte(i)
	}
	root := sha256.Sum256([]byte("tongxing test root"))
	var cases []fingerprintCase
	for _, c := range []struct {
		comment string
		hash    []byte
	}{{"zeros", make([]byte, 32)}, {"ones", bytes.Repeat([]byte{0xff}, 32)}, {"counting", counting}, {"a hash", root[:]}} {
		cases = append(cases, fingerprintCase{Comment: c.comment, Hash: hex.EncodeToString(c.hash), Words: fingerprintOf(words, c.hash)})
	}
	typed := []rune(strings.ReplaceAll(fingerprintOf(words, root[:]), " ", ""))
	change := func(place int, to string) string {
		return string(typed[:place-1]) + to + string(typed[place:])
	}
	next := words[0]
	if string(typed[6]) == next {
		next = words[1]
	}
	return append(cases,
		fingerprintCase{Comment: "the first character is in no list", Words: change(1, "龘"), Wrong: 1},
		fingerprintCase{Comment: "the last character is in no list", Words: change(24, "x"), Wrong: 24},
		fingerprintCase{Comment: "another character of the list", Words: change(7, next)},
		fingerprintCase{Comment: "two neighbours exchanged", Words: string(typed[:11]) + string(typed[12]) + string(typed[11]) + string(typed[13:])},
		fingerprintCase{Comment: "one character less", Words: string(typed[:23])},
		fingerprintCase{Comment: "one character more", Words: string(typed) + words[0]},
		fingerprintCase{Comment: "nothing", Words: ""},
	), nil
}
