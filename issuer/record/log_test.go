package record_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/record"
)

func TestALogDoesNotSayWhoSomebodyIs(t *testing.T) {
	who := record.Record{Name: "陈梓", DocumentType: "01", DocumentNumber: "469999198104010408"}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("a record", "who", who, "whose", &who)
	if strings.Contains(out.String(), "陈梓") || strings.Contains(out.String(), "469999198104010408") || strings.Count(out.String(), "(redacted)") != 2 {
		t.Errorf("the log says %s", out.String())
	}
}
