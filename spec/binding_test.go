package spec

import "testing"

func TestTheTableOfTheBindingsErrorsIsWhole(t *testing.T) {
	all, err := BindingErrors()
	if err != nil || len(all) < 20 {
		t.Fatalf("%d rows: %v", len(all), err)
	}
	for _, row := range all {
		if got, ok := BindingErrorByName(row.Name); !ok || got != row {
			t.Errorf("%s: %+v", row.Name, got)
		}
	}
	if _, ok := BindingErrorByName("nothing"); ok {
		t.Error("a name that the table does not have is found")
	}
}

func TestAWrongTableOfTheBindingsErrorsIsRefused(t *testing.T) {
	for _, table := range []string{"", "name,zh\na,b\n", "name,zh,en\na,b\n", "name,zh,en\na,,c\n", "name,zh,en\na,b,c\na,d,e\n", "name,zh,en\n\"a"} {
		if _, err := parseBindingErrors([]byte(table)); err == nil {
			t.Errorf("%q is taken", table)
		}
	}
}
