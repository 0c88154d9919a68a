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
	return a.command("version", "version", cobra.NoArgs, func(context.Context, []string) error {
		program, build := "(devel)", ""
		if info, ok := debug.ReadBuildInfo(); ok {
			program = info.Main.Version
			build = info.GoVersion
		}
		if a.json {
			return a.printJSON(map[string]any{"version": program, "format": formatVersion, "payload_key": formatKey, "go": build})
		}
		a.say("version", program, formatVersion, formatKey, build)
		return nil
	})
}
