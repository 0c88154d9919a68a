package document_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/gate/document"
)

func TestALogDoesNotSayWhoSomebodyIs(t *testing.T) {
	who := document.Reading{Type: "01", Number: "469999198104010408", Name: "陈梓"}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("a record", "who", who, "whose", &who)
	if strings.Contains(out.String(), "陈梓") || strings.Contains(out.String(), "469999198104010408") || strings.Count(out.String(), "(redacted)") != 2 {
		t.Errorf("the log says %s", out.String())
	}
}
