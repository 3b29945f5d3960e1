package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// readBinary reads a program, and what the toolchain has written into it.
func readBinary(path string) ([]byte, *debug.BuildInfo, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	binary, err := os.ReadFile(path)
	return binary, info, err
}

// bill is the bill of materials: the modules that are in the program, by its own account, and the standard library.
func (r *release) bill(t target, binary []byte, info *debug.BuildInfo) ([]byte, error) {
	sum := sha256.Sum256(binary)
	self := cdx.Component{
		Type: cdx.ComponentTypeApplication, Name: "fakebmc", Version: r.version,
		PackageURL: "pkg:golang/" + info.Main.Path + "@" + r.version + "?goarch=" + t.arch + "&goos=" + t.os + "#cmd/fakebmc",
		Licenses:   &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}},
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sum)}},
	}
	self.BOMRef = self.PackageURL

	goVersion := strings.TrimPrefix(info.GoVersion, "go")
	parts := []cdx.Component{library("std", goVersion, "")}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		parts = append(parts, library(m.Path, m.Version, m.Sum))
	}
	needs := []cdx.Dependency{{Ref: self.BOMRef, Dependencies: &[]string{}}}
	for _, p := range parts {
		*needs[0].Dependencies = append(*needs[0].Dependencies, p.BOMRef)
		needs = append(needs, cdx.Dependency{Ref: p.BOMRef})
	}

	b := cdx.NewBOM()
	b.SerialNumber = serial(sum)
	b.Metadata = &cdx.Metadata{Timestamp: r.time.Format(time.RFC3339), Component: &self}
	b.Components, b.Dependencies = &parts, &needs
	var out bytes.Buffer
	if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(b, cdx.SpecVersion1_6); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// library is a module. Its sum is that of go.sum, which is over the files of the module and so none of CycloneDX's
// hashes, which are over one file.
func library(path, version, sum string) cdx.Component {
	c := cdx.Component{
		Type: cdx.ComponentTypeLibrary, Name: path, Version: version, Scope: cdx.ScopeRequired,
		PackageURL: "pkg:golang/" + path + "@" + version,
	}
	if sum != "" {
		c.Properties = &[]cdx.Property{{Name: "go:sum", Value: sum}}
	}
	c.BOMRef = c.PackageURL
	return c
}

// serial makes the bill's number from the program's hash, as a UUID of version 8 (RFC 9562), so that it is another one
// for another program and the same for the same.
func serial(sum [sha256.Size]byte) string {
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
