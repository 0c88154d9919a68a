package main

import (
	"testing"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/configtest"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

func TestEveryFlagIsASettingOrOfOneAct(t *testing.T) {
	configtest.Hold(t, func(s program.Surroundings) (*program.Program, *cobra.Command) {
		a := &app{program.New("tongxing-gate", s, nil)}
		return a.Program, a.rootCommand()
	}, "at", "stdin", "training", "out")
}
