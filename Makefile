# Everything that a person does with this checkout. `make` lists it.
SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
# Everything is built once for use and once for tests; both may lie elsewhere, to be shared between checkouts.
SCRATCH ?= .build
RELEASE := $(SCRATCH)/release
BUILD_RELEASE := swift build -c release --static-swift-stdlib --scratch-path $(SCRATCH)
PYTHON := $(SCRATCH)/python
TEST_FILTER ?=
SURFACE ?= index
SECONDS ?= 60

.PHONY: help packages build samples demo test walls conformance fuzz bench sdk fmt lint docs install clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages: ## install the Debian packages that are missing
	@Scripts/install-packages

build: packages ## build ypkg, ycloud and what belongs to them for use
	$(BUILD_RELEASE)

samples: ## build the native sample apps in place
	@for directory in SamplePackages/*/; do \
		if [ -f "$$directory/Makefile" ]; then $(MAKE) --no-print-directory -C "$$directory" || exit 1; fi; \
	done

demo: build samples ## pack, sign, install and run every sample, and take a picture of the shop
	@Scripts/demo $(RELEASE)

# Clients that others wrote, for tests; the stamp is newer than what it was made from.
$(PYTHON)/installed: Scripts/python-packages
	/usr/bin/python3 -m venv --system-site-packages $(PYTHON)
	$(PYTHON)/bin/python3 -m pip install --quiet --requirement Scripts/python-packages
	@touch $@

test: build samples $(PYTHON)/installed ## build and run every test
	swift build --build-tests --scratch-path $(SCRATCH)
	YUN_PROGRAMS=$(abspath $(RELEASE)) YUN_PYTHON=$(abspath $(PYTHON))/bin/python3 swift test --skip-build --disable-xctest --scratch-path $(SCRATCH) \
		$(if $(TEST_FILTER),--filter $(TEST_FILTER))

walls: build samples ## write spec/walls.md anew from what probes see; needs root
	swift build --build-tests --scratch-path $(SCRATCH)
	YUN_WRITE_WALLS=1 YUN_PROGRAMS=$(abspath $(RELEASE)) swift test --skip-build --disable-xctest --scratch-path $(SCRATCH) \
		--filter WallTests

conformance: build ## write docs/conformance anew from what other makers' tests say of the cloud
	swift build --build-tests --scratch-path $(SCRATCH)
	YUN_WRITE_CONFORMANCE=1 YUN_PROGRAMS=$(abspath $(RELEASE)) swift test --skip-build --disable-xctest --scratch-path $(SCRATCH) \
		--filter ClientTests

fuzz: packages ## look for inputs that break a reader: make fuzz SURFACE=index SECONDS=60 (Fuzz/README.md)
	@Fuzz/run $(SURFACE) $(SECONDS) $(abspath $(SCRATCH))/fuzz

bench: build ## measure beside the peers; needs root for a loop-mounted file system
	@Scripts/bench $(RELEASE)

sdk: ## write what programs and the clients for app developers know of the interfaces, from spec/varlink
	swift run --scratch-path $(SCRATCH) generate-sdk .

fmt: ## format all Swift
	swift format --in-place --recursive Sources Tests Benchmarks Fuzz Scripts sdk Package.swift

lint: ## check the format of all Swift
	swift format lint --strict --recursive Sources Tests Benchmarks Fuzz Scripts sdk Package.swift

docs: build ## write manual pages and completions below docs/generated
	@Scripts/generate-docs $(RELEASE) docs/generated

install: build docs ## install below PREFIX (default /usr/local), or below DESTDIR and PREFIX
	@Scripts/install $(RELEASE) docs/generated "$(PREFIX)" "$(DESTDIR)"

clean: ## remove what was built
	rm -rf $(SCRATCH) docs/generated demo SamplePackages/*/bin
