// Package config gives the flags that last their values from one configuration file
// and the environment: what is nearest to the act counts.
//
//	flag                                --region 33
//	environment                         TONGXING_REGION=33
//	file, section of the program        [tongxing-issuer]  region = "33"
//	file, above the sections            region = "33"
//	default                             of the program
//
// There is one file for an installation, in TOML: people write it, with comments, and
// a fault in it has a line. It is the one that --config names, else TONGXING_CONFIG,
// else tongxing.toml in the user's folder for configurations, else in that of the
// system; one alone is read. Secrets are never in it, only the paths of their files.
// For a file with
//
//	region = "33"
//	[tongxing-issuer]
//	listen = "0.0.0.0:8443"
//
// `tongxing-issuer config show` says of each setting what it is and who says so:
//
//	listen      0.0.0.0:8443    /etc/tongxing/tongxing.toml:3
//	region      33              /etc/tongxing/tongxing.toml:1
//	drain       2s              default
//
// A key, or a variable that begins with TONGXING_, that no program knows is a fault
// with the nearest one that there is.
package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/folders"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
)

// FileName is the name of the file in its folder.
const FileName = "tongxing.toml"

// Config is the configuration of one run.
type Config struct {
	p     *program.Program
	given string // what --config says
	file  *File  // what was read; it says nothing where there is none
	err   error  // why nothing was read

	judges map[string]Judge // of this program's own settings
}

// New makes p take its settings from a configuration, which says nothing before it is
// read.
func New(p *program.Program) *Config {
	c := &Config{p: p, file: &File{}}
	p.Settings = c
	return c
}

// Attach is New and Read.
func Attach(p *program.Program, args []string) *Config {
	c := New(p)
	c.Read(args)
	return c
}

// Read reads the file that the arguments or the environment name, or one that is in
// its place. The commands are not made yet: the language may stand in it, which their
// help is in. What is wrong is told when a command begins.
func (c *Config) Read(args []string) {
	c.given = argument(args, "--"+fileKey)
	path, err := c.find()
	if err == nil && path != "" {
		c.file, err = Read(path)
	}
	c.err = err
	if lang := c.nearest("lang"); argument(args, "--lang") == "" && len(lang.texts) == 1 {
		c.p.Lang = words.Select(lang.texts[0])
	}
}

// argument finds a flag before the flags are known.
func argument(args []string, flag string) string {
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, flag+"="); ok {
			return value
		}
		if arg == flag && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// system is where this runs.
func (c *Config) system() folders.System {
	return folders.System{GOOS: runtime.GOOS, Getenv: c.p.Getenv}
}

// find returns the path of the file, "" where there is none. One that is named has to
// be there.
func (c *Config) find() (string, error) {
	for _, named := range []string{c.given, c.p.Getenv(Variable(fileKey))} {
		if named != "" {
			return filepath.Abs(named)
		}
	}
	own, services := c.system().Folders().Configuration, c.system().OfServices().Configuration
	for _, folder := range []string{own, services} {
		path := filepath.Join(folder, FileName)
		_, err := os.Stat(path)
		closed := folder != own && errors.Is(err, fs.ErrPermission) // the services' file is nothing to this person
		if folder != "" && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) && !closed {
			return path, nil
		}
	}
	return "", nil
}

// Read reads a file that nobody but its owner may have written.
func Read(path string) (*File, error) {
	if err := folders.CheckFile(path); err != nil {
		return &File{}, explain(err)
	}
	data, err := files.Read(path, maxFile)
	switch {
	case errors.Is(err, files.ErrEmpty):
		data = nil // nothing is set
	case err != nil:
		return &File{}, err
	}
	return Parse(path, data), nil
}

// explain gives what is wrong with a folder or file its words.
func explain(err error) error {
	var fault *folders.Fault
	if !errors.As(err, &fault) {
		return err
	}
	mode := fault.Mode.Perm()
	switch {
	case errors.Is(err, folders.ErrMode):
		return program.FailFor(err, "folder_mode", fault.Path, mode, fault.Mend)
	case errors.Is(err, folders.ErrOwner):
		return program.FailFor(err, "folder_owner", fault.Path)
	case errors.Is(err, folders.ErrAbove):
		return program.FailFor(err, "folder_above", fault.Path, mode, fault.Mend)
	}
	return program.FailFor(err, "folder_kind", fault.Path)
}

// CheckFolders holds the folder for data, where it is there, to its owner alone. A
// program calls it before it begins. In Kubernetes the folder is a volume, whose modes
// the cluster sets and which the pod alone sees: there it is not asked.
func CheckFolders(p *program.Program) error {
	data := (&Config{p: p}).system().Folders().Data
	if data == "" || inCluster(p) {
		return nil
	}
	return explain(folders.Check(data))
}

