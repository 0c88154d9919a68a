package program_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// outcome is what a run of one command said and how it ended.
type outcome struct {
	stdout, stderr string
	status         int
}

// runOne runs a command that ends with err, `tongxing key`, after set.
func runOne(err error, set func(p *program.Program), args ...string) outcome {
	var stdout, stderr bytes.Buffer
	p := program.New("tongxing", program.Surroundings{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Getenv: func(string) string { return "" }, Clock: time.Now,
	}, args)
	if set != nil {
		set(p)
	}
	key := p.Command("key", "key", cobra.NoArgs, func(context.Context, []string) error { return err })
	status := p.Run(context.Background(), p.Root("root", key), args)
	return outcome{stdout.String(), stderr.String(), status}
}

func TestAnErrorIsOneSentenceAndAStatus(t *testing.T) {
	own := errors.New("own")
	for name, c := range map[string]struct {
		err    error
		args   []string
		says   string
		status int
	}{
		"nothing":       {nil, []string{"key"}, "", program.StatusOK},
		"a message":     {program.Fail("file_missing", "x"), []string{"key"}, "tongxing: x does", program.StatusFailed},
		"in Chinese":    {program.Fail("canceled"), []string{"key", "--lang", "zh"}, "tongxing: 已中断", program.StatusFailed},
		"with a cause":  {program.FailWith(own, "file_missing", "x"), []string{"key"}, "because of own", program.StatusFailed},
		"told":          {program.FailFor(own, "pipe_closed"), []string{"key"}, "tongxing: ", program.StatusFailed},
		"with a place":  {&program.UserError{Key: "pipe_closed", Place: "codes.txt:3"}, []string{"key"}, "tongxing: codes.txt:3: ", program.StatusFailed},
		"of the system": {fmt.Errorf("reading: %w", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}), []string{"key"}, "tongxing: x does", program.StatusFailed},
		"explained":     {fmt.Errorf("y: %w", own), []string{"key"}, "tongxing: (y: own) does", program.StatusFailed},
		"interrupted":   {context.Canceled, []string{"key"}, "tongxing: ", program.StatusCanceled},
		"a usage error": {program.Usage("flag_required", "--out"), []string{"key"}, "tongxing key --help", program.StatusUsage},
		"no command":    {nil, []string{"kye"}, "tongxing --help", program.StatusUsage},
	} {
		got := runOne(c.err, func(p *program.Program) {
			p.Cause = func(err error) string { return "because of " + err.Error() }
			p.Explanations = []program.Explanation{{Target: own, Key: "file_missing"}}
		}, c.args...)
		if got.status != c.status || !strings.Contains(got.stderr, c.says) || strings.Count(got.stderr, "\n") > 1 || (got.stderr == "") != (c.says == "") {
			t.Errorf("%s: status %d, %q, want %d, %q", name, got.status, got.stderr, c.status, c.says)
		}
	}
}

func TestACommandIsNotRunAfterAnErrorBeforeIt(t *testing.T) {
	got := runOne(errors.New("it ran"), func(p *program.Program) {
		p.Before = func(c *cobra.Command, _ []string) error { return program.Usage("flag_required", "--"+c.Name()) }
	}, "key")
	if got.status != program.StatusUsage || !strings.Contains(got.stderr, "--key") {
		t.Errorf("status %d, %q", got.status, got.stderr)
	}
}

func TestHelpIsInTheLanguageOfTheArguments(t *testing.T) {
	for lang, want := range map[string]string{"zh": "用法", "en": "Usage"} {
		if got := runOne(nil, nil, "key", "--help", "--lang="+lang); got.status != program.StatusOK || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: status %d, %q", lang, got.status, got.stdout)
		}
	}
}

func TestDefaultsAreInTheLanguageOfTheRun(t *testing.T) {
	for lang, want := range map[string]string{"zh": "（默认 info）\n", "en": ` (default "info")`} {
		for _, args := range [][]string{{"key", "--help"}, {"help", "key"}, {"--help"}} {
			got := runOne(nil, nil, append(args, "--lang="+lang)...)
			if got.status != program.StatusOK || !strings.Contains(got.stdout, want) || strings.Contains(got.stdout, "(default") != (lang == "en") || got.stderr != "" {
				t.Errorf("%s %q: status %d, %q", lang, args, got.status, got.stdout)
			}
		}
	}
}
