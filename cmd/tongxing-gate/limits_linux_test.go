package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What the kernel says of a renderer that was bounded.
func TestARendererHasItsBounds(t *testing.T) {
	c := exec.Command("cat")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); c.Wait() }()
	if err := bound(c.Process.Pid); err != nil {
		t.Fatal(err)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", c.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(limits)), " ")
	for _, want := range []string{"Max cpu time 20 20 seconds", "Max file size 0 0 bytes", "Max address space 536870912 536870912 bytes", "Max core file size 0 0 bytes"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}
