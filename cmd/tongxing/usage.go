package main

import (
	"strings"

	"github.com/tongxing/tongxing/trustlist"
)

// parseUsage reads names of usage, joined by commas or plus signs:
// "status+test".
func parseUsage(text string) (trustlist.Usage, error) {
	var set trustlist.Usage
	known := usageNames()
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == '+' || r == ',' || r == '，' }) {
		bit, ok := known[strings.TrimSpace(name)]
		if !ok {
			return 0, usage("usage_unknown", name, trustlist.UsageKnown)
		}
		set |= bit
	}
	if set == 0 {
		return 0, usage("usage_unknown", text, trustlist.UsageKnown)
	}
	return set, nil
}

// usageNames has the name of every bit that has a meaning.
func usageNames() map[string]trustlist.Usage {
	names := map[string]trustlist.Usage{}
	for bit := trustlist.Usage(1); bit <= trustlist.UsageKnown; bit <<= 1 {
		if trustlist.UsageKnown.Has(bit) {
			names[bit.String()] = bit
		}
	}
	return names
}
