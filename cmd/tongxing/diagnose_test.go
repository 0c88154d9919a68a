package main

import "testing"

func TestOnlyPrintableCharactersLoseTheirEscape(t *testing.T) {
	for _, c := range []struct{ escaped, want string }{
		{`{1: "\u5ed6*\u4dae"}`, `{1: "廖*䶮"}`},
		{`"\ud87e\udc04"`, "\"\U0002F804\""},
		{`"\\u5ed6"`, `"\\u5ed6"`}, // a backslash and letters
		{`"\u001b\u0022\\\"\n"`, `"\u001b\u0022\\\"\n"`},
		{`"\u202e"`, `"\u202e"`}, // turns the writing round
		{`"\ud87e"`, `"\ud87e"`},
		{`h'5ed6'`, `h'5ed6'`},
	} {
		if got := unescape(c.escaped); got != c.want {
			t.Errorf("%s: %s, want %s", c.escaped, got, c.want)
		}
	}
}
