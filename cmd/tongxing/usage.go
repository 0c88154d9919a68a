package main

import (
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
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
			return 0, program.Usage("usage_unknown", name, trustlist.UsageKnown)
		}
		set |= bit
	}
	if set == 0 {
		return 0, program.Usage("usage_unknown", text, trustlist.UsageKnown)
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

// usageKeys are the messages that name the bits of a usage.
var usageKeys = map[trustlist.Usage]string{
	trustlist.UsageStatus: "bit_status", trustlist.UsageAdverse: "bit_adverse", trustlist.UsageTest: "bit_test",
	trustlist.UsageVaccination: "bit_vaccination", trustlist.UsageExemption: "bit_exemption",
	trustlist.UsageStatusList: "bit_status_list", trustlist.UsageSnapshot: "bit_snapshot",
}

// usageWords names the bits of a usage as flags take them and, in Chinese, what
// they mean.
func (a *app) usageWords(u trustlist.Usage) string {
	if a.Lang != words.Chinese || u == 0 {
		return u.String()
	}
	var names []string
	for bit := trustlist.Usage(1); bit <= trustlist.UsageKnown; bit <<= 1 {
		if key, known := usageKeys[bit]; known && u.Has(bit) {
			names = append(names, a.Lang.Say(key))
		}
	}
	return u.String() + a.Lang.Say("usage_meaning", strings.Join(names, "、"))
}
