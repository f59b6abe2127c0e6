# Everything that an operator or developer types. Needs make and Python 3.11.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup run services stop test check lint messages lock clean browser

PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1
# Settings for steps that touch no server: production's, with nothing behind the addresses.
NO_SERVERS := env -u DEBUG -u LOCAL_MAILBOX ENV_FILE=/dev/null ALLOWED_HOSTS=asker.example \
	SITE_URL=https://asker.example DATABASE_URL=django.db.backends.dummy://nobody@nowhere/none \
	REDIS_URL=redis://nowhere:6379/0

help:  ## What there is
	sed -nE 's/^([a-z]+):.*## (.*)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf 'make %-9s %s\n' "$$name" "$$text"; done

# A stamp is written last and says what it was made from, so that an interrupted or moved
# environment is made again and an untouched one costs a checksum.
setup:  ## Make .venv and node_modules, when the lock files have changed
	mkdir -p .build
	exec 9>.build/setup.lock
	flock 9
	want="$$(sha256sum <requirements-dev.txt | cut -c1-32) $(CURDIR)"
	if [ "$$(cat .venv/made-from 2>/dev/null || true)" != "$$want" ] || ! $(PY) -c '' 2>/dev/null; then
		# Past our own PATH, which starts with the .venv that may be half made.
		python=$$(PATH="$${PATH#*:}"; command -v python3.11 || command -v python3 || true)
		if [ -z "$$python" ] || ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
			echo "Python 3.11 or newer is missing; on Debian: apt-get install python3 python3-venv." >&2; exit 1
		fi
		if ! "$$python" -c 'import ensurepip' 2>/dev/null; then
			if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
				echo "Python's venv module is missing; on Debian: apt-get install python3-venv." >&2; exit 1
			fi
			echo "Installing python3-venv"
			{ apt-get update && apt-get install -y --no-install-recommends python3-venv; } >.build/apt.log 2>&1 \
				|| { echo "python3-venv could not be installed; .build/apt.log says why." >&2; exit 1; }
		fi
		echo "Making .venv from requirements-dev.txt"
		rm -rf .venv
		"$$python" -m venv .venv
		$(PY) -m pip install --disable-pip-version-check --require-hashes -r requirements-dev.txt >.build/pip.log 2>&1 \
			|| { echo "The Python packages could not be installed; .build/pip.log says why, and make setup tries again." >&2; exit 1; }
		echo "$$want" >.venv/made-from
	fi
	want="$$(cat package.json package-lock.json | sha256sum | cut -c1-32)"
	if [ "$$(cat node_modules/made-from 2>/dev/null || true)" != "$$want" ]; then
		echo "Getting the front-end packages"
		npm ci --no-progress >.build/npm.log 2>&1 \
			|| { echo "The front-end packages could not be installed; .build/npm.log says why, and make setup tries again." >&2; exit 1; }
		echo "$$want" >node_modules/made-from
	fi

run: setup  ## Start the whole portal on http://localhost:8000, or on PORT=…; Ctrl+C stops it
	exec $(PY) -m askerportal.run start

services: setup  ## Start only PostgreSQL and Valkey, and return
	exec $(PY) -m askerportal.embedded start

stop:  ## Stop the portal, PostgreSQL and Valkey
	if [ ! -x $(PY) ]; then echo "Nothing runs: there is no .venv."; exit 0; fi
	exec $(PY) -m askerportal.run stop

browser:
	if ! command -v chromium >/dev/null; then
		if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
			echo "The browser tests need Chromium; on Debian: apt-get install chromium." >&2; exit 1
		fi
		echo "Installing chromium"
		mkdir -p .build
		{ apt-get update && apt-get install -y --no-install-recommends chromium; } >.build/apt.log 2>&1 \
			|| { echo "chromium could not be installed; .build/apt.log says why." >&2; exit 1; }
	fi

check: setup  ## What can be checked without a database or a browser
	echo "ruff check"; ruff check --quiet .
	echo "ruff format"; ruff format --quiet --check . || { echo "Some files are not formatted; make lint does it." >&2; exit 1; }
	echo "import-linter"; lint-imports --no-logo >.build/imports.log 2>&1 || { cat .build/imports.log >&2; exit 1; }
	export SECRET_KEY="$$(head -c 60 /dev/urandom | base64 -w0)"
	echo "manage.py check --deploy"; $(NO_SERVERS) $(PY) manage.py check --deploy --fail-level WARNING
	echo "makemigrations --check"; $(NO_SERVERS) $(PY) manage.py makemigrations --check --dry-run
	echo "compose schema"; check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml

test: check browser  ## Check and test everything; ARGS=… goes to pytest
	echo "static files and translations"
	SECRET_KEY="$$(head -c 60 /dev/urandom | base64 -w0)" $(NO_SERVERS) $(PY) manage.py build
	echo "pytest"
	exec $(PY) -m pytest $(ARGS)

lint: setup  ## Mend what a machine can
	ruff check --fix --quiet .
	ruff format --quiet .

messages: setup  ## Bring the translations in locale/ in line with code and templates
	SECRET_KEY=only-reads-texts $(NO_SERVERS) $(PY) manage.py messages

# For 3.11.2, which Debian 12 has: newer ones need fewer packages, and some ask for newer ones.
lock: setup  ## Write the lock files anew from requirements*.in and package.json
	for name in requirements requirements-dev; do
		uv pip compile --quiet --universal --python-version 3.11.2 --generate-hashes --no-emit-index-url \
			--custom-compile-command "make lock" --upgrade "$$name.in" -o "$$name.txt"
	done
	npm install --package-lock-only --silent

clean: stop  ## Stop all and remove what was made here, the local database too
	for folder in .run-*; do
		if [ -d "$$folder" ]; then $(PY) -m askerportal.embedded --folder "$$folder" stop; fi
	done
	rm -rf .venv .run .run-* .build node_modules .pytest_cache .ruff_cache .import_linter_cache
	find . -name '*.mo' -delete
	find . -name __pycache__ -prune -exec rm -rf {} +
