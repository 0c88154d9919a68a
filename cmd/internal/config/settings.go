package config

import (
	"slices"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/logs"
)

// Kind is what the value of a setting is.
type Kind int

// The kinds that there are.
const (
	Text Kind = iota
	Whole
	Number
	Duration
	Switch
)

// Setting is a flag that lasts: it has a key in the file and a variable of the
// environment.
type Setting struct {
	Key      string
	Flag     string   // its name, where that is not the key
	Commands []string // that have it, without the program's name; nil: all that have the flag
	Except   []string // of those, that do not take it from the file or the environment
	Instead  []string // flags in whose place it stands: one given nearer puts it aside

	Kind    Kind
	List    bool
	Path    bool     // a path, or several; in the file relative to its folder
	Secret  bool     // a path to something that its owner alone may read
	Choices []string // nil: any
	Default string   // as the flag has it
	Judge   Judge    // of what a value means; nil: any of its kind does

	Words   string // key of what it means, in both languages
	Example string // as it stands in the example file
}

// FlagName is the flag of the setting.
func (s Setting) FlagName() string {
	if s.Flag != "" {
		return s.Flag
	}
	return s.Key
}

// prefix begins each variable of the house.
const prefix = "TONGXING_"

// fileKey is the key by which the environment names the file itself.
const fileKey = "config"

// Variable is the name of a key in the environment.
func Variable(key string) string { return prefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_")) }

// takes reports whether a command takes the setting from the file or the environment.
func (s Setting) takes(command string) bool {
	return (s.Commands == nil || slices.Contains(s.Commands, command)) && !slices.Contains(s.Except, command)
}

// Programs are those with a section of their own, in the order of the example.
var Programs = []string{"tongxing", "tongxing-issuer", "tongxing-gate", "tongxing-signer"}

// shared are the keys that mean the same to every program that has them, and may stand
// above the sections.
var shared = []string{
	"lang", "log-level", "log-format", "store", "root", "venue-class", "venue-region", "status-list-required",
	"region", "registry", "lifetime",
}

// Shared reports whether a key may stand above the sections.
func Shared(key string) bool { return slices.Contains(shared, key) }

// everywhere are the settings of all programs.
func everywhere(format string) []Setting {
	return []Setting{
		{Key: "lang", Choices: []string{"zh", "en"}, Words: "flag_lang", Example: `"zh"`},
		{Key: "log-level", Choices: logs.Levels, Default: "info", Words: "flag_log_level", Example: `"info"`},
		{Key: "log-format", Choices: logs.Formats, Default: format, Words: "flag_log_format", Example: `"text"`},
	}
}

// Settings are those of a program.
func Settings(program string) []Setting {
	switch program {
	case "tongxing":
		return append(everywhere("text"), commandLine...)
	case "tongxing-issuer":
		return append(everywhere("json"), issuing...)
	case "tongxing-gate":
		return append(everywhere("text"), gate...)
	case "tongxing-signer":
		return append(everywhere("json"), signing...)
	}
	return nil
}

// Find returns the setting of a program with a key.
func Find(program, key string) (Setting, bool) {
	all := Settings(program)
	i := slices.IndexFunc(all, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return Setting{}, false
	}
	return all[i], true
}

// Of returns the setting that a flag of a command is.
func Of(program, command, flag string) (Setting, bool) {
	for _, s := range Settings(program) {
		if s.FlagName() == flag && s.takes(command) {
			return s, true
		}
	}
	return Setting{}, false
}

// owners are the programs that have a key.
func owners(key string) (all []string) {
	for _, program := range Programs {
		if _, ok := Find(program, key); ok {
			all = append(all, program)
		}
	}
	return all
}

// keysAt are the keys that may stand in a section, "" for above all of them.
func keysAt(section string) (all []string) {
	if section == "" {
		return shared
	}
	for _, s := range Settings(section) {
		all = append(all, s.Key)
	}
	return all
}

// variables are the names of the environment that any program of the house takes.
func variables() []string {
	all := []string{Variable(fileKey)}
	for _, program := range Programs {
		for _, s := range Settings(program) {
			if name := Variable(s.Key); !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}
