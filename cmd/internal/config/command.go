package config

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/folders"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

// Command is `config`, with check and show.
func (c *Config) Command() *cobra.Command {
	p := c.p
	check := p.Command("check [FILE]", "config_check", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		return c.check(args)
	})
	show := p.Command("show", "config_show", cobra.NoArgs, func(context.Context, []string) error { return c.show() })
	return p.Group("config", "config", check, show)
}

// check tells all that is wrong with a file, the one that would be read where none is
// named, and with what it names on this machine.
func (c *Config) check(args []string) error {
	file, err := c.file, c.err
	if len(args) == 1 {
		var path string
		if path, err = filepath.Abs(args[0]); err == nil {
			file, err = Read(path)
		}
	}
	if err != nil {
		return err
	}
	faults := append(c.unknownVariables(), file.Faults...)
	faults = append(faults, c.wrongVariables()...)
	faults = append(faults, c.meant(file)...)
	faults = append(faults, file.named()...)
	if err := CheckFolders(c.p); err != nil {
		var own *program.UserError
		if !errors.As(err, &own) {
			return err
		}
		faults = append(faults, own)
	}
	if len(faults) > 0 {
		c.p.Status = program.StatusFailed
	}
	return c.tell(file, faults)
}

// tell prints the outcome of a check.
func (c *Config) tell(file *File, faults []*program.UserError) error {
	var said []string
	for _, fault := range faults {
		text, _ := c.p.Explain(fault)
		said = append(said, text)
	}
	if c.p.JSON {
		return c.p.PrintJSON(struct {
			File     string   `json:"file"`
			Settings int      `json:"settings"`
			Faults   []string `json:"faults"`
		}{file.Path, file.Count(), append([]string{}, said...)})
	}
	for _, text := range said {
		c.p.Note("config_fault", text)
	}
	switch {
	case len(faults) > 0:
	case file.Path == "":
		c.p.Say("config_none", filepath.Join(c.system().Folders().Configuration, FileName))
	default:
		c.p.Say("config_good", file.Path, file.Count())
	}
	return nil
}

// wrongVariables are the values of the environment that do not fit.
func (c *Config) wrongVariables() (faults []*program.UserError) {
	for _, s := range Settings(c.p.Name) {
		v, rank := c.said(s.Key)
		if rank != byEnvironment {
			continue
		}
		for _, text := range v.texts {
			wrong := s.check(text)
			if wrong == nil {
				wrong = c.judged(text, []Judge{s.Judge, c.judges[s.Key]})
			}
			if wrong != nil {
				wrong.Place = v.place
				faults = append(faults, wrong)
			}
		}
	}
	return faults
}

// named is what is wrong with the files that hold secrets: they have to be there, and
// to be their owner's alone.
func (f *File) named() (faults []*program.UserError) {
	for _, program := range Programs {
		for _, s := range Settings(program) {
			if v, ok := f.values[program][s.Key]; ok && s.Secret {
				faults = append(faults, secrets(v)...)
			}
		}
	}
	return faults
}

func secrets(v value) (faults []*program.UserError) {
	for _, path := range v.texts {
		err := explain(folders.CheckSecret(path))
		var wrong *program.UserError
		switch {
		case err == nil:
			continue
		case errors.As(err, &wrong):
		case errors.Is(err, fs.ErrNotExist):
			wrong = &program.UserError{Key: "file_missing", Args: []any{path}}
		case errors.Is(err, fs.ErrPermission):
			wrong = &program.UserError{Key: "file_denied", Args: []any{path}}
		default:
			wrong = &program.UserError{Key: "failed", Args: []any{err}}
		}
		wrong.Place = v.place
		faults = append(faults, wrong)
	}
	return faults
}

// view is a setting as show shows it.
type view struct {
	Key      string   `json:"key"`
	Value    []string `json:"value"` // of a list any number
	From     string   `json:"from"`  // "file:line", a variable, or "default"
	Variable string   `json:"variable"`
}

// show prints every setting of the program: what it is, and who says so.
func (c *Config) show() error {
	if c.err != nil {
		return c.err
	}
	if faults := append(c.unknownVariables(), c.file.Faults...); len(faults) > 0 {
		return faults[0]
	}
	all := c.views()
	if c.p.JSON {
		return c.p.PrintJSON(struct {
			File     string `json:"file"`
			Data     string `json:"data_folder"`
			Settings []view `json:"settings"`
		}{c.file.Path, c.system().Folders().Data, all})
	}
	path := c.file.Path
	if path == "" {
		path = c.p.Lang.Say("config_no_file")
	}
	c.p.Say("config_head", path, c.system().Folders().Data)
	for _, v := range all {
		from := v.From
		if from == "default" {
			from = c.p.Lang.Say("config_default")
		}
		c.p.Say("config_line", v.Key, strings.Join(v.Value, ", "), from)
	}
	return nil
}

// views are the settings of the program in the order of their keys.
func (c *Config) views() (all []view) {
	for _, s := range Settings(c.p.Name) {
		v, rank := c.said(s.Key)
		if rank == byDefault {
			v = value{place: "default"}
			if s.Default != "" {
				v.texts = []string{s.Default}
			}
		}
		one := view{s.Key, []string{}, v.place, Variable(s.Key)}
		for _, text := range v.texts {
			one.Value = append(one.Value, redacted(text))
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b view) int { return strings.Compare(a.Key, b.Key) })
	return all
}
