package main

import (
	"context"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// The version of the credential format that this program writes and reads: the
// number in TX1: and the payload key that signs it (spec/credential.md).
const (
	formatVersion = 1
	formatKey     = -65537
)

func (a *app) versionCommand() *cobra.Command {
	return a.Command("version", "version", cobra.NoArgs, func(context.Context, []string) error {
		version, build := "(devel)", ""
		if info, ok := debug.ReadBuildInfo(); ok {
			version = info.Main.Version
			build = info.GoVersion
		}
		if a.JSON {
			return a.PrintJSON(map[string]any{"version": version, "format": formatVersion, "payload_key": formatKey, "go": build})
		}
		a.Say("version", version, formatVersion, formatKey, build)
		return nil
	})
}
