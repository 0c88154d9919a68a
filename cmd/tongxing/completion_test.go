package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

func TestValuesOfFlagsAreCompleted(t *testing.T) {
	for _, c := range []struct{ command, want string }{
		{"key new --alg", "SM2\nES256\n"},
		{"qr --form", "png\nsvg\nterminal\n"},
		{"issue --region", "33\t浙江省\n"},
		{"feed import --region", "41\t河南省\n"},
		{"keyset new --region", "46\t海南省\n"},
		{"trust csr --region", "11\t北京市\n"},
	} {
		var stdout, stderr bytes.Buffer
		a := newApp(program.Surroundings{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(name string) string { return map[string]string{"LANG": "zh"}[name] }, Clock: time.Now})
		args := append(append([]string{"__complete"}, strings.Fields(c.command)...), "")
		if status := a.run(context.Background(), args); status != program.StatusOK {
			t.Fatalf("%s: status %d: %s", c.command, status, stderr.String())
		}
		if !strings.Contains(stdout.String(), c.want) {
			t.Errorf("%s: %q lacks %q", c.command, stdout.String(), c.want)
		}
	}
}
