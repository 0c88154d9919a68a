package program

import (
	"bytes"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/words"
)

// theDefault is how the module for flags ends the line of one that has a default.
var theDefault = regexp.MustCompile(`(?m) \(default "?(.*?)"?\)$`)

// sayDefaults gives the defaults of flags in help the language of the run: the module
// for flags says them in English.
func (p *Program) sayDefaults(root *cobra.Command) {
	if p.Lang == words.English {
		return
	}
	usage := root.UsageFunc()
	root.SetUsageFunc(func(c *cobra.Command) error {
		var text bytes.Buffer
		out := c.OutOrStderr()
		c.SetOut(&text)
		err := usage(c)
		c.SetOut(out)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, theDefault.ReplaceAllString(text.String(), p.Lang.Say("flag_default", "$1")))
		return err
	})
}
