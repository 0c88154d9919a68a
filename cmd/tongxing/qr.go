package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
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
	c := a.Command("qr [CODE]", "qr", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		text := "-"
		if len(args) > 0 {
			text = args[0]
		}
		return a.qr(f, text)
	})
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_qr_out"))
	c.Flags().StringVar(&f.form, "form", "", a.Lang.Say("flag_qr_form"))
	completeFlag(c, "form", "png", "svg", "terminal")
	c.Flags().IntVar(&f.module, "module", 0, a.Lang.Say("flag_module"))
	c.Flags().BoolVar(&f.digits, "digits", false, a.Lang.Say("flag_digits"))
	return c
}

// qr draws a code. The text is decoded first: a symbol of something else would
// only show its fault at the gate.
func (a *app) qr(f qrFlags, text string) error {
	given := text
	text, err := a.codeText(text)
	if err != nil {
		return err
	}
	data, err := transport.Decode(text)
	if info, statErr := os.Stat(given); err != nil && statErr == nil && info.Mode().IsRegular() {
		return program.Fail("qr_of_file", given)
	}
	if err != nil {
		return codeError(err)
	}
	if _, err := format.Parse(data); err != nil {
		return program.FailWith(err, "qr_no_credential")
	}
	if f.digits {
		text = transport.EncodeDigits(data)
	}
	symbol, err := qr.Encode(text)
	if err != nil {
		return err
	}
	form, err := f.pictureForm()
	if err != nil {
		return err
	}
	drawn := drawnCode{f.out, symbol.Version(), symbol.Size(), len(data), ""}
	switch {
	case f.out == "-" && a.JSON:
		return program.Usage("json_and_stdout")
	case f.out == "" && a.JSON: // a picture would be no JSON
		drawn.Text = text
		return a.PrintJSON(drawn)
	}
	if err := a.draw(f, symbol, form); err != nil {
		return err
	}
	switch {
	case f.out == "" || f.out == "-":
	case a.JSON:
		return a.PrintJSON(drawn)
	default:
		a.Say("qr_drawn", f.out, drawn.Version, drawn.Modules, drawn.Bytes)
	}
	return nil
}

// drawnCode is a symbol for programs.
type drawnCode struct {
	File    string `json:"file,omitempty"`
	Version int    `json:"version"`
	Modules int    `json:"modules"` // a side
	Bytes   int    `json:"bytes"`   // of the credential
	Text    string `json:"text,omitempty"`
}

// draw writes a symbol where the flags say.
func (a *app) draw(f qrFlags, symbol *qr.Symbol, form string) error {
	var picture bytes.Buffer
	var err error
	options := qr.Options{ModuleSize: f.module}
	switch form {
	case "svg":
		err = symbol.WriteSVG(&picture, options)
	case "png":
		err = symbol.WritePNG(&picture, options)
	default:
		err = symbol.WriteTerminal(&picture, qr.BlackOnWhite)
	}
	if errors.Is(err, qr.ErrOptions) {
		return program.Usage("module_range", f.module, qr.MaxSide/(symbol.Size()+2*qr.QuietZone))
	}
	if err != nil {
		return err
	}
	return a.writeOut(f.out, picture.Bytes(), 0o600)
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
	return "", program.Usage("qr_form_unknown", f.out)
}

// codeText returns the one code given as an argument, or read from standard
// input for "-": its text, or a line as issue writes it.
func (a *app) codeText(text string) (string, error) {
	if text == "-" {
		data, err := io.ReadAll(io.LimitReader(a.Stdin, maxCodeText+1))
		if err != nil {
			return "", err
		}
		text = string(data)
	}
	text = unwrap(strings.TrimSpace(text))
	switch {
	case len(text) > maxCodeText:
		return "", program.Fail("code_too_long", maxCodeText)
	case text == "":
		return "", program.Fail("no_code_given")
	case strings.Contains(text, "\n"):
		return "", program.Fail("one_code_only")
	}
	return codeOfLine(text), nil
}

// codeError gives the faults of the text of a code their words.
func codeError(err error) error {
	var damaged *transport.DamagedError
	switch {
	case errors.Is(err, transport.ErrLaterVersion):
		return program.FailFor(err, "later_code")
	case !errors.As(err, &damaged):
		return program.FailFor(err, "not_a_code")
	}
	at := damaged.Offset + 1
	switch damaged.Problem {
	case transport.LowerCase:
		return program.FailFor(err, "code_lower_case", at)
	case transport.WrongCharacter:
		return program.FailFor(err, "code_wrong_character", at)
	case transport.Overflow:
		return program.FailFor(err, "code_wrong_group", at)
	}
	return program.FailFor(err, "code_wrong_length")
}
