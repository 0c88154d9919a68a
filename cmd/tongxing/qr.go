package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
)

// maxCodeText bounds what a code can be as text, blanks around it included.
const maxCodeText = 1 << 14

type qrFlags struct {
	out, form string
	module    int
	digits    bool
}

func (a *app) qrCommand() *cobra.Command {
	var f qrFlags
	c := a.command("qr [CODE]", "qr", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		text := "-"
		if len(args) > 0 {
			text = args[0]
		}
		return a.qr(f, text)
	})
	c.Flags().StringVar(&f.out, "out", "", a.lang.Say("flag_qr_out"))
	c.Flags().StringVar(&f.form, "form", "", a.lang.Say("flag_qr_form"))
	c.Flags().IntVar(&f.module, "module", 0, a.lang.Say("flag_module"))
	c.Flags().BoolVar(&f.digits, "digits", false, a.lang.Say("flag_digits"))
	return c
}

// qr draws a code. The text is decoded first: a symbol of something else would
// only show its fault at the gate.
func (a *app) qr(f qrFlags, text string) error {
	text, err := a.codeText(text)
	if err != nil {
		return err
	}
	data, err := transport.Decode(text)
	if err != nil {
		return failWith(err, "qr_not_a_code")
	}
	if f.digits {
		text = transport.EncodeDigits(data)
	}
	symbol, err := qr.Encode(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	form, err := f.pictureForm()
	if err != nil {
		return err
	}
	var picture bytes.Buffer
	options := qr.Options{ModuleSize: f.module}
	switch form {
	case "svg":
		err = symbol.WriteSVG(&picture, options)
	case "png":
		err = symbol.WritePNG(&picture, options)
	default:
		err = symbol.WriteTerminal(&picture, qr.BlackOnWhite)
	}
	if err != nil {
		return failWith(err, "qr_cannot_draw")
	}
	if err := a.writeOut(f.out, picture.Bytes(), 0o600); err != nil {
		return err
	}
	if f.out != "" && f.out != "-" {
		if a.json {
			return a.printJSON(map[string]any{"file": f.out, "version": symbol.Version(), "modules": symbol.Size(), "bytes": len(data)})
		}
		a.say("qr_drawn", f.out, symbol.Version(), symbol.Size(), len(data))
	}
	return nil
}

// pictureForm returns svg, png or terminal: as asked for, or by the file's name.
func (f *qrFlags) pictureForm() (string, error) {
	form := strings.ToLower(f.form)
	if form == "" {
		form = strings.TrimPrefix(strings.ToLower(filepath.Ext(f.out)), ".")
	}
	switch form {
	case "svg", "png", "terminal":
		return form, nil
	case "":
		if f.out == "" || f.out == "-" {
			return "terminal", nil
		}
	}
	return "", usage("qr_form_unknown", f.out)
}

// codeText returns a code given as an argument, or read from standard input
// for "-".
func (a *app) codeText(text string) (string, error) {
	if text != "-" {
		return text, nil
	}
	data, err := io.ReadAll(io.LimitReader(a.stdin, maxCodeText+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > maxCodeText:
		return "", fail("code_too_long", maxCodeText)
	case len(bytes.TrimSpace(data)) == 0:
		return "", fail("no_code_given")
	}
	return string(data), nil
}
