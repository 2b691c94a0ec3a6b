# The front door. Each target calls one file; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-health demo-down test test-long lint docs

help: ## list the targets
	@sed -nE 's/^([a-z-]+): ## (.*)/\1\t\2/p' Makefile | expand -t 16

setup: ## install what is missing on this machine, for the demo and the tests
	@tests/bed/prepare test

demo: ## from nothing to a mail host that proves itself; again: converge it again
	@demo/up

demo-health: ## ask the demo's host how it is
	@demo/health

demo-down: ## remove the demo
	@demo/down

test: ## every test there is, also beside a demo
	@tests/gate

test-long: ## also every fault there is, on stock Debian 13 as well; hours
	@tests/gate --long

lint: ## only the judges of the code, no machine is started
	@tests/gate --quick

docs: ## build the documentation as web pages
	@docs/build