// CheckKept holds a file for data, wherever it is, to its owner alone, before a program
// opens it: in the folder for data the folder's mode does so.
func CheckKept(p *program.Program, path string) error {
	if inCluster(p) {
		return nil
	}
	return explain(folders.CheckKept(path))
}

// inCluster reports whether the program runs in Kubernetes.
func inCluster(p *program.Program) bool { return p.Getenv("KUBERNETES_SERVICE_HOST") != "" }

// MakeFolder makes a folder for data that is not there yet, and checks it.
func MakeFolder(path string) error { return explain(folders.Make(path)) }

// Apply implements program.Settings: it gives the flags of a command that are not
// given what the environment or the file says.
func (c *Config) Apply(command *cobra.Command) error {
	if isExempt(command) {
		return nil
	}
	if c.err != nil {
		return c.err
	}
	if faults := append(c.unknownVariables(), c.file.Faults...); len(faults) > 0 {
		return faults[0]
	}
	name := commandName(command)
	var wrong error
	command.Flags().VisitAll(func(f *pflag.Flag) {
		s, ok := Of(c.p.Name, name, f.Name)
		if !ok || f.Changed || wrong != nil {
			return
		}
		v, rank := c.said(s.Key)
		if v.texts == nil || c.standsAside(command, s, name, rank) {
			return
		}
		wrong = set(command, f.Name, s, v)
	})
	return wrong
}

// commandName is a command without the name of the program.
func commandName(c *cobra.Command) string {
	_, name, _ := strings.Cut(c.CommandPath(), " ")
	return name
}

// exempt are the commands that help to mend a configuration, or have none.
var exempt = []string{"config", "help", "completion", "version", "man", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}

func isExempt(c *cobra.Command) bool {
	first, _, _ := strings.Cut(commandName(c), " ")
	return slices.Contains(exempt, first)
}

// How near to the act a value is said; the higher the nearer.
const (
	byDefault = iota
	byFile
	bySection
	byEnvironment
	byFlag
)

// said is what is said of a key nearest to the act, flags aside.
func (c *Config) said(key string) (value, int) {
	if text := c.p.Getenv(Variable(key)); text != "" {
		s, _ := Find(c.p.Name, key)
		texts := []string{text}
		if s.List {
			texts = strings.Split(text, ",")
		}
		return value{texts, Variable(key)}, byEnvironment
	}
	if v, ok := c.file.values[c.p.Name][key]; ok {
		return v, bySection
	}
	if v, ok := c.file.values[""][key]; ok {
		return v, byFile
	}
	return value{}, byDefault
}

// nearest is said without how near.
func (c *Config) nearest(key string) value {
	v, _ := c.said(key)
	return v
}

// standsAside reports whether a flag in whose place the setting stands is given nearer.
func (c *Config) standsAside(command *cobra.Command, s Setting, name string, rank int) bool {
	for _, other := range s.Instead {
		f := command.Flags().Lookup(other)
		if f == nil {
			continue
		}
		near := byDefault
		if f.Changed {
			near = byFlag
		}
		if instead, ok := Of(c.p.Name, name, other); ok {
			if _, r := c.said(instead.Key); r > near {
				near = r
			}
		}
		if near > rank {
			return true
		}
	}
	return false
}

// set gives a flag a value; what is wrong with it has its place.
func set(command *cobra.Command, flag string, s Setting, v value) error {
	for _, text := range v.texts {
		wrong := s.check(text)
		if wrong == nil && command.Flags().Set(flag, text) != nil {
			wrong = s.wrongKind()
		}
		if wrong != nil {
			wrong.Place = v.place
			return wrong
		}
	}
	return nil
}

// unknownVariables are those that begin as ours do and are none, in the order of their
// names.
func (c *Config) unknownVariables() (faults []*program.UserError) {
	known := variables()
	for _, name := range c.p.Variables() {
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) {
			continue
		}
		wrong := &program.UserError{Key: "config_variable_unknown", Place: name}
		if near := nearest(strings.TrimPrefix(name, prefix), withoutPrefix(known)); near != "" {
			wrong.Key, wrong.Args = "config_variable_near", []any{prefix + near}
		}
		faults = append(faults, wrong)
	}
	return faults
}

// withoutPrefix are the names of variables without what all of them begin with, which
// would make every one near to every other.
func withoutPrefix(names []string) (all []string) {
	for _, name := range names {
		all = append(all, strings.TrimPrefix(name, prefix))
	}
	return all
}
