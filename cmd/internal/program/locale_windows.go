package program

import (
	"os"

	"golang.org/x/sys/windows"
)

// getenv is os.Getenv, with the language that Windows shows its own windows in where
// LANG is not set: nobody sets it there.
func getenv(name string) string {
	value := os.Getenv(name)
	if value != "" || name != "LANG" {
		return value
	}
	languages, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(languages) == 0 {
		return ""
	}
	return languages[0] // "zh-CN"
}
