package program

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/manual"
)

// manCommand prints the manual page of a command, or writes those of all. It is for
// whoever makes packages, and the help does not list it.
func (p *Program) manCommand() *cobra.Command {
	var c *cobra.Command
	var out, date string
	c = p.Command("man [COMMAND...]", "man", cobra.ArbitraryArgs, func(_ context.Context, args []string) error {
		o, err := p.manualOptions(date)
		if err != nil {
			return err
		}
		if out != "" {
			return p.writeManual(c.Root(), out, o)
		}
		about, rest, err := c.Root().Find(args)
		if err != nil || len(rest) > 0 {
			return Usage("command_unknown", args[len(args)-1])
		}
		_, err = p.Out.Write(manual.Page(about, o))
		return err
	})
	c.Hidden = true
	c.Flags().StringVar(&out, "out", "", p.Lang.Say("flag_man_out"))
	c.Flags().StringVar(&date, "date", "", p.Lang.Say("flag_man_date"))
	return c
}

func (p *Program) manualOptions(date string) (manual.Options, error) {
	if _, err := time.Parse(time.DateOnly, date); err != nil && date != "" {
		return manual.Options{}, Usage("flag_value", date)
	}
	return manual.Options{
		Date: date, Source: "Tongxing " + Version(),
		Say: func(key string) string { return p.Lang.Say(key) },
	}, nil
}

// writeManual writes a page for every command into the folder.
func (p *Program) writeManual(root *cobra.Command, folder string, o manual.Options) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return AboutFile(folder, err)
	}
	for name, page := range manual.Pages(root, o) {
		if err := files.Write(filepath.Join(folder, name), page, 0o644); err != nil {
			return err
		}
	}
	return nil
}
