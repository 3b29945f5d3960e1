package main

import "github.com/agnivade/levenshtein"

// nearest finds the word that was meant: the one with the fewest letters changed, when those are two or a third at most.
// Empty: none is near.
func nearest(got string, words []string) string {
	best, limit := "", max(2, len(got)/3)+1
	for _, w := range words {
		if d := levenshtein.ComputeDistance(got, w); d < limit {
			best, limit = w, d
		}
	}
	return best
}
