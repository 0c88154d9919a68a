package config_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

// ran is what a run said and how it ended.
type ran struct {
	stdout, stderr string
	status         int
	got            []string // values of the flags of the command
}

// run runs a program with a command `serve` that has some flags of the issuer, with
// the file and the environment.
func run(t *testing.T, file string, environment map[string]string, args ...string) ran {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, config.FileName)
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--config") }) {
		args = append(args, "--config", path)
	}
	got := runIn(t, folder, environment, args...)
	for _, said := range []*string{&got.stdout, &got.stderr} {
		*said = strings.ReplaceAll(*said, folder+"/", "")
	}
	return got
}

func runIn(t *testing.T, home string, environment map[string]string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	var got ran
	p := program.New("tongxing-issuer", program.Surroundings{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Clock: time.Now,
		Getenv: func(name string) string {
			if name == "HOME" {
				return home
			}
			return environment[name]
		},
		Environ: func() (all []string) {
			for name, value := range environment {
				all = append(all, name+"="+value)
			}
			return all
		},
	}, args)
	settings := config.Attach(p, args)
	settings.Judges(map[string]config.Judge{"token-issuer": judged})
	var region, registry, signer string
	var keys []string
	var quota int
	var drain time.Duration
	serve := p.Command("serve", "issuer_serve", cobra.NoArgs, func(context.Context, []string) error {
		got.got = []string{region, registry, signer, strings.Join(keys, "+"), fmt.Sprint(quota), drain.String()}
		p.Log.Info("it runs")
		return nil
	})
	serve.Flags().StringVar(&region, "region", "", "")
	serve.Flags().StringVar(&registry, "registry", "", "")
	serve.Flags().StringVar(&signer, "signer", "", "")
	serve.Flags().StringArrayVar(&keys, "key", nil, "")
	serve.Flags().IntVar(&quota, "quota", 1000, "")
	serve.Flags().DurationVar(&drain, "drain", 2*time.Second, "")
	got.status = p.Run(t.Context(), p.Root("issuer_root", serve, settings.Command()), args)
	got.stdout, got.stderr = stdout.String(), stderr.String()
	return got
}

func Example() {
	f := config.Parse("tongxing.toml", []byte("region = \"33\"\n[tongxing-issuer]\nlisen = \"0.0.0.0:8443\"\n"))
	for _, fault := range f.Faults {
		fmt.Println(fault.Place, fault.Key, fault.Args)
	}
	// Output: tongxing.toml:3 config_unknown_near [lisen listen]
}

func TestTheFileGivesFlagsTheirValues(t *testing.T) {
	file := "region = \"33\"\n[tongxing-issuer]\nregistry = \"data/33.registry\"\nkey = [\"/a\", \"/b,c\"]\nquota = 7\ndrain = \"10s\"\n[tongxing-gate]\nbaud = 1\n"
	got := run(t, file, nil, "serve")
	if len(got.got) == 6 {
		got.got[1] = filepath.Base(filepath.Dir(got.got[1])) + " " + fmt.Sprint(filepath.IsAbs(got.got[1])) // beside the file
	}
	if want := []string{"33", "data true", "", "/a+/b,c", "7", "10s"}; got.status != 0 || !slices.Equal(got.got, want) {
		t.Errorf("%+v, want %q", got, want)
	}
}

