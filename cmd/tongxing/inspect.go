package main

import (
	"context"
	"fmt"

	"github.com/fxamacker/cbor/v2"
	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
)

func (a *app) inspectCommand() *cobra.Command {
	var diagnostic bool
	c := a.command("inspect CODE|FILE|-", "inspect", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.inspect(args[0], diagnostic)
	})
	c.Flags().BoolVar(&diagnostic, "diag", false, a.lang.Say("flag_diag"))
	return c
}

// inspection is everything that a code says, for programs.
type inspection struct {
	Source     string             `json:"source,omitempty"`
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
	shown := 0
	for code := range a.codes([]string{arg}) {
		if code.err != nil {
			return code.err
		}
		if err := a.inspectCode(code, diagnostic); err != nil {
			return err
		}
		shown++
	}
	if shown == 0 {
		return fail("no_code_given")
	}
	return nil
}

func (a *app) inspectCode(code scanned, diagnostic bool) error {
	data, err := transport.Decode(code.text)
	if err != nil {
		return codeError(err)
	}
	diag := ""
	if diagnostic {
		if diag, err = diagnose(data); err != nil {
			return failWith(err, "inspect_no_cbor")
		}
	}
	u, err := format.Parse(data)
	if err != nil {
		if diag != "" { // what can be shown of a broken code is shown
			fmt.Fprintln(a.out, diag)
		}
		return failWith(err, "inspect_malformed")
	}
	if a.json {
		return a.printJSON(inspected(code, u, data, diag))
	}
	a.tellInspected(u, data)
	if diag != "" {
		fmt.Fprintln(a.out, diag)
	}
	return nil
}

func inspected(code scanned, u *format.Unverified, data []byte, diag string) inspection {
	version, err := qr.Version(transport.Encode(data))
	if err != nil {
		version = 0
	}
	return inspection{
		Source: code.source, Bytes: len(data), QRVersion: version,
		KeyID: fmt.Sprintf("%x", u.KeyID()), Algorithm: u.Algorithm().String(),
		Credential: u.UnverifiedCredential(), Diagnostic: diag,
	}
}

func (a *app) tellInspected(u *format.Unverified, data []byte) {
	c := u.UnverifiedCredential()
	province := c.Issuer
	if p, ok := spec.RegionByNumber(c.Issuer); ok {
		province += " " + p.Label.In(string(a.lang))
	}
	a.say("inspect_warning")
	a.say("inspect_head", province, clock(c.IssuedAt), clock(c.Expires), u.Algorithm(), fmt.Sprintf("%x", u.KeyID()))
	a.say("inspect_holder", c.Holder.Name, c.Holder.Class, c.Holder.LastTwo, fmt.Sprintf("%x", c.Holder.Tag))
	a.say("inspect_ref", c.Ref.List, c.Ref.List>>8, c.Ref.List&0xff, c.Ref.Index)
	a.tellClaims(c)
	if version, err := qr.Version(transport.Encode(data)); err == nil {
		a.say("inspect_size", len(data), version)
	}
}

// diagnose writes a credential in diagnostic notation (RFC 8949 section 8; RFC
// 8610 appendix G for the embedded CBOR).
func diagnose(data []byte) (string, error) {
	m, err := cose.ParseSign1(data)
	if err != nil {
		return cbor.Diagnose(data)
	}
	mode, err := cbor.DiagOptions{}.DiagMode()
	if err != nil {
		return "", err
	}
	var parts [4]cbor.RawMessage
	var tag cbor.RawTag
	if err := cbor.Unmarshal(data, &tag); err != nil {
		return "", err
	}
	if err := cbor.Unmarshal(tag.Content, &parts); err != nil {
		return "", err
	}
	var protected []byte
	if err := cbor.Unmarshal(parts[0], &protected); err != nil {
		return "", err
	}
	header, err := mode.Diagnose(protected)
	if err != nil {
		return "", err
	}
	payload, err := mode.Diagnose(m.UnverifiedPayload())
	if err != nil {
		return "", err
	}
	signature, err := mode.Diagnose(parts[3])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("18([<< %s >>, {}, << %s >>, %s])", header, payload, signature), nil
}
