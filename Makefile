# Tincan. `make` says what there is; CONTRIBUTING.md says more.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The whole app, as it is shipped; BACKEND is enough for everything without a window. Nothing in it speaks HTTP/2.
TAGS := desktop,production,webkit2_41,sqlite_fts5,nethttpomithttp2
BACKEND := sqlite_fts5
# A test that fails once and then passes is run again once and listed apart ("flaky"): these tests run real sockets and
# real processes on small, busy machines. Whoever sees one listed mends it.
AGAIN := --rerun-fails=1 --rerun-fails-max-failures=4 --rerun-fails-report=.artifacts/flaky.txt
# One set of flags for building, vetting and linting, so that they share what is compiled.
BUILD := -tags $(TAGS) -trimpath -ldflags "-s -w"

# What is ours; ./... would also find Go files inside npm packages.
PACKAGES := . ./backend/... ./frontend

DATA ?=
ARCH ?=
N ?=
ONLY ?=
FLAGS ?=
FOR ?= 10s
AT ?= 1

TOOLS := .tools
export PATH := $(CURDIR)/$(TOOLS):$(PATH)
export TINCAN_BIN := $(CURDIR)/build/bin
export TINCAN_ARTIFACTS := $(CURDIR)/.artifacts

GO_FILES = $(shell find . -name '*.go' -not -path '*/node_modules/*') go.mod go.sum
FRONTEND_FILES = $(shell find frontend -type f -not -path '*/node_modules/*' -not -path 'frontend/dist/*' -not -path '*/e2e/*' -not -path 'frontend/scripts/*') frontend/scripts/emoji.ts

.PHONY: help
help: ## This list
	@echo "Tincan: make TARGET"
	@sed -nE 's/^([a-z][a-z0-9-]*):.*## (.*)/\1|\2/p; s/^##@ (.*)/\n\1/p' $(MAKEFILE_LIST) | \
		awk -F'|' 'NF == 2 { printf "  %-22s %s\n", $$1, $$2; next } { print }'

##@ Use it

.PHONY: run
run: ## Build and open the app; DATA=folder is another person on this machine, WINDOW=no the browser
	@if build/tools/display > /dev/null; then $(MAKE) app; else $(MAKE) node; fi
	@build/tools/run "$(DATA)"

.PHONY: demo
demo: ## Two people, Ana and Ben, already contacts, in two windows (or two browser addresses)
	@if build/tools/display > /dev/null; then $(MAKE) app; else $(MAKE) node; fi
	@$(MAKE) build/bin/rendezvous build/bin/tincan-node build/bin/demo
	@build/tools/demo "$(DATA)"

.PHONY: run-rendezvous
run-rendezvous: build/bin/rendezvous ## Start an introduction server alone and print its address; DATA=folder, PORT=7117
	@build/tools/server "$(DATA)"

.PHONY: cluster
cluster: build/bin/rendezvous ## Three servers on this machine as one; kill one and see; Ctrl C ends them
	@DATA="$(DATA)" build/tools/cluster

.PHONY: cluster-node
cluster-node: build/bin/rendezvous ## Start a killed node of the cluster again: N=2
	@DATA="$(DATA)" build/tools/cluster node "$(N)"

.PHONY: build
build: app node build/bin/rendezvous ## Build everything into build/bin: tincan, tincan-node, rendezvous

.PHONY: app
app: prepare-app build/bin/tincan ## Build the app only

.PHONY: node
node: prepare-node build/bin/tincan-node ## Build only the device without a window

.PHONY: package-rendezvous
package-rendezvous: ## Pack the server for Linux with its systemd unit, container and compose files; ARCH=arm64
	@ARCH="$(ARCH)" build/tools/package

##@ Check it

.PHONY: test
test: prepare-test ## Everything: checks, tests, the real window, a real browser, the Python client
	@rm -rf .artifacts && mkdir -p .artifacts
	@$(MAKE) check
	@$(MAKE) test-frontend
	@$(MAKE) test-go
	@$(MAKE) test-sim
	@$(MAKE) build
	@$(MAKE) test-e2e
	@$(MAKE) test-browser
	@$(MAKE) test-python
	@build/tools/summary

.PHONY: check
check: check-tidy check-imports check-proto check-format check-vet check-lint check-frontend check-generated check-vulnerabilities ## Format, lint, import rules, generate-and-diff; no test is run

