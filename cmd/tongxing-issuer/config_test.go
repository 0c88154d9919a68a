package main

import (
	"testing"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/configtest"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

func TestEveryFlagIsASettingOrOfOneAct(t *testing.T) {
	configtest.Hold(t, func(s program.Surroundings) (*program.Program, *cobra.Command) {
		a := &app{Program: program.New("tongxing-issuer", s, nil)}
		a.LogFormat = "json"
		return a.Program, a.rootCommand()
	}, "abandon", "approval", "approver", "approver-passphrase-file", "second-approval", "second-approver", "second-approver-passphrase-file", "backup-made", "at", "before", "by", "chunk",
		"dir", "head", "input", "into", "job", "lists", "out", "places", "proposal", "record", "refused", "renew", "skip", "date", "unforgotten",
		"key", "passphrase-file", // of a record; elsewhere they are settings
		"dev --listen", "dev --region")
}
