// Package configtest holds the table of settings to the commands of a program: no flag
// can be forgotten, and each setting obeys the order of who says it.
package configtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

// Made is a program of a test, with its commands.
type Made func(s program.Surroundings) (*program.Program, *cobra.Command)

// ofEveryRun are flags that every program has and that belong to one run.
var ofEveryRun = []string{"help", "json", "config", "date"}

// Hold holds the settings of a program to its commands. Acts are the flags that are no
// settings, each as "flag", or as "command --flag" where the flag is one elsewhere.
func Hold(t *testing.T, made Made, acts ...string) {
	t.Helper()
	p, root := made(surroundings(nil))
	seen := map[string]bool{}
	each(root, func(c *cobra.Command, f *pflag.Flag) {
		name := commandName(c)
		s, isSetting := config.Of(p.Name, name, f.Name)
		isAct := slices.Contains(acts, strings.TrimSpace(name+" --"+f.Name)) || !isSetting && slices.Contains(acts, f.Name)
		switch {
		case isSetting == isAct && !slices.Contains(ofEveryRun, f.Name):
			t.Errorf("%s --%s: in the table of settings %t, of one act %t", c.CommandPath(), f.Name, isSetting, isAct)
		case isSetting:
			seen[s.Key] = true
			holdFlag(t, c, f, s)
		}
	})
	for _, s := range config.Settings(p.Name) {
		if !seen[s.Key] {
			t.Errorf("%s: no command of %s has the setting", s.Key, p.Name)
			continue
		}
		for _, command := range slices.Concat(s.Commands, s.Except) {
			if c, _, err := root.Find(strings.Fields(command)); err != nil || commandName(c) != command || c.Flag(s.FlagName()) == nil {
				t.Errorf("%s: there is no %s --%s", s.Key, command, s.FlagName())
			}
		}
		holdOrder(t, made, s)
	}
}

// holdFlag holds a setting to one of its flags.
func holdFlag(t *testing.T, c *cobra.Command, f *pflag.Flag, s config.Setting) {
	t.Helper()
	types := map[config.Kind][]string{
		config.Text: {"string"}, config.Whole: {"int"}, config.Number: {"float64"}, config.Duration: {"duration"}, config.Switch: {"bool"},
	}[s.Kind]
	if s.List {
		types = []string{"stringArray"}
	}
	if !slices.Contains(types, f.Value.Type()) {
		t.Errorf("%s --%s is %s, and the setting %v", c.CommandPath(), f.Name, f.Value.Type(), types)
	}
	if want := strings.TrimSuffix(f.DefValue, "[]"); s.Default != want {
		t.Errorf("%s --%s is %q by default, and the setting %q", c.CommandPath(), f.Name, want, s.Default)
	}
}

// each visits the flags of all commands, those of the root once.
func each(c *cobra.Command, visit func(*cobra.Command, *pflag.Flag)) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) { visit(c, f) })
	for _, child := range c.Commands() {
		each(child, visit)
	}
}

func commandName(c *cobra.Command) string {
	_, name, _ := strings.Cut(c.CommandPath(), " ")
	return name
}

func surroundings(environment map[string]string) program.Surroundings {
	return program.Surroundings{
		Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{},
		Getenv: func(name string) string {
			if name == "HOME" {
				return "/houses/nobody"
			}
			return environment[name]
		},
		Environ: func() (all []string) {
			for name, value := range environment {
				all = append(all, name+"="+value)
			}
			return all
		},
	}
}

// order is who says the value of a setting, the nearest first.
var order = []string{"flag", "environment", "section", "shared"}

// holdOrder lets every subset of those who can say a setting say it, and holds that
// the nearest counts.
func holdOrder(t *testing.T, made Made, s config.Setting) {
	t.Helper()
	for subset := range 1 << len(order) {
		says := map[string]string{}
		for i, who := range order {
			if subset>>i&1 == 1 && (who != "shared" || config.Shared(s.Key)) {
				says[who] = sample(s, i)
			}
		}
		if got, want := applied(t, made, s, says), nearest(s, says); got != want {
			t.Errorf("%s: %v say it, and it is %q, not %q", s.Key, says, got, want)
		}
	}
}

// nearest is the value that has to count.
func nearest(s config.Setting, says map[string]string) string {
	for _, who := range order {
		if value, ok := says[who]; ok {
			if s.List {
				return "[" + value + "]"
			}
			return value
		}
	}
	if s.List {
		return "[]"
	}
	return s.Default
}

// sample is the value that somebody says: for those that are near to one another they
// differ.
func sample(s config.Setting, i int) string {
	switch {
	case s.Choices != nil:
		return s.Choices[i%len(s.Choices)]
	case s.Kind == config.Switch:
		return fmt.Sprint(i%2 == 0)
	case s.Kind == config.Duration:
		return fmt.Sprintf("%dh0m0s", i+1)
	case s.Kind == config.Whole, s.Kind == config.Number:
		return fmt.Sprint(i + 11)
	}
	return fmt.Sprintf("/said/by/%d", i)
}

// applied is the flag's value in a command that has it when the configuration is
// applied.
func applied(t *testing.T, made Made, s config.Setting, says map[string]string) string {
	t.Helper()
	environment := map[string]string{}
	if value, ok := says["environment"]; ok {
		environment[config.Variable(s.Key)] = value
	}
	p, root := made(surroundings(environment))
	var text string
	if value, ok := says["shared"]; ok {
		text = s.Key + " = " + literal(s, value) + "\n"
	}
	text += "[" + p.Name + "]\n"
	if value, ok := says["section"]; ok {
		text += s.Key + " = " + literal(s, value) + "\n"
	}
	file := filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var command *cobra.Command
	each(root, func(c *cobra.Command, f *pflag.Flag) {
		if of, ok := config.Of(p.Name, commandName(c), f.Name); command == nil && ok && of.Key == s.Key {
			command = c
		}
	})
	if command == root && command.HasSubCommands() && command.LocalNonPersistentFlags().Lookup(s.FlagName()) == nil {
		command = root.Commands()[0] // a flag of all commands
		for _, c := range root.Commands() {
			if c.Name() != "completion" && c.Name() != "version" && c.Name() != "config" {
				command = c
				break
			}
		}
	}
	var args []string
	if value, ok := says["flag"]; ok {
		args = append(args, "--"+s.FlagName()+"="+value)
	}
	if err := command.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	if err := config.Attach(p, append(args, "--config="+file)).Apply(command); err != nil {
		t.Fatal(err)
	}
	return command.Flags().Lookup(s.FlagName()).Value.String()
}

// literal is a value as TOML has it.
func literal(s config.Setting, value string) string {
	if s.Kind == config.Text || s.Kind == config.Duration {
		value = fmt.Sprintf("%q", value)
	}
	if s.List {
		return "[" + value + "]"
	}
	return value
}
