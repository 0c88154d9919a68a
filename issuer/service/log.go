package service

import "log/slog"

// LogValue implements [slog.LogValuer]: no log says who somebody is.
func (Person) LogValue() slog.Value { return slog.StringValue("(redacted)") }
