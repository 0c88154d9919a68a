package check

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	strict "sigs.k8s.io/yaml"
)

// TestDockerComposeReadsTheFile has docker-compose resolve it with the example's
// values, and refuse it without them.
func TestDockerComposeReadsTheFile(t *testing.T) {
	resolved, err := output(t, nil, "docker-compose", "--file", "compose/compose.yaml", "--env-file", "compose/example.env", "config")
	if err != nil {
		t.Fatalf("%v: %s", err, resolved)
	}
	var file struct {
		Services map[string]struct {
			User    string   `json:"user"`
			CapDrop []string `json:"cap_drop"`
		} `json:"services"`
	}
	if err := strict.Unmarshal([]byte(resolved), &file); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "signer", "issuer", "worker"} {
		service, ok := file.Services[name]
		if !ok {
			t.Errorf("no service %s", name)
		}
		if name != "postgres" && (service.User != "10001:10001" || len(service.CapDrop) != 1) {
			t.Errorf("%s runs as %q and keeps capabilities: %v", name, service.User, service.CapDrop)
		}
	}
	if said, err := output(t, nil, "docker-compose", "--file", "compose/compose.yaml", "--env-file", os.DevNull, "config"); err == nil {
		t.Errorf("accepted without a region: %s", said)
	}
}

// exposure is the most that systemd-analyze may find a unit exposed, out of 100.
const exposure = "15"

// TestSystemdReadsTheUnits verifies the units with the programs that are built now
// in the place of those that are installed.
func TestSystemdReadsTheUnits(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // systemd is nowhere else
	}
	binaries, folder := built(t), t.TempDir()
	var units []string
	for _, path := range files(t, "systemd/*.service", 3) {
		name := filepath.Base(path)
		text := strings.ReplaceAll(string(read(t, path)), "/usr/local/bin/", binaries+"/")
		if !strings.Contains(text, binaries) {
			t.Errorf("%s starts none of our programs", name)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		units = append(units, filepath.Join(folder, strings.Replace(name, "@.", "@1.", 1)))
	}
	environment := []string{"SYSTEMD_UNIT_PATH=" + folder + ":/lib/systemd/system"}
	if said, err := output(t, environment, "systemd-analyze", append([]string{"verify", "--man=no", "--recursive-errors=no"}, units...)...); err != nil || strings.Contains(said, folder) {
		t.Errorf("verify: %v: %s", err, said)
	}
	for _, unit := range units {
		unit = strings.Replace(unit, "@1.", "@.", 1)
		if said, err := output(t, environment, "systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold="+exposure, unit); err != nil {
			t.Errorf("%s: %v: %s", unit, err, said)
		}
	}
}

// metrics returns the figures that service and workers have, from the sources that name
// them.
func metrics(t *testing.T) map[string]bool {
	t.Helper()
	source := string(read(t, "../issuer/service/metrics.go")) + string(read(t, "../issuer/batch/metrics/metrics.go"))
	named := map[string]bool{"up": true, "process_resident_memory_bytes": true, "process_cpu_seconds_total": true}
	for _, match := range regexp.MustCompile(`prometheus\.New(Counter|CounterVec|Gauge|GaugeFunc|GaugeVec|Histogram|HistogramVec)\([^"]*"(\w+)"`).FindAllStringSubmatch(source, -1) {
		if strings.HasPrefix(match[1], "Histogram") {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				named[match[2]+suffix] = true
			}
			continue
		}
		named[match[2]] = true
	}
	if len(named) < 20 {
		t.Fatalf("%d figures in the sources", len(named))
	}
	return named
}

// expression is a query, and where it stands.
type expression struct{ where, text string }

func expressions(t *testing.T) []expression {
	t.Helper()
	var alerts struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := strict.UnmarshalStrict(read(t, "prometheus/alerts.yml"), &alerts); err != nil {
		t.Fatal(err)
	}
	runbook := string(read(t, "runbook.md"))
	var all []expression
	for _, group := range alerts.Groups {
		for _, rule := range group.Rules {
			all = append(all, expression{rule.Alert, rule.Expr})
			if heading := rule.Annotations["runbook"]; heading == "" || !strings.Contains(runbook, "\n## "+heading+"\n") {
				t.Errorf("%s: the runbook has no part %q", rule.Alert, heading)
			}
		}
	}
	for _, path := range files(t, "grafana/*.json", 1) {
		var board struct {
			Panels []struct {
				ID      int
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(read(t, path), &board); err != nil {
			t.Fatal(err)
		}
		seen := map[int]bool{}
		for _, panel := range board.Panels {
			if seen[panel.ID] || len(panel.Targets) == 0 {
				t.Errorf("%s: panel %q has the number of another, or no query", path, panel.Title)
			}
			seen[panel.ID] = true
			for _, target := range panel.Targets {
				all = append(all, expression{panel.Title, target.Expr})
			}
		}
	}
	if len(all) < 15 {
		t.Fatalf("%d queries", len(all))
	}
	return all
}

// TestPrometheusReadsEveryQuery has promtool check the alerts and, as rules, the
// queries of the dashboard; and each asks for figures that the service has.
func TestPrometheusReadsEveryQuery(t *testing.T) {
	for _, args := range [][]string{{"check", "rules", "prometheus/alerts.yml"}, {"check", "config", "--syntax-only", "prometheus/prometheus.yml"}} {
		if said, err := output(t, nil, "promtool", args...); err != nil {
			t.Errorf("promtool %v: %v: %s", args, err, said)
		}
	}
	type rule struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	known := metrics(t)
	named := regexp.MustCompile(`\b(tongxing_\w+|process_\w+|up)\b`)
	var rules []rule
	for i, e := range expressions(t) {
		for _, name := range named.FindAllString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(e.text, `""`), -1) {
			if !known[name] {
				t.Errorf("%s asks for %s, which the service does not have", e.where, name)
			}
		}
		rules = append(rules, rule{Record: "check:query" + strings.Repeat("x", i), Expr: strings.ReplaceAll(e.text, "$__rate_interval", "1m")})
	}
	data, err := strict.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboard", "rules": rules}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "queries.yml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := output(t, nil, "promtool", "check", "rules", path); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
