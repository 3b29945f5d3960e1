// Package recipes holds the README's recipes for other people's tools against those tools' own code: the workflow
// against GitHub's rules, the manifest against Kubernetes's types, the Go function against Testcontainers.
//
// It is a module of its own because those tools bring many others. What the recipes do when they run is in
// conformance/image, which also runs this module's tests with the build tag "image": those start containers.
package recipes
