// Package feed imports what provinces export.
package feed
