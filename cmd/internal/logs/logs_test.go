package logs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/logs"
)

// made is a logger of the test, and what it writes.
func made(t *testing.T, o logs.Options) (*slog.Logger, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	log, err := logs.New(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	return log, &out
}

// person is what nobody may find in a log.
type person struct{ Name, Number string }

func (p person) String() string { return p.Name + p.Number }

// careless says who somebody is when it is asked for its value.
type careless struct{ person }

func (c careless) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", c.Name), slog.String("error", c.Number))
}

func TestWhatIsNotInTheListIsNotWritten(t *testing.T) {
	who := person{"欧阳通行", "11010519491231002X"}
	for _, format := range logs.Formats {
		log, out := made(t, logs.Options{Format: format})
		log.Info("a record", "name", who.Name, "number", who.Number, "error", who, "file", &who, "from", []string{who.Name},
			"job", map[string]string{"name": who.Name}, "key", careless{who}, "holder", careless{who},
			slog.Group("file", slog.String("error", who.Name)))
		log.With("name", who.Name).WithGroup("file").Info("another", "error", who.Name)
		log.Info("an error", "error", fmt.Errorf("record 3: %s, 13800138000: refused", who.Number))
		for _, secret := range []string{who.Name, who.Number, "13800138000"} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("%s: %q is in %s", format, secret, out)
			}
		}
		for _, kept := range []string{"a record", "another", "record 3: ", "refused"} {
			if !strings.Contains(out.String(), kept) {
				t.Errorf("%s: %q is not in %s", format, kept, out)
			}
		}
	}
}

func TestWhatIsInTheListIsWritten(t *testing.T) {
	log, out := made(t, logs.Options{Format: "json", Level: "debug"})
	hash := strings.Repeat("0123456789", 6) + "abcd"
	log.Debug("a record", "count", 1234567890123456789, "ms", 1.5, "error", errors.New("新的信任包不对"), "file", "/var/lib/通行/"+hash, "job", "33-20261201")
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"msg": "a record", "level": "DEBUG", "ms": 1.5, "error": "新的信任包不对", "file": "/var/lib/通行/" + hash, "job": "33-20261201"} {
		if got[key] != want {
			t.Errorf("%s: %v, want %v", key, got[key], want)
		}
	}
}

func TestANumberOfAPersonIsTakenOutOfATextAndNoOther(t *testing.T) {
	for text, want := range map[string]string{
		"11010519491231002X": "(redacted)",
		"a 110105194912310021 110105491231002,13800138000.": "a (redacted) (redacted),(redacted).",
		"tel:+8613800138000":  "tel:(redacted)",
		"姓名13800138000号":      "姓名(redacted)号",
		"1101051949123100211": "1101051949123100211",
		"12800138000":         "12800138000",
		"1796083200":          "1796083200",
		"d13800138000f":       "d13800138000f",
	} {
		log, out := made(t, logs.Options{Format: "json"})
		log.Info("m", "told", text)
		var got struct{ Told string }
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Told != want {
			t.Errorf("%q: %q, want %q; %v", text, got.Told, want, err)
		}
	}
}

func TestALongTextIsCut(t *testing.T) {
	log, out := made(t, logs.Options{})
	log.Info("m", "told", strings.Repeat("码", 1<<20))
	if out.Len() > 3<<10 || !strings.Contains(out.String(), "码…") {
		t.Errorf("%d bytes", out.Len())
	}
}

func TestALevelLeavesOutWhatIsBelowIt(t *testing.T) {
	for i, level := range logs.Levels {
		log, out := made(t, logs.Options{Level: level})
		log.Debug("one")
		log.Info("two")
		log.Warn("three")
		log.Error("four")
		if got := strings.Count(out.String(), "\n"); got != len(logs.Levels)-i {
			t.Errorf("%s: %d lines", level, got)
		}
	}
	for _, wrong := range []string{"DEBUG", "info+1", "all", " "} {
		if _, err := logs.New(&bytes.Buffer{}, logs.Options{Level: wrong}); !errors.Is(err, logs.ErrLevel) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := logs.New(&bytes.Buffer{}, logs.Options{Format: "xml"}); !errors.Is(err, logs.ErrFormat) {
		t.Errorf("xml: %v", err)
	}
}

func Example() {
	log, err := logs.New(os.Stdout, logs.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	noTime := slog.Record{Level: slog.LevelWarn, Message: "a new bundle was refused"}
	noTime.Add("file", "national.bundle", "error", errors.New("not a bundle"), "holder", "王小明")
	if err := log.Handler().Handle(context.Background(), noTime); err != nil {
		fmt.Println(err)
	}
	// Output: level=WARN msg="a new bundle was refused" file=national.bundle error="not a bundle" holder=(redacted)
}
