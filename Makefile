# Every command a person needs. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help packages build test lint conformance
# One hash seed keeps SwiftPM from recompiling packages whose build settings it writes in another order.
export SWIFT_DETERMINISTIC_HASHING = 1

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

packages:
	@.ci/packages

build: packages ## Build programs and tests
	swift build --build-tests

test: packages ## Build and run unit and integration tests
	swift build --build-tests
	swift test --skip-build --skip '^Chaos\.'

lint: ## Check formatting and style
	.ci/lint

conformance: packages ## Run the CEL conformance files and print the pass rate; CASES=file runs another file
	swift build --build-tests
	swift test --skip-build --filter '^RuleConformance\.'
