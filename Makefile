# Needs Go and make; `make race` also needs a C compiler. ARGS are arguments for the command, PKG are the packages:
#   make test PKG=./internal/score/... ARGS='-run Apply -v'

PKG      ?= ./...
FUZZTIME ?= 10s

# go vet, test and run must also work in a folder that is no git repository, or that git does not trust.
export GOFLAGS := $(strip $(shell go env GOFLAGS) -buildvcs=false)

# The linter is built once per version, from the module proxy. Linting itself needs no network.
LINT_VERSION := v2.15.0
LINT         := bin/golangci-lint-$(LINT_VERSION)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo build build-service prepare servers test race bench fuzz fmt fmt-check lint vet check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## see it work: embedded Kafka and Redis, simulated customers
	go run ./cmd/tidemark demo $(ARGS)

build: ## build bin/tidemark, static: all commands
	CGO_ENABLED=0 go build -trimpath -o bin/tidemark ./cmd/tidemark

# The tag leaves out the commands that nobody runs beside a service, with the servers and charts that only they link.
build-service: ## build bin/tidemark-service as the image has it: stripped, without demo, bench and reports
	CGO_ENABLED=0 go build -trimpath -tags service -ldflags="-s -w" -o bin/tidemark-service ./cmd/tidemark

# The script says in one line what it cannot install. The tests that need it are then skipped.
prepare: ## install the real servers of the tests: redis-server, Java, Maven, Kafka's own jars
	@deploy/install-servers.sh

servers: prepare ## start a real Kafka and Redis, and print their addresses
	go run ./deploy/servers $(ARGS)

test: prepare ## run the tests, on embedded and on real servers
	go test -timeout 20m $(ARGS) $(PKG)

# Without PKG and ARGS, race leaves out what can show no race, or none that another test does not show too. make test runs all of it.
# SERIAL are packages with one goroutine: neither they, nor their tests, nor what they import of ours starts another.
# UNRACED are long tests of figures, of one goroutine or of code that shorter tests run under the race detector too.
# internal/raced_test.go checks both lists.
SERIAL := internal/catalogue internal/chart internal/event internal/history internal/judge internal/link \
	internal/population internal/score/churn internal/score/clv internal/score/rfm internal/score/standing internal/score/tier internal/score/value \
	internal/season internal/shard internal/shop internal/spreadsheet internal/stat internal/terminal internal/traffic
UNRACED := TestACutoffThatFailsLosesNoOther TestAWrongModelDrifts TestBacktestFallsBackToThePurchaseModel TestCumulativeRepeats \
	TestDecideOnLastYear TestEntriesKeepTheirWord TestFiguresAreTheEngines TestHoldout TestLimitsAreFound TestLinksInAnyOrder \
	TestNobodyRealBehavesLikeAShop TestOnlineRetailIsPlainNBD TestPopulationOfADay TestPurchaseLogs TestRegularOfSimulatedShops TestSilenceEscalatesAtActBy \
	TestStackLearnsFromFeedback TestStackOverAMixture TestUncertainLeavingOfCustomersWhoDoNotDiffer TestValueIsLearntWhereThereIsSomethingToLearn \
	TestWhatBehavesLikeAShop TestWhatIsSeenInABatchShowsNowhere

empty :=
ifeq ($(PKG)$(ARGS),./...)
race: RACED = -vet=off -skip '^($(subst $(empty) ,|,$(strip $(UNRACED))))$$' $(filter-out $(SERIAL:%=tidemark/%),$(shell go list ./...))
else
race: RACED = $(ARGS) $(PKG)
endif
race: prepare ## run the tests under the race detector
	CGO_ENABLED=1 go test -race -timeout 30m $(RACED)

# Only packages with a benchmark are built: a test program takes seconds to link.
ifeq ($(PKG),./...)
bench: BENCHED = $(sort $(dir $(shell grep -rlE --include='*_test.go' '^func Benchmark' .)))
else
bench: BENCHED = $(PKG)
endif
bench: prepare ## run each benchmark once, to see that it still works
	go test -timeout 10m -run '^$$' -bench . -benchtime 1x $(ARGS) $(BENCHED)

# go test -fuzz takes one fuzz target of one package at a time. The shortening of an input tries to cut out each range of its bytes, a million
# ranges of 1,500 bytes, and takes up to a minute an input by default: more than the whole FUZZTIME. With 100 tries a target runs 40 times as
# many inputs (FuzzDecode of internal/history). To shorten an input that fails: make fuzz ARGS="-fuzzminimizetime 60s".
fuzz: ## run each fuzz target for FUZZTIME (10s)
	@grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sed -E 's|^(.*)/[^/]*:func |\1 |' | sort | \
	while read -r dir name; do \
		echo "fuzz $$dir $$name"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $(ARGS) "$$dir" </dev/null || exit 1; \
	done

fmt: $(LINT) ## format the code (gofumpt, goimports)
	$(LINT) fmt

fmt-check: $(LINT) ## show what fmt would change, and fail if anything
	$(LINT) fmt --diff

lint: $(LINT) ## run the linters
	$(LINT) run $(ARGS)

vet: ## run go vet, on the code of both builds
	go vet $(PKG)
	go vet -tags service $(PKG)

# The last stage is `make test`, as in the README.
check: ## all that CI runs
	@for stage in fmt-check lint vet build build-service race bench test; do \
		echo "== make $$stage"; start=$$(date +%s); \
		$(MAKE) --no-print-directory $$stage || { echo "== make $$stage failed after $$(($$(date +%s) - start)) s"; exit 1; }; \
		echo "== make $$stage took $$(($$(date +%s) - start)) s"; \
	done

# go install chooses the file's name, so the linter is built in another folder and then moved. An
# interrupted build leaves no half file.
$(LINT):
	@echo "building golangci-lint $(LINT_VERSION), once: a few minutes"
	GOBIN="$(CURDIR)/bin/new" CGO_ENABLED=0 go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@mv bin/new/golangci-lint $@ && rmdir bin/new
