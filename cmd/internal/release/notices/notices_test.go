package notices_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tongxing/tongxing/cmd/internal/release/notices"
)

func TestALicenceIsToldByWordsThatItAloneHas(t *testing.T) {
	for text, want := range map[string]string{
		"                 Apache License\n           Version 2.0, January 2004":                          "Apache-2.0",
		"Redistribution and use in source\nand binary forms\n * Neither the\n * name of Google":          "BSD-3-Clause",
		"Redistribution and use in source and\n// binary forms, with or without":                         "BSD-2-Clause",
		"Permission is hereby granted, free\nof charge":                                                  "MIT",
		"This Font Software is licensed under the\nSIL OPEN FONT LICENSE Version 1.1 - 26 February 2007": "OFL-1.1",
		"Mozilla Public License Version 2.0\n====":                                                       "MPL-2.0",
		"**    May you do good and not evil.":                                                            "blessing",
		"all rights reserved":                                                                            "",
	} {
		if id, ok := notices.Identify([]byte(text)); id != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, id, want)
		}
	}
}

func TestWhatHasNoLicenceIsRefused(t *testing.T) {
	_, err := notices.Of(fstest.MapFS{"main.go": {}, "LICENSE-LOGO": {}, "LICENSES/x": {}})
	if !errors.Is(err, notices.ErrNone) {
		t.Error(err)
	}
}

func TestEveryTextGoesAlong(t *testing.T) {
	texts, err := notices.Of(fstest.MapFS{
		"LICENSE.txt": {Data: []byte("Permission is hereby granted, free of charge\r\n")}, "NOTICE": {Data: []byte("by Them\n")}, "README": {},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := string(notices.Write([]notices.Part{{Name: "example.com/m", Version: "v1.0.0", Texts: texts}}))
	for _, want := range []string{"  example.com/m v1.0.0 (MIT)\n", "m v1.0.0: LICENSE.txt\n\nPermission is hereby granted, free of charge\n", "by Them"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q: %s", want, got)
		}
	}
}

func ExampleIdentify() {
	id, _ := notices.Identify([]byte("Permission is hereby granted, free of charge, to any person"))
	fmt.Println(id)
	// Output: MIT
}
