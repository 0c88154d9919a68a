package manual_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/manual"
)

// heading is "NAME" for "man_name".
func heading(key string) string { return strings.ToUpper(strings.TrimPrefix(key, "man_")) }

func example() (*cobra.Command, manual.Options) {
	root := &cobra.Command{Use: "tongxing", Short: "Health codes"}
	root.PersistentFlags().Bool("json", false, "output as JSON")
	show := &cobra.Command{Use: "show FILE", Short: "Show what a bundle holds", Long: "Show it.\n\nExample:\n  tongxing show 'x\\y'", Run: func(*cobra.Command, []string) {}}
	show.Flags().StringP("form", "f", "svg", "one of `FORM`s")
	hidden := &cobra.Command{Use: "man", Short: "pages", Hidden: true, Run: func(*cobra.Command, []string) {}}
	root.AddCommand(show, hidden)
	return root, manual.Options{Date: "2022-08-10", Source: "Tongxing 0.1.0", Say: heading}
}

func ExamplePages() {
	root, o := example()
	for _, line := range strings.SplitAfter(string(manual.Pages(root, o)["tongxing-show.1"]), "\n")[:6] {
		fmt.Print(line)
	}
	// Output:
	// .TH "TONGXING\-SHOW" 1 "2022\-08\-10" "Tongxing 0.1.0" Tongxing
	// .nh
	// .ad l
	// .SH "NAME"
	// tongxing\-show \- Show what a bundle holds
	// .SH "SYNOPSIS"
}

func TestEveryListedCommandHasAPageAndNoOther(t *testing.T) {
	root, o := example()
	pages := manual.Pages(root, o)
	if len(pages) != 2 || pages["tongxing.1"] == nil || pages["tongxing-show.1"] == nil {
		t.Errorf("%d pages", len(pages))
	}
}

func TestAPageSaysWhatTheHelpSays(t *testing.T) {
	root, o := example()
	page := string(manual.Pages(root, o)["tongxing-show.1"])
	for _, want := range []string{
		"\\fBtongxing show\\fR FILE [\\fIOPTION\\fR...]", ".nf\n  tongxing show \\(aqx\\ey\\(aq\n.fi\n",
		"\\fB\\-f\\fR, \\fB\\-\\-form\\fR \\fIFORM\\fR\none of FORMs (svg)\n", "GLOBAL\"\n.TP\n\\fB\\-\\-json\\fR\noutput", ".BR tongxing (1)\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %q:\n%s", want, page)
		}
	}
}

func TestALineOfTextIsNoRequestAndChineseMayBreak(t *testing.T) {
	c := &cobra.Command{Use: "x", Short: "核验，不联网", Long: ".so /etc/passwd\n'br\nfirst \\n .so"}
	page := string(manual.Page(c, manual.Options{Say: heading}))
	for _, line := range []string{"\n\\&.so /etc/passwd\n", "\n\\&\\(aqbr\n", "\nfirst \\en .so\n", "核\\:验，\\:不\\:联\\:网\n"} {
		if !strings.Contains(page, line) {
			t.Errorf("lacks %q:\n%s", line, page)
		}
	}
}
