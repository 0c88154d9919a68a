# Every target that a person calls does its own set-up.
.DEFAULT_GOAL := help
.PHONY: help setup build demo test api fuzz bench bench-quick release release-check clean

FUZZTIME ?= 20s

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the demo and the tests need, or say what is missing
	@scripts/setup demo test

build: ## bin/tongxing, bin/tongxing-gate, bin/tongxing-issuer and bin/tongxing-signer
	@scripts/setup
	go build -trimpath -o bin/ ./cmd/tongxing ./cmd/tongxing-gate ./cmd/tongxing-issuer ./cmd/tongxing-signer

demo: ## three provinces' exports to codes, and every code verified without a network
	@scripts/setup demo
	go build -trimpath -o bin/ ./cmd/tongxing ./cmd/tongxing-gate ./cmd/tongxing-issuer
	bin/tongxing demo --out demo

test: ## everything that must hold, with the race detector
	@scripts/setup test
	@scripts/test

api: ## add what is new to the listings of what stays (api/README.md)
	@scripts/setup test
	go test -count=1 ./internal/apitest ./cmd/libtongxing -run 'Stays$$' -api.add

fuzz: ## every fuzz target for FUZZTIME (20s)
	@scripts/setup test
	@FUZZTIME=$(FUZZTIME) scripts/fuzz

bench: ## every benchmark, those over a million records too (minutes)
	@scripts/setup
	@scripts/bench all

bench-quick: ## the benchmarks that take seconds
	@scripts/setup
	@scripts/bench quick

release: ## dist/: archives for six platforms, packages for Debian, bill of materials, digests
	@scripts/setup
	@scripts/release

release-check: ## the release made twice and compared, and taken as its users take it (Linux, root; PLATFORMS=linux-amd64,... for these alone)
	@scripts/setup release
	@scripts/release-check $(PLATFORMS)

clean: ## remove what the targets above made
	rm -rf bin demo dist
