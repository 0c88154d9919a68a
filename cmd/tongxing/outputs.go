package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// inputFlags are the flags that name files to read.
var inputFlags = map[string]bool{
	"approver": true, "approver-passphrase-file": true, "bundle": true, "delta": true, "es256": true, "key": true, "keyset": true, "laboratories": true,
	"list": true, "overlay": true, "passphrase-file": true, "policy": true, "previous": true,
	"public-key": true, "root": true, "rules": true, "sign-key": true, "sm2": true,
	"snapshot": true, "status": true,
}

// spareInputs refuses a command whose results would replace one another or what
// it reads: a draft, a signature or a key that somebody brought is not lost to a
// name that was mistyped.
func spareInputs(c *cobra.Command, args []string) error {
	var outputs, inputs []place
	c.Flags().Visit(func(f *pflag.Flag) {
		values := flagValues(f)
		switch name := "--" + f.Name; {
		case f.Name == "out":
			outputs = append(outputs, place{name, values[0]})
		case f.Name == "transcript" && f.Value.Type() == "string":
			text := values[0] + transcriptText
			outputs = append(outputs, place{name, values[0]}, place{text, text})
		case inputFlags[f.Name]:
			for _, path := range values {
				if f.Value.Type() != "string" {
					name = path // which of several it is
				}
				inputs = append(inputs, place{name, path})
			}
		}
	})
	for _, path := range args {
		if path != "-" { // standard input is not standard output
			inputs = append(inputs, place{path, path})
		}
	}
	return keepApart(outputs, inputs)
}

// flagValues are the files that a flag names: it may be given several times, with
// several in a list, or with what they are for behind a colon.
func flagValues(f *pflag.Flag) []string {
	given := []string{f.Value.String()}
	if several, ok := f.Value.(pflag.SliceValue); ok {
		given = several.GetSlice()
	}
	if !inputFlags[f.Name] {
		return given
	}
	var paths []string
	for _, value := range given {
		for _, path := range csvList(value) {
			name, _, _ := strings.Cut(path, ":")
			paths = append(paths, path, name)
		}
	}
	return paths
}

// spareKey refuses to replace the file of a private key, which nobody could make
// again, by anything.
func spareKey(path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil // what is wrong with it shows when it is written
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	head := make([]byte, maxKeyFile)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	if bytes.Contains(head[:n], []byte("PRIVATE KEY-----")) {
		return program.Fail("output_is_key", path)
	}
	return nil
}
