package spec

import "testing"

// TestExternalCodesAreThoseOfTheCodeSystems repeats every code that the tables
// map to, so that a slip in a cell does not go out as another product or result.
// Sources: EU value sets as of 2023-01-25 (names, auth-holders, prophylaxis,
// test type, test result), ICD-11 by way of the WHO DDCC concept maps, WS
// 364.3-2011 CV02.01.101. "" is no code in that system.
func TestExternalCodesAreThoseOfTheCodeSystems(t *testing.T) {
	const inactivated, vector, protein = "1157024006", "29061000087103", "1162643001"
	products := map[uint16]Product{
		1: {EU: "CoronaVac", EUMaker: "Sinovac-Biotech", EUProphylaxis: inactivated, ICD11: "XM7HT3", ICD11Exact: true},
		2: {EU: "BBIBP-CorV", EUMaker: "ORG-100020693", EUProphylaxis: inactivated, ICD11: "XM8866", ICD11Exact: true},
		3: {EU: "WIBP-CorV", EUMaker: "Sinopharm-WIBP", EUProphylaxis: inactivated, ICD11: "XM1AU2", ICD11Exact: true},
		4: {EUProphylaxis: inactivated, ICD11: "XM9TQ1", ICD11Exact: true},
		5: {EU: "Convidecia", EUMaker: "ORG-100013793", EUProphylaxis: vector, ICD11: "XM1AG7", ICD11Exact: true},
		6: {EUProphylaxis: protein, ICD11: "XM5JC5"},
	}
	for _, p := range Products() {
		got := Product{EU: p.EU, EUMaker: p.EUMaker, EUProphylaxis: p.EUProphylaxis, ICD11: p.ICD11, ICD11Exact: p.ICD11Exact}
		if want, ok := products[p.Number]; !ok || got != want {
			t.Errorf("product %d: %+v, want %+v", p.Number, got, want)
		}
	}
	kinds := map[uint16][2]string{1: {"LP6464-4", "1334426561"}, 2: {"LP217198-3", "2056159157"}, 3: {}}
	for _, k := range TestKinds() {
		if want, ok := kinds[k.Number]; !ok || [2]string{k.EU, k.ICD11} != want {
			t.Errorf("test kind %d: %q %q, want %q", k.Number, k.EU, k.ICD11, want)
		}
	}
	results := map[uint16][2]string{
		ResultNegative: {"260415000", ""}, ResultPositive: {"260373001", "RA01.0"}, ResultInconclusive: {},
	}
	for _, r := range Results() {
		if want, ok := results[r.Number]; !ok || [2]string{r.EU, r.ICD11} != want {
			t.Errorf("result %d: %q %q, want %q", r.Number, r.EU, r.ICD11, want)
		}
	}
	documents := map[string]string{
		"01": "01", "02": "02", "03": "03", "04": "04", "05": "05", "06": "06", "07": "07", "91": "", "92": "", "99": "99",
	}
	for _, d := range DocumentTypes() {
		if want, ok := documents[d.Number]; !ok || d.WS364 != want {
			t.Errorf("document type %s: %q, want %q", d.Number, d.WS364, want)
		}
	}
	if len(Products()) != len(products) || len(TestKinds()) != len(kinds) || len(Results()) != len(results) || len(DocumentTypes()) != len(documents) {
		t.Error("the tables have lost rows")
	}
}
