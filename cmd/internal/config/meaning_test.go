package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

// A value of the right kind may still be one that no start takes: the check says so,
// with its line, for the sections of all programs.
func TestCheckRefusesWhatAStartWouldRefuse(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"no such region":          {"\nregion = \"klingon\"\n", `tongxing.toml:2: The region "klingon" is no provincial division.`},
		"in another's section":    {"[tongxing]\nregion = \"34x\"\n", `tongxing.toml:2: The region "34x" is no`},
		"a venue in no region":    {"[tongxing-gate]\nvenue-region = \"99\"\n", `tongxing.toml:2: The region "99" is no`},
		"a rate without an end":   {"[tongxing-issuer]\nrate = inf\n", `tongxing.toml:2: The value "+Inf" does not fit`},
		"no rate at all":          {"[tongxing-issuer]\naddress-rate = 0.5\n", `tongxing.toml:2: --address-rate is 0.5: give 1 or more`},
		"a quota of nothing":      {"[tongxing-issuer]\nquota = 0\n", `tongxing.toml:2: --quota is 0: give 1 or more`},
		"an hour's drain":         {"[tongxing-issuer]\ndrain = \"1h\"\n", `tongxing.toml:2: The value "1h0m0s" does not fit`},
		"plain HTTP for all":      {"\n[tongxing-issuer]\nlisten = \"0.0.0.0:8443\"\n", `tongxing.toml:3: Plain HTTP is for loopback alone, and 0.0.0.0:8443 is not.`},
		"a certificate alone":     {"[tongxing-issuer]\ntls-cert = \"a.crt\"\n", `tongxing.toml:2: --tls-cert and --tls-key belong together.`},
		"callers without TLS":     {"[tongxing-issuer]\nclient-ca = \"a.crt\"\n", `tongxing.toml:2: The flag --tls-cert is missing.`},
		"figures for all":         {"[tongxing-issuer]\nmetrics-listen = \":9464\"\n", `tongxing.toml:2: The figures on :9464 are for whoever reaches it.`},
		"a worker's figures":      {"[tongxing-issuer]\nworker-metrics-listen = \":9471\"\n", `tongxing.toml:2: The figures on :9471`},
		"figures that are not":    {"[tongxing-issuer]\nmetrics-exposed = true\n", `tongxing.toml:2: The flag --metrics-listen is missing.`},
		"a page for others":       {"[tongxing-gate]\nlisten = \"0.0.0.0:8620\"\n", `tongxing.toml:2: --listen 0.0.0.0:8620: the page opens on this machine alone.`},
		"a folder that is not":    {"[tongxing-issuer]\nregistry = \"none/33.registry\"\n", `tongxing.toml:2: The path of the setting "registry" is in a folder that is not there, none.`},
		"what the program judges": {"[tongxing-issuer]\ntoken-issuer = \"judged\"\n", `tongxing.toml:2: The address judged is wrong.`},
		"no such language":        {"lang = \"tlh\"\n", `tongxing.toml:1: The value "tlh" does not fit the setting "lang"`},
	} {
		got := run(t, c.file, nil, "config", "check", "--lang", "en")
		if got.status != program.StatusFailed || !strings.Contains(got.stderr, c.says) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: %+v, want %q", name, got, c.says)
		}
		if got := run(t, c.file, nil, "config", "check", "--lang", "zh"); got.status != program.StatusFailed || strings.Contains(got.stderr, "%!") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestCheckTakesWhatAStartTakes(t *testing.T) {
	key := filepath.Join(t.TempDir(), "tls.key")
	if err := os.WriteFile(key, []byte("k"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{
		"region = \"33\"\n[tongxing-issuer]\nrate = 1\nquota = 2147483647\ndrain = \"10m\"\nlisten = \"[::1]:8443\"\n",
		"[tongxing-issuer]\nlisten = \"0.0.0.0:8443\"\ntls-cert = \"a.crt\"\ntls-key = \"" + key + "\"\nmetrics-listen = \":9464\"\nmetrics-exposed = true\n",
		"[tongxing-issuer]\nregistry = \"postgres://tongxing@127.0.0.1/tongxing\"\nsigner = \"/run/tongxing/signer.sock\"\nparts = \"parts\"\n",
		"[tongxing-gate]\nlisten = \"LOCALHOST:0\"\nvenue-region = \"00\"\nreader = \"-\"\n",
		"region = \"\"\n",
	} {
		got := run(t, file, nil, "config", "check", "--lang", "en")
		if got.status != 0 || got.stderr != "" {
			t.Errorf("%q: %+v", file, got)
		}
	}
}

func TestCheckJudgesTheEnvironmentToo(t *testing.T) {
	for variable, c := range map[string]struct{ value, says string }{
		"TONGXING_REGION":       {"klingon", `TONGXING_REGION: The region "klingon"`},
		"TONGXING_RATE":         {"1e999", `TONGXING_RATE: The setting "rate" has to be a number`},
		"TONGXING_TOKEN_ISSUER": {"judged", "TONGXING_TOKEN_ISSUER: The address judged is wrong."},
	} {
		if got := run(t, "", map[string]string{variable: c.value}, "config", "check", "--lang", "en"); got.status != program.StatusFailed || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: %+v", variable, got)
		}
	}
}

// judged is what the program of these tests has of its own.
func judged(text string) error {
	if text == "judged" {
		return program.FailFor(errors.New("judged"), "config_fault", "The address judged is wrong.")
	}
	return nil
}

func ExampleRegion() {
	fmt.Println(config.Region("33"), config.Region("klingon"), config.Drain(time.Hour) != nil, config.Loopback("[::1]:80"))
	// Output: <nil> region_form true true
}
