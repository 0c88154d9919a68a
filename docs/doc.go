// Package docs holds the guides, the architecture page and the decision records,
// and the tests that keep them true. It has no code of its own.
//
// A guide is a walk-through: its test runs every block of it from top to bottom,
// in one shell and one fresh folder, as a reader does. Three kinds of fenced blocks
// are run; a block of any other kind is to be looked at, and one that shows code
// has to stand in examples/ as it is shown.
//
//	```sh             commands; each has to succeed
//	```console        a command behind "$ " and what it prints; "..." stands for
//	                  any text, on a line of its own for any lines, and a last
//	                  line "(exit status 4)" or "(退出状态 4)" for a status other than 0
//	```json people.jsonl
//	                  a file that the reader writes under that name
//
// Files beside the guide that it links to lie in the folder; the source lies where
// TONGXING says. Guides ending in .zh.md run in Chinese, the others in English.
package docs
