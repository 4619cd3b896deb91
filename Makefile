# Every command a person needs. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help packages build demo test chaos bench agent-size lint conformance
# One hash seed keeps SwiftPM from recompiling packages whose build settings it writes in another order.
export SWIFT_DETERMINISTIC_HASHING = 1

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

packages: ## Install the system packages that building and testing need
	@.ci/packages

build: packages ## Build programs and tests
	swift build --build-tests

demo: packages ## Play a business day from SAP to Twilio and judge it; DEMO_DOCUMENTS=200 bounds it
	swift build
	.build/debug/ml-demo

test: packages ## Build and run unit and integration tests
	.ci/python-env
	swift build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 swift test --skip-build --skip '^Chaos\.'

chaos: packages ## Kill everything at seeded moments of a running day, twice 10 minutes; CHAOS_SEED=n repeats one
	swift build --build-tests
	swift test --skip-build --filter '^Chaos\.'

bench: packages ## Measure against bare loops, as ratios of one run
	swift build -c release
	.build/release/Benchmarks

agent-size: packages ## Print size on disk and resident memory of the idle agent, built as it ships
	.ci/agent-size

lint: ## Check formatting and style
	.ci/lint

conformance: packages ## Run the CEL conformance files and print the pass rate; CASES=file runs another file
	swift build --build-tests
	swift test --skip-build --filter '^RuleConformance\.'
