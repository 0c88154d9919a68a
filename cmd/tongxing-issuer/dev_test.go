package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/verifier"
)

var curlLine = regexp.MustCompile(`curl -H @(\S+) .* -d @(\S+) (http://\S+)`)

// TestATrialIsOneCommand starts dev, does what the line that it prints says, and
// verifies the code as a venue would, from the bundle and root that it names.
func TestATrialIsOneCommand(t *testing.T) {
	cmd := exec.Command(binary, "dev", "--listen", "127.0.0.1:0", "--lang", "en")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }() // has ended by then
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "answers at") {
			break
		}
	}
	line := curlLine.FindStringSubmatch(said.String())
	names := regexp.MustCompile(`--bundle (\S+) --root (\S+)`).FindStringSubmatch(said.String())
	if line == nil || names == nil {
		t.Fatalf("it says %s", said.String())
	}
	code := firstCode(t, line[1], line[2], line[3])
	requireVerified(t, names[1], names[2], code)
	requirePrinted(t, line[1], strings.TrimSuffix(line[3], "credentials")+"papers", code)
	dir := filepath.Dir(names[1])
	registry := filepath.Join(dir, "33.registry")
	if status, out := command(t, "journal", "verify", "--registry", registry, "--lang", "en"); status != 0 || !strings.Contains(out, "head") {
		t.Errorf("journal verify: %d, %s", status, out)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
}

// firstCode does what the line for curl says.
func firstCode(t *testing.T, headerFile, bodyFile, url string) string {
	t.Helper()
	header, err := os.ReadFile(headerFile)
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(bodyFile)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	name, value, _ := strings.Cut(strings.TrimSpace(string(header)), ": ")
	r.Header.Set(name, value)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "1")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	var c struct{ Code string }
	if err != nil || answer.StatusCode != http.StatusCreated || json.Unmarshal(data, &c) != nil {
		t.Fatalf("status %d, error %v: %s", answer.StatusCode, err, data)
	}
	return c.Code
}

// requirePrinted prints the code and looks for whom the trust list names on the
// paper.
func requirePrinted(t *testing.T, headerFile, url, code string) {
	t.Helper()
	header, err := os.ReadFile(headerFile)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"codes": []string{code}, "layout": "sheet"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	name, value, _ := strings.Cut(strings.TrimSpace(string(header)), ": ")
	r.Header.Set(name, value)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text := exec.Command("pdftotext", "-raw", "-", "-")
	text.Stdin = answer.Body
	words, err := text.Output()
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(words), "纸质码最长 7 天有效") || !strings.Contains(string(words), "浙江") {
		t.Errorf("status %d, error %v: %s", answer.StatusCode, err, words)
	}
}

func requireVerified(t *testing.T, bundle, root, code string) {
	t.Helper()
	trust, err := loadTrust(environmentFlags{bundle: bundle, root: root}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if verdict := v.Verify(code, time.Now(), verifier.Presented("01", "469999198104010408", "陈梓")); !verdict.Verified() {
		t.Errorf("a venue says %s", verdict.Reason().Name())
	}
}