func TestOneAloneOfKeysAndSignerCountsAndTheNearer(t *testing.T) {
	file := "[tongxing-issuer]\nsigner = \"/in/file\"\n"
	for name, c := range map[string]struct {
		environment map[string]string
		args        []string
		want        string // signer, keys
	}{
		"the file":                  {nil, nil, "/in/file "},
		"a flag":                    {nil, []string{"--key", "/k"}, " /k"},
		"the environment":           {map[string]string{"TONGXING_KEY": "/k,/l"}, nil, " /k+/l"},
		"a flag before environment": {map[string]string{"TONGXING_KEY": "/k"}, []string{"--signer", "/s"}, "/s "},
	} {
		got := run(t, file, c.environment, append([]string{"serve"}, c.args...)...)
		if got.status != 0 || got.got[2]+" "+got.got[3] != c.want {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}

func TestWhatIsWrongIsToldWithItsLineAndTheNearestThatThereIs(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"a letter too few":      {"[tongxing-issuer]\n\nregisty = \"x\"\n", `tongxing.toml:3: There is no setting "registy"; did you mean registry?`},
		"letters exchanged":     {"reigon = \"33\"\n", `tongxing.toml:1: There is no setting "reigon"; did you mean region?`},
		"an underscore":         {"[tongxing-issuer]\ntls_cert = \"x\"\n", `tongxing.toml:2: There is no setting "tls_cert"; did you mean tls-cert?`},
		"nothing like it":       {"[tongxing-issuer]\nphotograph = true\n", `tongxing.toml:2: There is no setting "photograph".`},
		"wrong, and elsewhere":  {"\nlisen = \"x\"\n", `tongxing.toml:2: There is no setting "lisen"; did you mean listen in [tongxing]?`},
		"the wrong section":     {"\n[tongxing-issuer]\nscanner = \"/dev/ttyACM0\"\n", `tongxing.toml:3: The setting "scanner" does not belong here; it belongs in [tongxing-gate].`},
		"above the sections":    {"drain = \"2s\"\n", `tongxing.toml:1: The setting "drain" does not belong here; it belongs in [tongxing-issuer].`},
		"another's section":     {"[tongxing-gate]\n\nscaner = \"x\"\n", `tongxing.toml:3: There is no setting "scaner"; did you mean scanner?`},
		"a section":             {"\n[tongxing-isuer]\n", `tongxing.toml:2: There is no program "tongxing-isuer"; did you mean [tongxing-issuer]?`},
		"no such section":       {"[server]\nlisten = \"x\"\n", `tongxing.toml:1: There is no program "server"`},
		"a section in a line":   {"tongxing-issuer = {drian = \"2s\"}\n", `tongxing.toml:1: There is no setting "drian"; did you mean drain?`},
		"a dotted key":          {"tongxing-issuer.drian = \"2s\"\n", `tongxing.toml:1: There is no setting "drian"; did you mean drain?`},
		"a list of sections":    {"\n[[tongxing-issuer]]\n", `tongxing.toml:2: There is no setting "tongxing-issuer"`},
		"a number for a text":   {"region = 33\n", `tongxing.toml:1: The setting "region" has to be a text`},
		"a text for a number":   {"[tongxing-issuer]\nquota = \"7\"\n", `tongxing.toml:2: The setting "quota" has to be a whole number`},
		"a fraction":            {"[tongxing-issuer]\nquota = 7.5\n", `has to be a whole number`},
		"too large a number":    {"[tongxing-issuer]\nquota = 99999999999\n", `has to be a whole number`},
		"fewer than none":       {"[tongxing-issuer]\nquota = -7\n", `tongxing.toml:2: The setting "quota" cannot be below zero.`},
		"a time before now":     {"[tongxing-issuer]\ndrain = \"-2s\"\n", `tongxing.toml:2: The setting "drain" cannot be below zero.`},
		"no number":             {"[tongxing-issuer]\nrate = nan\n", `tongxing.toml:2: The setting "rate" has to be a number`},
		"a text for a switch":   {"[tongxing-issuer]\nmetrics-exposed = \"yes\"\n", `has to be true or false`},
		"a number for a time":   {"[tongxing-issuer]\ndrain = 10\n", `has to be a length of time`},
		"no length of time":     {"[tongxing-issuer]\ndrain = \"10 s\"\n", `has to be a length of time`},
		"a date":                {"[tongxing-issuer]\nregistry = 2026-12-01\n", `has to be a text`},
		"a text for a list":     {"[tongxing-issuer]\nkey = \"/k\"\n", `has to be a list of texts`},
		"a list for a text":     {"[tongxing-issuer]\nregistry = [\"x\"]\n", `has to be a text`},
		"a list of numbers":     {"[tongxing-issuer]\nkey = [1]\n", `has to be a list of texts`},
		"not among the choices": {"log-level = \"trace\"\n", `tongxing.toml:1: The value "trace" does not fit the setting "log-level"`},
		"a password":            {"registry = \"postgres://u:geheim@h/d\"\n", `tongxing.toml:1: The address of the setting "registry" has a password in it`},
		"one with a percent":    {"registry = \"postgres://u:100%geheim@h/d\"\n", `has a password in it`},
		"one with a blank":      {"registry = \"postgres://u:a geheim@h/d\"\n", `has a password in it`},
		"one with an @":         {"registry = \"postgres://u:a@geheim@h/d\"\n", `has a password in it`},
		"that of a key":         {"registry = \"postgres://u@h/d?sslmode=require&sslpassword=geheim\"\n", `has a password in it`},
		"one of libpq":          {"registry = \"host=h password = geheim\"\n", `has a password in it`},
		"a password behind":     {"registry = \"postgres://u@h/d?password=geheim\"\n", `has a password in it`},
		"UTF-16 of Windows":     {"\xff\xfer\x00e\x00", `tongxing.toml:1: The file is in UTF-16. Save it as UTF-8`},
		"UTF-16 without a mark": {"r\x00e\x00g\x00", `tongxing.toml:1: The file is in UTF-16.`},
		"UTF-16, the other way": {"\xfe\xff\x00r\x00e", `tongxing.toml:1: The file is in UTF-16.`},
		"twice":                 {"region = \"33\"\nregion = \"32\"\n", `tongxing.toml:2: This is not TOML`},
		"no TOML":               {"\n\nregion: 33\n", `tongxing.toml:3: This is not TOML`},
		"no text":               {"region = \"\xff\"\n", `tongxing.toml:1: This is not TOML`},
	} {
		got := run(t, c.file, nil, "serve", "--lang", "en")
		if got.status != program.StatusFailed || !strings.Contains(got.stderr, c.says) || strings.Count(got.stderr, "\n") != 1 || got.got != nil || strings.Contains(got.stderr, "geheim") {
			t.Errorf("%s: %+v, want %q", name, got, c.says)
		}
		if got := run(t, c.file, nil, "config", "check", "--lang", "zh"); got.status != program.StatusFailed || !strings.Contains(got.stderr, "tongxing.toml") {
			t.Errorf("%s: check: %+v", name, got)
		}
	}
}

func TestAFileOfAWindowsEditorIsRead(t *testing.T) {
	got := run(t, "\xef\xbb\xbfregion = \"33\"\r\n[tongxing-issuer]\r\nquta = 7\r\n", nil, "config", "check", "--lang", "en")
	if want := `tongxing.toml:3: There is no setting "quta"; did you mean quota?`; !strings.Contains(got.stderr, want) || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("%+v, want %q", got, want)
	}
	if got := run(t, "\xef\xbb\xbfregion = \"33\"\r\n", nil, "serve"); got.status != 0 || got.got[0] != "33" {
		t.Errorf("%+v", got)
	}
}

