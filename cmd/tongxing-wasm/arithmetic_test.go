package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// inTheModule are tests of packages whose code for WebAssembly is another than
// everywhere else: they run there, in Node.js.
var inTheModule = map[string][]string{
	"format/sig": {
		"TestWycheproofAgrees", "TestSM2SetAgrees", "TestSM2VectorOfTheStandardVerifies", "TestPointsOffTheCurveAreRefused",
		"TestBothFormsOfAPointAreOneKey", "TestHalvesOutsideOneToOrderAreRefused", "TestTwinSignatureIsValidForECDSAAlone",
	},
	"internal/curve": {
		"TestProductsOfExtremeLimbsDoNotOverflow", "TestNormKeepsTheNumberAndBoundsIt", "TestAdditionIsComplete",
		"TestXBeyondTheOrderIsTakenModuloTheOrder", "TestInfinityHasNoX",
	},
}

func TestSignaturesAreCheckedInWebAssemblyAsElsewhere(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	inNode := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec")
	for folder, names := range inTheModule {
		command := exec.Command("go", "test", "-v", "-exec", inNode, "-run", "^("+strings.Join(names, "|")+")$", ".")
		command.Dir = filepath.Join("..", "..", filepath.FromSlash(folder))
		command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		output, err := command.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", folder, err, output)
		}
		for _, name := range names {
			if !strings.Contains(string(output), "--- PASS: "+name+" ") {
				t.Errorf("%s: %s did not run", folder, name)
			}
		}
	}
}