.PHONY: check-format
check-format: $(TOOLS)/golangci-lint ## Go files are formatted (gofumpt, goimports)
	@echo "== format"
	@golangci-lint fmt --diff *.go backend frontend/*.go

.PHONY: check-vet
check-vet: ## go vet, as the app is built
	@echo "== vet"
	@go vet -tags $(TAGS) -trimpath $(PACKAGES)
	@go vet -tags lab,$(TAGS) -trimpath ./backend/lab

.PHONY: check-lint
check-lint: $(TOOLS)/golangci-lint ## golangci-lint on everything, tests too
	@echo "== lint"
	@GOFLAGS="$$(go env GOFLAGS) -trimpath" golangci-lint run $(PACKAGES)

.PHONY: check-imports
check-imports: ## Import rules, package docs, file sizes, banned calls
	@echo "== imports"
	@go test -count=1 ./backend/internal/archtest

.PHONY: check-tidy
check-tidy: ## go.mod and go.sum are what the code needs
	@echo "== tidy"
	@go mod tidy -diff
	@go mod verify > /dev/null

.PHONY: check-proto
check-proto: $(TOOLS)/buf ## The wire schema keeps its rules, and does not break what main has
	@echo "== proto"
	@cd backend/wire && buf lint
	@build/tools/breaking

.PHONY: check-generated
check-generated: $(TOOLS)/buf $(TOOLS)/protoc-gen-go $(TOOLS)/protoc-gen-connect-go ## Generated code is what the sources generate
	@echo "== generated"
	@build/tools/generate --check

.PHONY: check-frontend
check-frontend: frontend/node_modules/.package-lock.json ## Format, lint and types of the interface
	@echo "== frontend"
	@cd frontend && npm run --silent lint && npx tsc --noEmit

.PHONY: check-vulnerabilities
check-vulnerabilities: $(TOOLS)/govulncheck ## Known vulnerabilities, where their database can be reached; only told, never a failure
	@echo "== vulnerabilities"
	@build/tools/vulnerabilities

.PHONY: test-go
test-go: ## Go tests with the race detector, in random order
	@echo "== go test"
	@$(MAKE) $(TOOLS)/gotestsum
	@mkdir -p .artifacts
	@gotestsum --format pkgname-and-test-fails --format-hide-empty-pkg $(AGAIN) \
		--packages "$$(go list -tags $(BACKEND) $(PACKAGES) | grep -vE '/backend/(e2e|sim$$)' | tr '\n' ' ')" -- \
		-race -shuffle=on -timeout 10m -tags $(BACKEND) 2>&1 | tee .artifacts/go.log

.PHONY: test-sim
test-sim: ## 500 short schedules of the simulation and those that failed once; without the race detector: a world has no goroutines
	@echo "== simulation"
	@go test -count=1 -timeout 10m ./backend/sim

.PHONY: sim
sim: ## 10,000 schedules of the simulation with a report (docs/reliability.md); FLAGS="-plan '…' -story" for one
	@go run ./backend/cmd/sim $(FLAGS)

.PHONY: test-frontend
test-frontend: frontend/node_modules/.package-lock.json ## Tests of the interface (vitest)
	@echo "== vitest"
	@mkdir -p .artifacts
	@cd frontend && npm run --silent test -- --retry=1 2>&1 | tee ../.artifacts/frontend.log

.PHONY: test-fuzz
test-fuzz: ## A few seconds of every fuzz test
	@echo "== fuzz"
	@mkdir -p .artifacts
	@go run ./backend/cmd/fuzz -for 5s -most 3m -parallel "$$(nproc)" 2>&1 | tee .artifacts/fuzz.log

.PHONY: test-e2e
test-e2e: build $(TOOLS)/gotestsum ## Real processes: nodes, a server, and the real window on a virtual screen
	@echo "== processes and window"
	@mkdir -p .artifacts
	@build/tools/virtual gotestsum --format pkgname-and-test-fails --format-hide-empty-pkg $(AGAIN) \
		--packages ./backend/e2e/... -- -count=1 -shuffle=on -timeout 15m -tags $(BACKEND) 2>&1 | tee .artifacts/e2e.log

.PHONY: test-browser
test-browser: build frontend/node_modules/.package-lock.json ## Two people in Chromium on the shipped interface (Playwright)
	@echo "== browser"
	@mkdir -p .artifacts
	@build/tools/browser 2>&1 | tee .artifacts/browser.log

.PHONY: test-lab
test-lab: prepare-lab build/bin/rendezvous build/bin/tincan-node $(TOOLS)/gotestsum ## Real programs behind NATs, in network namespaces; needs root and takes 3 minutes
	@echo "== NAT lab"
	@mkdir -p .artifacts
	@gotestsum --format standard-verbose $(AGAIN) --packages ./backend/lab -- \
		-count=1 -timeout 8m -tags lab,$(BACKEND) 2>&1 | tee .artifacts/lab.log

.PHONY: test-python
test-python: prepare-python build/bin/rendezvous ## The Python client of examples/python against the real server
	@echo "== python"
	@RENDEZVOUS=$(TINCAN_BIN)/rendezvous build/tools/python examples/python/test_client.py

.PHONY: fuzz
fuzz: ## Every fuzz test until it has had FOR=10m, least fuzzed first, kept in docs/fuzzing.md; ONLY=pattern, AT=6 at once; Ctrl C, and it goes on later
	@nice go run ./backend/cmd/fuzz -for $(FOR) -only '$(ONLY)' -at $(AT) -record docs/fuzzing.md

.PHONY: bench
bench: prepare-test build ## The figures of docs/performance.md, measured here
	@build/tools/virtual go run -tags $(BACKEND) ./backend/bench
	@echo; echo "bulk bytes through one link, 256 MiB, beside pion's defaults (MB/s and ratio, median of 5)"
	@go test -tags $(BACKEND) -run '^$$' -bench 'Bulk' -benchtime 1x ./backend/link/webrtclink | grep -E '^Benchmark'
	@echo; echo "rendezvous: memory for each of 5,000 idle peers"
	@go test -tags $(BACKEND) -run '^$$' -bench 'IdlePeers' -benchtime 1x ./backend/rendezvous | grep -E '^Benchmark'
	@$(MAKE) bench-sealing
	@$(MAKE) bench-bans
	@$(MAKE) bench-history

.PHONY: bench-bans
bench-bans: ## A decision with 100,000 bans, what they take in memory, one more of them, a list of 100,000 lines, and a line that ends
	@echo; echo "100,000 bans: a decision by person, invite, two addresses and a name"
	@go test -run '^$$' -bench 'Ban' ./backend/chat/ban | grep -E '^Benchmark'
	@echo; echo "a list of 100,000 lines, with the real store"
	@go test -count=1 -tags $(BACKEND) -run LongList -v ./backend/device | grep -E 'banlist_test'
	@echo; echo "from the end of a line to both sides knowing, alone and with a full queue (a ban cuts)"
	@go test -tags $(BACKEND) -run '^$$' -bench 'Close' -benchtime 30x ./backend/link/webrtclink | grep -E '^Benchmark'

.PHONY: bench-flood
bench-flood: build/bin/tincan-node ## A hostile contact and a hostile server at once for a minute: memory, and how fast calls are answered
	@TINCAN_BIN=build/bin go run -tags $(BACKEND) ./backend/bench flood

.PHONY: bench-mail
bench-mail: build/bin/tincan-node build/bin/rendezvous ## Mail alone: written to read between people who are never there at once, and sealing
	@go run -tags $(BACKEND) ./backend/bench mail
	@$(MAKE) bench-sealing

.PHONY: bench-sealing
bench-sealing: ## Sealing and opening 1 KiB, and sealing it for 100 people, beside bare HPKE and a NaCl box
	@echo; echo "sealing: medians by the clock and of the processor, ratios to bare HPKE of the same suite and to a NaCl box"
	@go test -run '^$$' -bench . -benchtime 500x ./backend/envelope | grep -E '^Benchmark'

.PHONY: bench-history
bench-history: ## A history of a million messages: open, page, search, and sending beside the indexer
	@echo; echo "a history of 1,000,000 messages (made first, a few minutes)"
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && go test -c -tags $(BACKEND) -o "$$folder/store.test" ./backend/store && cd backend/store && \
		"$$folder/store.test" -test.v -test.run '^$$' -test.bench History -test.benchtime 4000x -history-folder "$$folder" && \
		"$$folder/store.test" -test.v -test.run '^$$' -test.bench Send -test.benchtime 1x -history-folder "$$folder"

.PHONY: bench-interface
bench-interface: build/bin/tincan-node frontend/node_modules/.package-lock.json ## The interface in Chromium: bundle, keys, scrolling, switching, bursts, Ctrl K and the search; ONLY="keys burst" for some, FLAGS=--messages=20000 for less
	@cd frontend && node scripts/bench-interface.mjs $(ONLY) $(FLAGS)

.PHONY: bench-rendezvous
bench-rendezvous: build/bin/rendezvous build/tools/peerjs/node_modules/.package-lock.json ## The server beside PeerJS server and a bare hub; ONLY="idle relay" for some, FLAGS=--clients=2000 for less
	@go build -o build/bin/bench-rendezvous ./backend/bench/rendezvous
	@build/bin/bench-rendezvous $(FLAGS) $(ONLY)

.PHONY: profile-rendezvous
profile-rendezvous: build/bin/rendezvous ## Record again what the server does under load, for the compiler (docs/performance.md)
	@build/tools/profile

##@ Work on it

.PHONY: screens
screens: build/bin/tincan-node build/bin/rendezvous frontend/node_modules/.package-lock.json ## Pictures of every screen from real devices, beside the drawings (docs/interface.md); ONLY=pattern for some
	@cd frontend && node scripts/screens.mjs ../docs/pictures/interface '$(ONLY)'

.PHONY: workshop
workshop: frontend/node_modules/.package-lock.json ## Every component in every state, and every scene, in a browser
	@cd frontend && npm run --silent workshop

.PHONY: generate
generate: $(TOOLS)/buf $(TOOLS)/protoc-gen-go $(TOOLS)/protoc-gen-connect-go ## Write wire code and TypeScript bindings again
	@build/tools/generate

.PHONY: format
format: $(TOOLS)/golangci-lint frontend/node_modules/.package-lock.json ## Format Go and the interface
	@golangci-lint fmt *.go backend frontend/*.go
	@cd frontend && npm run --silent format

.PHONY: fix
fix: $(TOOLS)/golangci-lint ## Let the linter repair what it can by itself
	@GOFLAGS="$$(go env GOFLAGS) -trimpath" golangci-lint run --fix $(PACKAGES)

.PHONY: clean
clean: ## Remove what was built and fetched here
	rm -rf build/bin .tools .artifacts demo-data frontend/node_modules build/tools/node_modules build/tools/peerjs/node_modules
	find frontend/dist -mindepth 1 -not -name .keep -delete

# What the system must have. Quick when nothing is missing.
.PHONY: prepare-app prepare-node prepare-test prepare-python prepare-lab
prepare-app prepare-node prepare-test prepare-python prepare-lab: prepare-%:
	@build/tools/prepare $*

# Tools, pinned in build/tools.
$(TOOLS)/%: build/tools/versions build/tools/package-lock.json
	@build/tools/install $*

build/tools/peerjs/node_modules/.package-lock.json: build/tools/peerjs/package.json build/tools/peerjs/package-lock.json
	@echo "Fetching the server that ours is measured against."
	@build/tools/packages build/tools/peerjs

build/bin/loadgen: $(GO_FILES)
	@go build -trimpath -ldflags "-s -w" -o $@ ./backend/cmd/loadgen

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	@echo "Fetching what the interface is built from."
	@build/tools/packages frontend

frontend/dist/index.html: frontend/node_modules/.package-lock.json $(FRONTEND_FILES)
	@echo "Building the interface."
	@cd frontend && npm run --silent build
	@touch $@

build/bin/tincan: frontend/dist/index.html $(GO_FILES)
	@echo "Building the app."
	@go build $(BUILD) -o $@ .

build/bin/tincan-node: frontend/dist/index.html $(GO_FILES)
	@echo "Building tincan-node."
	@go build -tags $(BACKEND) -trimpath -ldflags "-s -w" -o $@ ./backend/cmd/tincan-node

# What the server does under load (make profile-rendezvous), for the compiler. Not default.pgo, with which every build and test of the
# command would compile all packages once more.
build/bin/rendezvous: $(GO_FILES) backend/cmd/rendezvous/load.pgo
	@echo "Building the rendezvous server."
	@CGO_ENABLED=0 go build -trimpath -pgo backend/cmd/rendezvous/load.pgo -ldflags "-s -w" -o $@ ./backend/cmd/rendezvous

build/bin/demo: $(GO_FILES)
	@go build -tags $(BACKEND) -trimpath -o $@ ./backend/cmd/demo
