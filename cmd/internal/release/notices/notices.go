// Package notices collects the licences of what a program links from elsewhere: the
// texts as their authors ship them, and their names in the list of SPDX.
//
//	texts, err := notices.Of(fsys)      // of a module's folder
//	texts[0].Name                       // "LICENSE"
//	notices.Identify(texts[0].Data)     // "MIT", true
package notices

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Text is a file with a licence or a notice.
type Text struct {
	Name string
	Data []byte
}

// Part is something from elsewhere that programs contain.
type Part struct {
	Name, Version string
	Texts         []Text
}

// legal is how files are called that have to go along.
var legal = regexp.MustCompile(`(?i)^(un)?licen[cs]e|^copying|^notice|^patents|^OFL`)

// logo licenses pictures, which no program contains.
const logo = "LICENSE-LOGO"

// Of returns the texts at the top of a folder. It is an error when there are none:
// what has no licence must not be given away.
func Of(fsys fs.FS) ([]Text, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	var texts []Text
	for _, e := range entries {
		if e.IsDir() || e.Name() == logo || !legal.MatchString(e.Name()) {
			continue
		}
		data, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, fmt.Errorf("notices: %w", err)
		}
		texts = append(texts, Text{e.Name(), bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))})
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("notices: %w", ErrNone)
	}
	return texts, nil
}

// ErrNone reports a folder without a licence.
var ErrNone = fmt.Errorf("no licence: %w", fs.ErrNotExist)

// blank is what texts differ in.
var blank = regexp.MustCompile(`[\s*#/>-]+`)

// marks tell licences apart by words that one alone has, the more particular first.
var marks = []struct{ id, words string }{
	{"OFL-1.1", "SIL OPEN FONT LICENSE Version 1.1"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"Apache-2.0", "Apache License Version 2.0"},
	{"BSD-3-Clause", "Neither the name"},
	{"BSD-3-Clause", "may not be used to endorse or promote products derived"},
	{"BSD-2-Clause", "Redistribution and use in source and binary forms"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"ISC", "Permission to use, copy, modify, and/or distribute"},
	{"ISC", "Permission to use, copy, modify, and distribute"},
	{"blessing", "May you do good and not evil"},
	{"Unlicense", "This is free and unencumbered software"},
}

// Identify names the licence of a text as SPDX does, where it is one of those that
// programs of the house link.
func Identify(text []byte) (string, bool) {
	words := strings.ToLower(blank.ReplaceAllString(string(text), " "))
	for _, mark := range marks {
		if strings.Contains(words, strings.ToLower(blank.ReplaceAllString(mark.words, " "))) {
			return mark.id, true
		}
	}
	return "", false
}

// IDs are the names of a part's licences, each once, in the order of its files.
func (p Part) IDs() []string {
	var ids []string
	for _, text := range p.Texts {
		if id, ok := Identify(text.Data); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Write returns one file with everything that has to go along with the programs.
func Write(parts []Part) []byte {
	var b bytes.Buffer
	b.WriteString("Tongxing contains what is listed here, each under its own licence. The source of\n" +
		"a module is what the Go module proxy has under its path and version.\n\n")
	for _, p := range parts {
		fmt.Fprintf(&b, "  %s %s (%s)\n", p.Name, p.Version, strings.Join(p.IDs(), ", "))
	}
	for _, p := range parts {
		for _, text := range p.Texts {
			fmt.Fprintf(&b, "\n%s\n%s %s: %s\n\n%s\n", strings.Repeat("=", 78), p.Name, p.Version, text.Name, bytes.TrimRight(text.Data, "\n"))
		}
	}
	return b.Bytes()
}
