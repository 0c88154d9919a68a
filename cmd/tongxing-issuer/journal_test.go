package main

import (
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
	"github.com/tongxing/tongxing/issuer/access"
)

func TestEveryRoleHasItsNameInTheLanguageOfTheRun(t *testing.T) {
	a := &app{Program: &program.Program{Lang: words.Chinese}}
	seen := map[string]bool{}
	for _, role := range access.AllRoles() {
		name := a.role(string(role))
		if name == "" || name == string(role) || seen[name] {
			t.Errorf("%s is %q", role, name)
		}
		seen[name] = true
	}
	if got := a.role("caretaker"); got != "caretaker" {
		t.Errorf("a role of another program is %q", got)
	}
	a.Lang = words.English
	if got := a.role("desk"); got != "desk" {
		t.Errorf("in English it is %q", got)
	}
}
