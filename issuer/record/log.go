package record

import "log/slog"

// LogValue implements [slog.LogValuer]: no log says who somebody is.
func (Record) LogValue() slog.Value { return slog.StringValue("(redacted)") }
