// Package manual makes manual pages from the help of a command, so that the two say
// the same: a page of section 1 for every command, in the language of the help. The
// markup is man(7), which groff and mandoc read.
//
//	tongxing bundle show FILE      a command
//	tongxing-bundle-show.1         its page
//
//	.TH "TONGXING\-BUNDLE\-SHOW" "1" "2022\-08\-10" "Tongxing 0.1.0" "Tongxing"
//	.SH NAME
//	tongxing\-bundle\-show \- Show what a bundle holds
//
// Between Chinese characters a line may end anywhere but before a closing mark. The
// formatters break lines at blanks alone, so each such place is marked (\:).
package manual

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Options is what a page needs beside the command.
type Options struct {
	Date   string                  // of the release, 2006-01-02, or ""
	Source string                  // what the command is of: "Tongxing 0.1.0"
	Say    func(key string) string // the words of a heading, "man_name" and so on
}

// Pages are the pages of root and every command below it that its help lists, each
// under the name of its file.
func Pages(root *cobra.Command, o Options) map[string][]byte {
	pages := map[string][]byte{Name(root) + ".1": Page(root, o)}
	for _, c := range listed(root) {
		for name, page := range Pages(c, o) {
			pages[name] = page
		}
	}
	return pages
}

// Name is the name of a command's page: "tongxing-bundle-show".
func Name(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// Page is the page of one command.
func Page(c *cobra.Command, o Options) []byte {
	w := &writer{}
	fmt.Fprintf(w, ".TH %s 1 %s %s Tongxing\n", quote(strings.ToUpper(Name(c))), quote(o.Date), quote(o.Source))
	w.WriteString(".nh\n.ad l\n") // no words cut, no blanks stretched
	w.heading(o.Say("man_name"))
	w.text(Name(c) + " - " + c.Short)
	w.heading(o.Say("man_synopsis"))
	w.synopsis(c)
	w.heading(o.Say("man_description"))
	w.paragraphs(description(c))
	if below := listed(c); len(below) > 0 {
		w.heading(o.Say("man_commands"))
		for _, each := range below {
			w.item(bold(each.CommandPath()), each.Short)
		}
	}
	w.flags(o.Say("man_options"), c.NonInheritedFlags())
	w.flags(o.Say("man_global"), c.InheritedFlags())
	w.seeAlso(c, o)
	return w.Bytes()
}

func description(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short
}

// listed are the commands below c that its help lists.
func listed(c *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, each := range c.Commands() {
		if each.IsAvailableCommand() {
			all = append(all, each)
		}
	}
	return all
}

type writer struct{ bytes.Buffer }

func (w *writer) heading(text string) { fmt.Fprintf(w, ".SH %s\n", quote(text)) }

// text writes one line of text.
func (w *writer) text(line string) { w.WriteString(escape(line) + "\n") }

// paragraphs writes text whose paragraphs are apart by an empty line. Lines that are
// indented stand as they are.
func (w *writer) paragraphs(text string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			w.WriteString(".PP\n")
		}
		asIs := false
		for line := range strings.SplitSeq(paragraph, "\n") {
			if indented := strings.HasPrefix(line, "  "); indented != asIs {
				w.WriteString(map[bool]string{true: ".nf\n", false: ".fi\n"}[indented])
				asIs = indented
			}
			w.text(strings.TrimRight(line, " "))
		}
		if asIs {
			w.WriteString(".fi\n")
		}
	}
}

func (w *writer) synopsis(c *cobra.Command) {
	line := strings.TrimSuffix(strings.TrimPrefix(c.UseLine(), c.CommandPath()), " [flags]")
	w.WriteString(bold(c.CommandPath()) + escapeWithin(line))
	if len(listed(c)) > 0 {
		w.WriteString(" \\fICOMMAND\\fR")
	}
	if c.HasAvailableLocalFlags() {
		w.WriteString(" [\\fIOPTION\\fR...]")
	}
	w.WriteString("\n")
}

// item writes a term, which is markup, and what it means.
func (w *writer) item(term, meaning string) {
	fmt.Fprintf(w, ".TP\n%s\n", term)
	w.text(strings.ReplaceAll(meaning, "\n", " "))
}

func (w *writer) flags(heading string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	w.heading(heading)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		term := bold("--" + f.Name)
		if f.Shorthand != "" {
			term = bold("-"+f.Shorthand) + ", " + term
		}
		if value != "" {
			term += " \\fI" + escapeWithin(value) + "\\fR"
		}
		if standing(f) {
			usage += " (" + f.DefValue + ")"
		}
		w.item(term, usage)
	})
}

// standing tells whether a flag has a value of its own that its help should name.
func standing(f *pflag.Flag) bool {
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return false
	}
	return true
}

// seeAlso names the commands around this one.
func (w *writer) seeAlso(c *cobra.Command, o Options) {
	var names []string
	if c.HasParent() {
		names = append(names, Name(c.Root()))
		if c.Parent().HasParent() {
			names = append(names, Name(c.Parent()))
		}
	}
	for _, each := range listed(c) {
		names = append(names, Name(each))
	}
	if len(names) == 0 {
		return
	}
	w.heading(o.Say("man_see"))
	for i, name := range names {
		comma := ","
		if i == len(names)-1 {
			comma = ""
		}
		fmt.Fprintf(w, ".BR %s (1)%s\n", escapeWithin(name), comma)
	}
}
