package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// of are the people of this repository.
func of(t *testing.T) *people {
	t.Helper()
	p, err := identities(os.DirFS(filepath.Join("..", "..", "..")))
	if err != nil || p.count() < leastPeople {
		t.Fatalf("%d people, %v", p.count(), err)
	}
	return p
}

func TestWhoIsPlantedIsFound(t *testing.T) {
	people := of(t)
	for _, planted := range []string{
		"廖浩䶮", "339999193511286426", "41999919980514170" + "5", "339999198007204324", "11010519491231002X", "11010519491231002x",
	} {
		for _, line := range []string{"%s", `level=WARN msg="not read" error="record 3: %s: refused"`, `{"told":"%s，请核对"}`, "姓名%s号"} {
			text := fmt.Sprintf(line, planted)
			found, _, _, err := search(fstest.MapFS{"a/tongxing-1.log": {Data: []byte("first\n" + text + "\n")}}, people)
			if err != nil || len(found) != 1 || !strings.HasPrefix(found[0], "tongxing-1.log:2 names ") {
				t.Errorf("%s: %q, %v", text, found, err)
			}
		}
	}
}

func TestWhatIsNobodyIsNotFound(t *testing.T) {
	people := of(t)
	for _, text := range []string{
		"", "level=INFO msg=\"a command begins\" operation=\"tongxing-issuer serve\"", "330100199001011234", "浙江省", "2026-12-01T08:00:00.000000000Z",
		strings.Repeat("0123456789abcdef", 4), "postgres://tongxing@127.0.0.1:5432/tongxing",
	} {
		if who := people.in(text); who != "" {
			t.Errorf("%q names %q", text, who)
		}
	}
}

func TestASearchOfNothingFails(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	if err := run([]string{t.TempDir()}); err == nil || !strings.Contains(err.Error(), "no log of tongxing") {
		t.Errorf("an empty folder: %v", err)
	}
	folder := t.TempDir()
	write := func(records int, more string) {
		var text strings.Builder
		for _, program := range programs {
			for range records {
				fmt.Fprintf(&text, "time=2026-12-01T08:00:00Z level=DEBUG msg=\"a command begins\" operation=%q\n", program+" serve")
			}
		}
		if err := os.WriteFile(filepath.Join(folder, "x.log"), []byte(text.String()+more), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(1, "")
	if err := run([]string{folder}); err == nil || !strings.Contains(err.Error(), "only 4 records") {
		t.Errorf("little: %v", err)
	}
	write(leastRecords, "")
	if err := run([]string{folder}); err != nil {
		t.Errorf("enough: %v", err)
	}
	write(leastRecords, "error=\"廖浩䶮 is refused\"\n")
	if err := run([]string{folder}); err == nil || !strings.Contains(err.Error(), "x.log:401 names 廖浩䶮") {
		t.Errorf("somebody: %v", err)
	}
}
