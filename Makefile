# Everything that is done to fakebmc, by name. "make" alone lists the targets.
SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Versions of tools are pinned here; they stay out of go.mod.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.1
CHECKS      := inherit,ST1000,ST1001,ST1005,ST1006,ST1012,ST1015,ST1016,ST1017,ST1019

# These suites are behind build tags, because they need programs that "go test ./..." must not.
TAGS     := clients,qemu,image
FUZZTIME ?= 2
BENCH    ?= .

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: test
test: ## run everything but test-image: lint, unit tests, client suites, a Linux in QEMU, a short smoke of the fuzz targets, a release
test: packages lint unit clients qemu fuzz test-release
	@echo "all tests passed"

.PHONY: packages
packages: ## install the clients that the tests need (root), or say which are missing
	@bash .ci/packages

.PHONY: build
build: ## build the static binary bin/fakebmc
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/fakebmc ./cmd/fakebmc

.PHONY: lint
lint: ## gofmt, go vet, go mod tidy, staticcheck
	@bad=$$(gofmt -l .); [ -z "$$bad" ] || { echo "gofmt would change:" $$bad >&2; exit 1; }
	go mod tidy -diff
	go vet -tags $(TAGS) ./...
	go run $(STATICCHECK) -tags $(TAGS) -checks $(CHECKS) ./...
	cd conformance/goipmi && go mod tidy -diff && go vet ./... && go run $(STATICCHECK) -checks $(CHECKS) ./...
	cd .ci/release && go mod tidy -diff && go vet ./... && go run $(STATICCHECK) -checks $(CHECKS) ./...
	cd conformance/recipes && go mod tidy -diff && go vet -tags image ./... && go run $(STATICCHECK) -tags image -checks $(CHECKS) ./...

.PHONY: unit
unit: ## unit tests with the race detector
	go test -race ./...
	cd conformance/recipes && go test ./...

.PHONY: clients
clients: build ## drive the real clients against bin/fakebmc (needs the packages, and root for port 623)
	CONFORMANCE_BINARY=$(CURDIR)/bin/fakebmc go test -tags clients -count=1 -timeout 30m -parallel 12 ./conformance/clients ./cmd/fakebmc

.PHONY: qemu
qemu: build ## boot a Linux in QEMU with bin/fakebmc as its BMC (needs the packages)
	CONFORMANCE_BINARY=$(CURDIR)/bin/fakebmc go test -tags clients,qemu -count=1 -run '^TestGuest' ./conformance/clients

# What a build knows of its commit; git describe names a release's tag.
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null)
CREATED  ?= $(shell TZ=UTC git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd 2>/dev/null)

.PHONY: image
image: ## build the container image fakebmc (needs a Docker engine)
	docker build -t fakebmc --build-arg VERSION=$(VERSION) --build-arg REVISION=$(REVISION) --build-arg CREATED=$(CREATED) .

.PHONY: release
release: ## build the archives for all platforms, their bills of materials and checksums, into dist
	cd .ci/release && go run . -source ../.. -out ../../dist -version '$(VERSION)' -revision '$(REVISION)' -time '$(CREATED)'

.PHONY: test-release
test-release: ## build a release from two places, compare the bytes, unpack it and run it
	cd .ci/release && go test -count=1 ./...

.PHONY: test-image
test-image: ## build the container image and run it as its users do (needs a Docker engine; KEEP=1 keeps the images)
	CONFORMANCE_KEEP=$(KEEP) go test -tags image -count=1 -timeout 20m ./conformance/image

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME seconds (default 2)
	@bash .ci/fuzz $(FUZZTIME)

.PHONY: readme
readme: ## write the coverage tables into README.md
	go generate ./cmd/fakebmc

.PHONY: bench
bench: ## run the benchmarks, BENCH=regexp for some of them
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

.PHONY: clean
clean: ## remove what the other targets build
	rm -rf bin dist
