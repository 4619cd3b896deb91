# Every command a person needs. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help packages build demo test lint chaos bench conformance agent-size
# One hash seed keeps SwiftPM from recompiling packages whose build settings it writes in another order.
export SWIFT_DETERMINISTIC_HASHING = 1

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

packages:
	@.ci/packages

build: packages ## Build programs and tests
	swift build --build-tests

demo: packages ## Run SAP, agent, relay and Twilio stand-ins as one chain; DEMO_DOCUMENTS=200 bounds it
	swift build --product ml-agent
	swift build --product ml-relay
	swift build --product sap-ecc-sim
	swift build --product twilio-sim
	swift build --product sapnwrfc-sim
	swift build --product ml-demo
	@.build/debug/ml-demo $(if $(DEMO_DOCUMENTS),--documents $(DEMO_DOCUMENTS))

test: packages ## Build and run unit and integration tests
	.ci/python-env
	swift build --build-tests
	swift test --skip-build --skip '^Chaos\.'

lint: ## Check formatting and style
	.ci/lint

chaos: packages ## Kill agent, RFC worker and relay at seeded moments while Twilio misbehaves (two runs)
	swift build --build-tests
	CHAOS=1 swift test --skip-build --filter '^Chaos\.'

conformance: packages ## Run the CEL conformance files and print the pass rate; CASES=file runs another file
	swift build --build-tests
	swift test --skip-build --filter '^RuleConformance\.'
