package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier/policy"
)

func (a *app) inspectCommand() *cobra.Command {
	var diagnostic bool
	c := a.Command("inspect CODE|FILE|-", "inspect", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.inspect(args[0], diagnostic)
	})
	c.Flags().BoolVar(&diagnostic, "diag", false, a.Lang.Say("flag_diag"))
	return c
}

// inspection is everything that a code says, for programs.
type inspection struct {
	Source     string             `json:"source,omitempty"`
	Line       int                `json:"line,omitempty"`
	Verified   bool               `json:"verified"` // always false: inspect knows no keys
	Bytes      int                `json:"bytes"`
	QRVersion  int                `json:"qr_version"`
	KeyID      string             `json:"key_id"`
	Algorithm  string             `json:"algorithm"`
	Credential *format.Credential `json:"credential"`
	Diagnostic string             `json:"diagnostic,omitempty"`
}

// inspect shows every code that the argument gives, without any word on whether
// it is genuine.
func (a *app) inspect(arg string, diagnostic bool) error {
	if err := a.refuseDocument(arg); err != nil {
		return err
	}
	shown := 0
	for code := range a.codes([]string{arg}) {
		if code.err != nil {
			return code.err
		}
		if err := a.inspectCode(code, diagnostic); err != nil {
			return a.inLine(&code, err)
		}
		shown++
	}
	if shown == 0 {
		return program.Fail("no_code_given")
	}
	return nil
}

// inLine names the place in a fault of one code among several.
func (a *app) inLine(code *scanned, err error) error {
	var own *program.UserError
	if code.several && errors.As(err, &own) {
		placed := *own
		placed.Place = a.placeOf(code)
		return &placed
	}
	return err
}

// refuseDocument refuses what is signed but is no code, and names the command
// that shows it.
func (a *app) refuseDocument(path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, err := files.Read(path, maxBundle)
	if err != nil {
		return nil // a text of codes may be larger; what is wrong shows when it is read
	}
	if _, err := trustlist.ParseBundle(data); err == nil {
		return program.Fail("inspect_bundle", path)
	}
	message, err := publish.ParseDraft(data)
	if err != nil {
		return nil
	}
	unverified, err := trustlist.FromMessage(message)
	if err != nil {
		return nil
	}
	kind := unverified.Kind()
	switch kind {
	case trustlist.KindRoot:
		return program.Fail("inspect_document", path, a.kindName(kind), "root show")
	case trustlist.KindKeySet:
		return program.Fail("inspect_document", path, a.kindName(kind), "keyset show")
	case trustlist.KindList, trustlist.KindPolicy, trustlist.KindAdmission:
		return program.Fail("inspect_document", path, a.kindName(kind), "trust show")
	}
	return program.Fail("inspect_part", path, a.kindName(kind))
}

func (a *app) inspectCode(code scanned, diagnostic bool) error {
	data, err := transport.Decode(code.text)
	if err != nil {
		return codeError(err)
	}
	diag := ""
	if diagnostic {
		if diag, err = diagnose(data); err != nil {
			return program.FailWith(err, "inspect_no_cbor")
		}
	}
	u, err := format.Parse(data)
	if err != nil {
		if diag != "" { // what can be shown of a broken code is shown
			fmt.Fprintln(a.Out, diag)
		}
		return program.FailWith(err, "inspect_malformed")
	}
	if a.JSON {
		return a.PrintJSON(inspected(code, u, data, diag))
	}
	a.tellInspected(u, data)
	if diag != "" {
		fmt.Fprintln(a.Out, diag)
	}
	return nil
}

func inspected(code scanned, u *format.Unverified, data []byte, diag string) inspection {
	version, err := qr.Version(transport.Encode(data))
	if err != nil {
		version = 0
	}
	return inspection{
		Source: code.source, Line: code.line, Bytes: len(data), QRVersion: version,
		KeyID: fmt.Sprintf("%x", u.KeyID()), Algorithm: u.Algorithm().String(),
		Credential: u.UnverifiedCredential(), Diagnostic: diag,
	}
}

func (a *app) tellInspected(u *format.Unverified, data []byte) {
	c := u.UnverifiedCredential()
	province := c.Issuer
	if p, ok := spec.RegionByNumber(c.Issuer); ok {
		province += " " + p.Label.In(string(a.Lang))
	}
	a.Say("inspect_warning")
	a.Say("inspect_head", province, clock(c.IssuedAt), clock(c.Expires), u.Algorithm(), fmt.Sprintf("%x", u.KeyID()))
	a.Say("inspect_holder", c.Holder.Name, c.Holder.Class, c.Holder.LastTwo, fmt.Sprintf("%x", c.Holder.Tag))
	a.Say("inspect_ref", format.ReferenceText(c.Issuer, c.Ref), c.Ref.List, c.Ref.List>>8, c.Ref.List&0xff, c.Ref.Index)
	a.tellClaims(c, policy.Names{}) // without trust material
	if version, err := qr.Version(transport.Encode(data)); err == nil {
		a.Say("inspect_size", len(data), version)
	}
}
