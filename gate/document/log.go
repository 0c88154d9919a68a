package document

import "log/slog"

// LogValue implements [slog.LogValuer]: no log says who somebody is.
func (Reading) LogValue() slog.Value { return slog.StringValue("(redacted)") }