func TestAVariableThatIsNoneIsRefused(t *testing.T) {
	for variable, says := range map[string]string{
		"TONGXING_REGSITRY":            "TONGXING_REGSITRY: There is no such setting; did you mean TONGXING_REGISTRY?",
		"TONGXING_PHOTOGRAPH":          "TONGXING_PHOTOGRAPH: There is no such setting.",
		"TONGXING_FOO":                 "TONGXING_FOO: There is no such setting. ",
		"TONGXING_ISSUER_SERVICE_HOST": "TONGXING_ISSUER_SERVICE_HOST: There is no such setting.",
		"TONGXING_QUOTA":               `TONGXING_QUOTA: The setting "quota" has to be a whole number`,
	} {
		if got := run(t, "", map[string]string{variable: "x"}, "serve", "--lang", "en"); got.status != program.StatusFailed || !strings.Contains(got.stderr, says) {
			t.Errorf("%s: %+v", variable, got)
		}
	}
	for _, other := range []string{"TONGXING_SCANNER", "TONGXING", "TONGXINGREGISTRY", "tongxing_regsitry"} {
		if got := run(t, "", map[string]string{other: "x"}, "serve"); got.status != program.StatusOK {
			t.Errorf("%s: %+v", other, got)
		}
	}
}

func TestAFileThatOthersMayWriteIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, status := range map[os.FileMode]int{0o666: 1, 0o620: 1, 0o644: 0, 0o400: 0} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		got := run(t, "", nil, "serve", "--lang", "en", "--config", path)
		if got.status != status || status != 0 && !strings.Contains(got.stderr, fmt.Sprintf("has mode %04o, by which others can read or change it. Run: chmod go-w %s", mode, path)) {
			t.Errorf("%04o: %+v", mode, got)
		}
	}
}

