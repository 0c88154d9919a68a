package nodump

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestMain is the process that is looked at when the test asks for one: the tests'
// own has to stay as it is.
func TestMain(m *testing.M) {
	if os.Getenv("NODUMP_CHILD") == "" {
		os.Exit(m.Run())
	}
	if err := Process(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	limits, err := os.ReadFile("/proc/self/limits")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	dumpable, _, _ := syscall.Syscall(syscall.SYS_PRCTL, syscall.PR_GET_DUMPABLE, 0, 0)
	fmt.Printf("dumpable %d\n%s", dumpable, limits)
}

func TestAProcessLeavesNoCoreAndIsNotRead(t *testing.T) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "NODUMP_CHILD=1")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if !strings.HasPrefix(string(output), "dumpable 0\n") {
		t.Errorf("dumpable: %.40s", output)
	}
	for line := range strings.Lines(string(output)) {
		if strings.HasPrefix(line, "Max core file size") {
			if fields := strings.Fields(line); fields[4] != "0" || fields[5] != "0" {
				t.Errorf("limits of core files, soft and hard: %v", fields[4:6])
			}
			return
		}
	}
	t.Errorf("no limit of core files in %s", output)
}
