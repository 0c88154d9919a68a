package main

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// report prints the table and says whether everything came out as it must.
func (d *demo) report(r *demoResults) error {
	a := d.app
	if a.JSON {
		if err := a.PrintJSON(r); err != nil {
			return err
		}
	} else {
		d.table(r)
	}
	for _, p := range r.Provinces {
		switch {
		case p.Issued == 0 || p.Failed > 0:
			return program.Fail("demo_codes_failed", p.Failed, p.Region)
		case p.Adverse > 0:
			return program.Fail("demo_adverse_without_rule", p.Adverse, p.Region)
		case p.TakenBack != demoTakenBack:
			return program.Fail("demo_revoked_passed", demoTakenBack-p.TakenBack, p.Region)
		case p.TamperedRefused != p.Tampered:
			return program.Fail("demo_tampered_passed", p.Tampered-p.TamperedRefused, p.Region)
		}
	}
	if r.PicturesSame != r.Pictures || r.PicturesGood != r.Pictures {
		return program.Fail("demo_pictures_failed", r.Pictures-min(r.PicturesSame, r.PicturesGood))
	}
	return nil
}

func (d *demo) table(r *demoResults) {
	a := d.app
	rows := [][]string{strings.Split(a.Lang.Say("demo_columns"), "|")}
	for _, p := range r.Provinces {
		name := p.Region + " " + p.Name
		rows = append(rows, []string{
			name, p.Algorithm, fmt.Sprint(p.Issued), fmt.Sprint(p.Rejected), fmt.Sprint(p.Verified),
			fmt.Sprint(p.Checked), fmt.Sprint(p.Restricted), fmt.Sprint(p.Adverse),
			fmt.Sprintf("%d/%d", p.TakenBack, demoTakenBack), fmt.Sprintf("%d/%d", p.TamperedRefused, p.Tampered),
			fmt.Sprintf("%d/%d/%d", p.Bytes[0], p.Bytes[1], p.Bytes[2]),
			fmt.Sprintf("%d/%d/%d", p.Versions[0], p.Versions[1], p.Versions[2]),
			fmt.Sprintf("%.0f", p.IssueRate), fmt.Sprintf("%.0f", p.VerifyRate),
		})
	}
	fmt.Fprintln(a.Out)
	printTable(a, rows)
	fmt.Fprintln(a.Out)
	if r.Offline == "" {
		a.Say("demo_not_offline")
	} else {
		a.Say("demo_offline", r.Offline)
	}
	a.Say("demo_pictures_read", r.PicturesRead, r.Pictures, r.PicturesSame, r.PicturesGood)
	a.Say("demo_files", r.Folder)
	a.Say("demo_seconds", r.Seconds)
}

// printTable prints rows with columns as wide as they need, the first to the
// left and figures to the right. A Chinese character is two columns wide.
func printTable(a *app, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], displayWidth(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-displayWidth(cell))
			if i == 0 {
				line.WriteString(cell + pad)
			} else {
				line.WriteString("  " + pad + cell)
			}
		}
		fmt.Fprintln(a.Out, strings.TrimRight(line.String(), " "))
	}
}

func displayWidth(s string) int {
	width := 0
	for _, r := range s {
		width++
		if unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 {
			width++
		}
	}
	return width
}
