package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/conformance"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

// answerLimit is how long an implementation may take for one answer, where
// --limit says nothing: a start from cold in any language.
const answerLimit = 10 * time.Second

type conformanceFlags struct {
	vectors string
	limit   time.Duration
	answer  bool
}

func (a *app) conformanceCommand() *cobra.Command {
	var f conformanceFlags
	var c *cobra.Command
	c = a.Command("conformance [DIR | -- COMMAND...]", "conformance", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		if f.answer {
			return a.answerRequests(ctx, c, args)
		}
		folder, command, err := underTest(args, c.ArgsLenAtDash())
		if err != nil {
			return err
		}
		return a.conformance(ctx, f, folder, command)
	})
	c.Flags().StringVar(&f.vectors, "vectors", "", a.Lang.Say("flag_vectors"))
	c.Flags().DurationVar(&f.limit, "limit", answerLimit, a.Lang.Say("flag_limit"))
	c.Flags().BoolVar(&f.answer, "answer", false, a.Lang.Say("flag_answer"))
	return c
}

// answerRequests is the verifier of this program as an implementation under
// test.
func (a *app) answerRequests(ctx context.Context, c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return program.Usage("arguments_wrong", len(args), c.UseLine())
	}
	for _, flag := range []string{"vectors", "limit"} {
		if c.Flags().Changed(flag) {
			return program.Usage("flags_exclude", "--answer", "--"+flag)
		}
	}
	v, err := conformance.NewVerifier()
	if err != nil {
		return err
	}
	err = v.Serve(ctx, a.Stdin, flusher{a})
	var wrong *conformance.RequestError
	if errors.As(err, &wrong) {
		return program.FailWith(wrong.Err, "request_unreadable", wrong.Line)
	}
	return err
}

// flusher prints what is written at once: the next request comes after it.
type flusher struct{ a *app }

func (w flusher) Write(p []byte) (int, error) {
	n, err := w.a.Out.Write(p)
	return n, errors.Join(err, w.a.Out.Flush())
}

// underTest tells a folder of vectors from a command. What stands behind -- is
// always a command; before it a folder is a folder.
func underTest(args []string, dash int) (folder string, command []string, err error) {
	switch {
	case dash == 0 && len(args) == 0:
		return "", nil, program.Usage("no_command_given")
	case dash > 0:
		return "", nil, program.Usage("folder_and_command", args[0])
	case dash < 0 && len(args) == 1:
		if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
			return args[0], nil, nil
		}
	}
	if len(args) == 0 {
		return "", nil, nil
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		return "", nil, program.FailFor(err, "neither_folder_nor_command", args[0])
	}
	return "", args, nil
}

func (a *app) conformance(ctx context.Context, f conformanceFlags, folder string, command []string) error {
	switch {
	case folder != "" && f.vectors != "":
		return program.Usage("flags_exclude", folder, "--vectors")
	case f.limit <= 0:
		return program.Usage("flag_value", f.limit.String())
	case folder == "":
		folder = f.vectors
	}
	all, err := loadVectors(folder)
	if err != nil {
		return err
	}
	bar, done := a.progress("progress_conformance"), 0
	defer bar.end()
	each := func() { done++; bar.set(int64(done), int64(len(all))) }
	var report *conformance.Report
	name := "tongxing"
	if command == nil {
		report, err = runOwn(ctx, all, each)
	} else {
		name = strings.Join(command, " ")
		report, err = a.runCommand(ctx, f, command, all, each)
	}
	if err != nil {
		return noReport(name, err)
	}
	bar.end()
	return a.tellConformance(name, report)
}

// loadVectors reads the vectors of a folder, or those that the program has.
func loadVectors(folder string) ([]vectors.Vector, error) {
	if folder == "" {
		return vectors.Load()
	}
	if _, err := os.ReadDir(folder); err != nil {
		return nil, program.AboutFile(folder, errors.Unwrap(err))
	}
	all, err := vectors.LoadFrom(os.DirFS(folder))
	var unread *fs.PathError
	switch {
	case errors.Is(err, vectors.ErrNone):
		return nil, program.FailFor(err, "folder_without_vectors", folder)
	case errors.As(err, &unread):
		return nil, program.AboutFile(folder+"/"+unread.Path, unread.Err)
	case err != nil:
		return nil, program.FailWith(err, "vectors_unreadable", folder)
	}
	return all, nil
}

func runOwn(ctx context.Context, all []vectors.Vector, each func()) (*conformance.Report, error) {
	v, err := conformance.NewVerifier()
	if err != nil {
		return nil, err
	}
	return conformance.Run(ctx, all, v, each)
}

func (a *app) runCommand(ctx context.Context, f conformanceFlags, command []string, all []vectors.Vector, each func()) (*conformance.Report, error) {
	process, err := conformance.Start(ctx, command, f.limit, a.Stderr)
	if err != nil {
		return nil, program.FailWith(err, "implementation_start", strings.Join(command, " "))
	}
	report, err := conformance.Run(ctx, all, process, each)
	if err != nil {
		process.Stop()
		return nil, err
	}
	if err := process.Close(ctx); err != nil {
		return nil, &conformance.VectorError{Err: err}
	}
	return report, nil
}

// noReport gives the reasons why a run stopped their words.
func noReport(name string, err error) error {
	var at *conformance.VectorError
	if !errors.As(err, &at) || canceled(err) {
		return err
	}
	for _, known := range []struct {
		target   error
		key, end string
	}{
		{conformance.ErrEnded, "implementation_ended", "implementation_ended_last"},
		{conformance.ErrSilent, "implementation_silent", "implementation_silent_last"},
		{conformance.ErrRubbish, "implementation_rubbish", "implementation_rubbish_last"},
	} {
		if !errors.Is(err, known.target) {
			continue
		}
		if at.Name == "" {
			return program.FailWith(at.Err, known.end, name)
		}
		return program.FailWith(at.Err, known.key, name, at.Name)
	}
	return program.FailWith(at.Err, "vector_without_answer", at.Name)
}

func (a *app) tellConformance(name string, report *conformance.Report) error {
	if report.Disagree > 0 {
		a.Status = statusNotPass
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Implementation string `json:"implementation"`
			*conformance.Report
		}{name, report})
	}
	for _, d := range report.Disagreements {
		a.Say("conformance_disagrees", d.Name, d.Expected, d.Got, d.Comment)
		if _, known := spec.ReasonByName(d.Got); !known {
			a.Say("conformance_no_reason", d.Got)
		}
	}
	a.Say("conformance_sum", name, report.Vectors, report.Agree, report.Disagree)
	return nil
}
