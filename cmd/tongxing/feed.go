package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/feed"
)

func (a *app) feedCommand() *cobra.Command { return a.Group("feed", "feed", a.feedImportCommand()) }

type feedFlags struct{ region, at, out, rejects, temp string }

func (a *app) feedImportCommand() *cobra.Command {
	var f feedFlags
	c := a.Command("import FOLDER", "feed_import", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.feedImport(ctx, f, args[0])
	})
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_records_out"))
	c.Flags().StringVar(&f.rejects, "rejects", "", a.Lang.Say("flag_rejects"))
	c.Flags().StringVar(&f.temp, "temp", "", a.Lang.Say("flag_temp"))
	return c
}

func (a *app) feedImport(ctx context.Context, f feedFlags, folder string) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	if err := f.check(a, folder); err != nil {
		return err
	}
	records, err := a.output(f.out, 0o600)
	if err != nil {
		return err
	}
	defer records.Discard()
	rejects, err := a.besideOutput(f.rejects, 0o600)
	if err != nil {
		return err
	}
	defer rejects.Discard()
	bar := a.progressOf("progress_import", "")
	defer bar.end()
	summary, err := feed.Import(ctx, os.DirFS(folder), feed.Options{
		Region: f.region, At: at, Records: records, Rejects: rejects, TempDir: f.temp,
		Progress: func(p feed.Progress) { bar.set(p.Done, p.Total) },
	})
	bar.end()
	if err != nil {
		return a.feedError(folder, err)
	}
	if err := commitAll(records, rejects); err != nil {
		return err
	}
	if summary.Rejected > 0 {
		a.Status = program.StatusRejects
	}
	return a.feedSummary(f, summary)
}

// check holds the flags to what an import needs, before any of it is read.
func (f *feedFlags) check(a *app, folder string) error {
	switch {
	case f.region == "":
		return program.Usage("flag_required", "--region")
	case config.Region(f.region) != nil:
		return config.Region(f.region)
	case f.out == "":
		return program.Usage("flag_required", "--out")
	case f.out == "-" && a.JSON:
		return program.Usage("json_and_stdout")
	}
	if err := isFolder(folder); err != nil {
		return err
	}
	if f.temp != "" {
		if err := isFolder(f.temp); err != nil {
			return err
		}
	}
	outputs := []place{{"--out", f.out}, {"--rejects", f.rejects}}
	return keepApart(outputs, feedsIn(folder))
}

func isFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return program.AboutFile(path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return program.Fail("not_a_folder", path)
	}
	return nil
}

// feedsIn returns the files that an import of the folder reads, and those that
// it would take for a feed if they were there.
func feedsIn(folder string) []place {
	var feeds []place
	for _, name := range []string{"people", "tests", "vaccinations", "status"} {
		for _, suffix := range []string{".csv", ".jsonl", ".ndjson"} {
			path := filepath.Join(folder, name+suffix)
			feeds = append(feeds, place{path, path})
		}
	}
	return feeds
}

func (a *app) feedSummary(f feedFlags, s feed.Summary) error {
	if a.JSON {
		return a.PrintJSON(s)
	}
	say := a.Say
	if f.out == "-" {
		say = a.Note
	}
	for _, file := range s.Files {
		if file.File == "" {
			say("feed_file_missing", file.Feed)
			continue
		}
		say("feed_file", file.File, file.Encoding, file.Rows, file.Accepted, file.Repeated, file.Rejected, file.OfRefused)
	}
	say("feed_summary", s.Records, s.People, s.WithoutClaim, s.Rejected)
	if s.Rejected > 0 && f.rejects != "" {
		say("feed_rejects_in", f.rejects)
	}
	return nil
}

// feedError gives the faults of a feed as a whole their words. A path in them is
// relative to the folder.
func (a *app) feedError(folder string, err error) error {
	var file *feed.FileError
	switch {
	case errors.Is(err, feed.ErrNoPeople):
		return program.Fail("feed_no_people", folder)
	case errors.As(err, &file):
		path := filepath.Join(folder, file.File)
		switch {
		case errors.Is(err, feed.ErrColumnMissing):
			return program.Fail("feed_column_missing", path, file.Column)
		case errors.Is(err, feed.ErrColumnTwice):
			return program.Fail("feed_column_twice", path, file.Column)
		case errors.Is(err, feed.ErrEncoding):
			return program.Fail("feed_encoding", path, file.Line)
		case errors.Is(err, feed.ErrAmbiguous):
			return program.Fail("feed_ambiguous", path)
		case errors.Is(err, feed.ErrEmpty):
			return &files.PathError{Path: path, Err: files.ErrEmpty}
		case errors.Is(err, feed.ErrNotAFile):
			return program.Fail("feed_not_a_file", path)
		case errors.Is(err, feed.ErrHeader):
			return program.FailWith(err, "feed_header", path)
		}
	case errors.Is(err, feed.ErrOptions):
		return program.Usage("feed_options", err)
	}
	return err
}