func TestAFolderForDataThatOthersMayEnterIsToldAndNotChanged(t *testing.T) {
	home := t.TempDir()
	data := filepath.Join(home, ".local", "share", "tongxing")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for mode, says := range map[os.FileMode]string{0o700: "", 0o755: "has mode 0755, by which others can read or change it. Run: chmod 700 " + data} {
		if err := os.Chmod(data, mode); err != nil {
			t.Fatal(err)
		}
		for cluster, says := range map[string]string{"": says, "10.0.0.1": ""} {
			got := runIn(t, home, map[string]string{"KUBERNETES_SERVICE_HOST": cluster}, "config", "check", "--lang", "en")
			if (got.status == 0) != (says == "") || !strings.Contains(got.stderr, says) {
				t.Errorf("%04o: %+v", mode, got)
			}
		}
		if info, err := os.Stat(data); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%04o became %v, %v", mode, info.Mode(), err)
		}
	}
}

func TestTheNearestFileIsReadAndNoOther(t *testing.T) {
	home := t.TempDir()
	write := func(path, region string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("region = \""+region+"\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if got := runIn(t, home, nil, "serve"); got.status != 0 || got.got[0] != "" {
		t.Errorf("no file: %+v", got)
	}
	write(filepath.Join(home, ".config", "tongxing", config.FileName), "11")
	named, variable := write(filepath.Join(home, "named"), "12"), write(filepath.Join(home, "variable"), "13")
	for _, c := range []struct {
		environment map[string]string
		args        []string
		want        string
	}{
		{nil, nil, "11"},
		{map[string]string{"TONGXING_CONFIG": variable}, nil, "13"},
		{map[string]string{"TONGXING_CONFIG": variable}, []string{"--config", named}, "12"},
		{map[string]string{"TONGXING_CONFIG": variable}, []string{"--config=" + named}, "12"},
	} {
		if got := runIn(t, home, c.environment, append([]string{"serve"}, c.args...)...); got.status != 0 || got.got[0] != c.want {
			t.Errorf("%v %v: %+v, want %s", c.environment, c.args, got, c.want)
		}
	}
	if got := runIn(t, home, nil, "serve", "--lang", "en", "--config", filepath.Join(home, "none")); got.status != 1 || !strings.Contains(got.stderr, "none does not exist") {
		t.Errorf("one that is not there: %+v", got)
	}
}

func TestTheLanguageOfTheFileIsThatOfTheHelp(t *testing.T) {
	for _, c := range []struct {
		environment map[string]string
		args        []string
		want        string
	}{
		{nil, nil, "用法"}, {nil, []string{"--lang", "en"}, "Usage"}, {map[string]string{"TONGXING_LANG": "en"}, nil, "Usage"},
	} {
		if got := run(t, "lang = \"zh\"\n", c.environment, append([]string{"serve", "--help"}, c.args...)...); !strings.Contains(got.stdout, c.want) {
			t.Errorf("%v %v: %q", c.environment, c.args, got.stdout)
		}
	}
}

func TestTheLogIsAsTheSettingsSay(t *testing.T) {
	for file, want := range map[string]string{
		"":                        `level=INFO msg="it runs"`,
		"log-format = \"json\"\n": `"msg":"it runs"`,
		"log-level = \"warn\"\n":  "",
	} {
		if got := run(t, file, nil, "serve"); got.status != 0 || !strings.Contains(got.stderr, want) || (want == "") != (got.stderr == "") {
			t.Errorf("%q: %+v", file, got)
		}
	}
	for _, wrong := range []string{"--log-level=all", "--log-format=xml"} {
		if got := run(t, "", nil, "serve", wrong); got.status != program.StatusUsage {
			t.Errorf("%s: %+v", wrong, got)
		}
	}
}

func TestCheckTellsEveryFaultAndWhatTheFileNames(t *testing.T) {
	folder := t.TempDir()
	open, shut := filepath.Join(folder, "open"), filepath.Join(folder, "shut")
	for path, mode := range map[string]os.FileMode{open: 0o644, shut: 0o600} {
		if err := os.WriteFile(path, []byte("secret\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	file := fmt.Sprintf("rate = 1\n[tongxing-issuer]\nkey = [%q, %q]\nquta = 1\nsecret-file = \"%s.none\"\n[tongxing-gate]\nenrol-key = %q\n", open, shut, open, open)
	got := run(t, file, map[string]string{"TONGXING_DRAIN": "soon", "TONGXING_LITEN": "x"}, "config", "check", "--lang", "en")
	for _, says := range []string{
		"TONGXING_LITEN: There is no such setting; did you mean TONGXING_LISTEN?", `TONGXING_DRAIN: The setting "drain"`,
		`tongxing.toml:1: The setting "rate" does not belong here`, `tongxing.toml:4: There is no setting "quta"`,
		"tongxing.toml:3: " + open + " has mode 0644, by which others can read or change it. Run: chmod 600 " + open, "tongxing.toml:5: " + open + ".none does not exist", "tongxing.toml:7: " + open + " has mode 0644",
	} {
		if !strings.Contains(got.stderr, says) {
			t.Errorf("%q is not in %s", says, got.stderr)
		}
	}
	if got.status != program.StatusFailed || strings.Count(got.stderr, "\n") != 7 || strings.Contains(got.stderr, shut) {
		t.Errorf("%+v", got)
	}
	if got := run(t, "region = \"33\"\n", nil, "config", "check", "--lang", "en"); got.status != 0 || got.stdout != "tongxing.toml makes 1 setting, and nothing is wrong.\n" {
		t.Errorf("a good one: %+v", got)
	}
	named := filepath.Join(folder, "other.toml")
	if err := os.WriteFile(named, []byte("[tongxing]\nkep = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(t, "", nil, "config", "check", named, "--json"); got.status != 1 || !strings.Contains(got.stdout, `"settings":0`) || !strings.Contains(got.stdout, "other.toml:2") {
		t.Errorf("one that is named: %+v", got)
	}
}

func TestShowSaysWhoSaysIt(t *testing.T) {
	file := "region = \"33\"\n[tongxing-issuer]\nquota = 7\n"
	environment := map[string]string{"TONGXING_REGISTRY": "postgres://u:geheim@h/d"}
	got := run(t, file, environment, "config", "show", "--json")
	for _, says := range []string{
		`{"key":"region","value":["33"],"from":"tongxing.toml:1","variable":"TONGXING_REGION"}`,
		`{"key":"quota","value":["7"],"from":"tongxing.toml:3","variable":"TONGXING_QUOTA"}`,
		`{"key":"registry","value":["postgres://u:xxxxx@h/d"],"from":"TONGXING_REGISTRY","variable":"TONGXING_REGISTRY"}`,
		`{"key":"drain","value":["2s"],"from":"default","variable":"TONGXING_DRAIN"}`,
		`{"key":"key","value":[],"from":"default","variable":"TONGXING_KEY"}`,
	} {
		if !strings.Contains(got.stdout, says) {
			t.Errorf("%s is not in %s", says, got.stdout)
		}
	}
	for lang, says := range map[string][]string{"zh": {"配置文件：tongxing.toml", "默认"}, "en": {"Configuration file: tongxing.toml", "default"}} {
		got := run(t, file, environment, "config", "show", "--lang", lang)
		if got.status != 0 || !strings.Contains(got.stdout, says[0]) || !strings.Contains(got.stdout, says[1]) || strings.Contains(got.stdout, "geheim") {
			t.Errorf("%s: %+v", lang, got)
		}
	}
}

func TestShowHasNoPasswordHoweverItIsWritten(t *testing.T) {
	for registry, want := range map[string]string{
		"postgres://u:100%geheim@h/d":               "postgres://u:xxxxx@h/d",
		"postgres://u:a geheim@h/d":                 "postgres://u:xxxxx@h/d",
		"postgres://u:a@geheim:x@h:5432/d?a=b":      "postgres://u:xxxxx@h:5432/d?a=b",
		"postgres://u@h/d?a=b&SSLpassword=geheim#x": "postgres://u@h/d?a=b&SSLpassword=xxxxx#x",
		"postgres://u@h/d?password=geheim&a=b":      "postgres://u@h/d?password=xxxxx&a=b",
		"host=h password = 'a geheim' user=u":       "host=h password = xxxxx user=u",
		"postgres://u@h:5432/d?passfile=/p":         "postgres://u@h:5432/d?passfile=/p",
		"/var/lib/a:b@c.registry":                   "/var/lib/a:b@c.registry",
	} {
		got := run(t, "", map[string]string{"TONGXING_REGISTRY": registry}, "config", "show", "--json")
		if encoded, _ := json.Marshal(want); strings.Contains(got.stdout, "geheim") || !strings.Contains(strings.ReplaceAll(got.stdout, "&", `\u0026`), string(encoded)) {
			t.Errorf("%s: %s", registry, got.stdout)
		}
	}
}

func TestTheExampleFileIsThatOfTheTable(t *testing.T) {
	path := filepath.Join("..", "..", "..", "ops", config.FileName)
	want := config.Example()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil || string(data) != want {
		t.Errorf("%s is not what the table makes (UPDATE=1 writes it): %v", path, err)
	}
	if strings.Contains(want, "%!") {
		t.Errorf("a comment lacks an argument: %s", want)
	}
	var on []string
	for line := range strings.Lines(want) {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") && len(line) > 2 {
			line = line[1:]
		}
		on = append(on, line)
	}
	f := config.Parse("tongxing.toml", []byte(strings.Join(on, "")))
	if len(f.Faults) > 0 || f.Count() < 50 {
		t.Errorf("with everything in it: %d settings, %v", f.Count(), f.Faults)
	}
	if f := config.Parse("tongxing.toml", data); len(f.Faults) > 0 || f.Count() != 0 {
		t.Errorf("as it is: %d settings, %v", f.Count(), f.Faults)
	}
}

func TestASharedKeyMeansTheSameToAllThatHaveIt(t *testing.T) {
	kinds := map[string]config.Setting{}
	owners := map[string]int{}
	for _, program := range config.Programs {
		seen := map[string]bool{}
		for _, s := range config.Settings(program) {
			if seen[s.Key] {
				t.Errorf("%s: %s stands twice", program, s.Key)
			}
			seen[s.Key] = true
			if !config.Shared(s.Key) {
				continue
			}
			owners[s.Key]++
			if first, ok := kinds[s.Key]; ok && (first.Kind != s.Kind || first.List != s.List || first.Path != s.Path || !slices.Equal(first.Choices, s.Choices)) {
				t.Errorf("%s: %+v and %+v", s.Key, first, s)
			}
			kinds[s.Key] = s
		}
	}
	for key, n := range owners {
		if n < 2 {
			t.Errorf("%s stands above the sections for %d program", key, n)
		}
	}
}

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile(filepath.Join("..", "..", "..", "ops", config.FileName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.ReplaceAll(example, []byte("\n#"), []byte("\n")))
	for _, seed := range []string{"a.b.c = 1\n", "[tongxing]\nkeep=0x10\n", "[[tongxing]]\n[tongxing.x]\n", "lang = \"\"\"\nzh\"\"\"\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read := config.Parse("x.toml", data)
		for _, fault := range read.Faults {
			if !strings.HasPrefix(fault.Place, "x.toml") || errors.Is(fault, context.Canceled) {
				t.Errorf("a fault without its place: %v", fault)
			}
		}
	})
}
