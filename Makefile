# What a newcomer needs is `make run` and `make test`; `make help` lists the rest.
SWIFT  ?= swift
PYTHON ?= python3
PREFIX ?= /usr/local
SHELL  := /bin/bash

# On Linux the command takes the Swift runtime along: it starts faster and runs where no Swift is installed. lld, since
# the default linker warns of C functions that the runtime mentions and this program never calls.
ifeq ($(shell uname),Linux)
STATIC = --static-swift-stdlib -Xswiftc -use-ld=lld
SUDO   = $(if $(filter-out 0,$(shell id -u)),sudo)
endif

# The same flag from a terminal and into a pipe, so that going from one to the other builds nothing anew.
BUILD      = $(SWIFT) build --no-color-diagnostics
RUN        = $(SWIFT) run --no-color-diagnostics
SWIFT_TEST = $(SWIFT) test --no-color-diagnostics

# Says that somebody has to wait, if there is nothing of the folder $(1) yet.
define patience
@[ -e $(1) ] || echo "The first build takes some minutes."
endef

ROOFLINE = .build/release/roofline
QUOTED   = $(wildcard Examples/Planning/Sources/*/main.swift) $(wildcard Examples/catalog/*/*.yaml)
ARTICLES = $(wildcard Sources/*/*.docc/*.md)
PAGES    = README.md CONTRIBUTING.md SECURITY.md $(wildcard Documentation/*.md) $(ARTICLES)
PRODUCTS = RooflineCore RooflineVision RooflineKit
SOURCES  = Package.swift Plugins Sources Fuzz/Sources Benchmarks/Prices $(wildcard Tests) Examples/Planning/Package.swift Examples/Planning/Sources Web/Package.swift Web/Sources

.PHONY: docs library wheel python-kit python-hooks python-ray python-speed run test build web web-test dist lint swift-test examples python-test reports check-reports check-queue bench fuzz sanitize mutants scoreboard install format clean help dependencies

run: build ## Build and run the main job: what PruMerge saves Vicuna 7B on a V100
	@$(ROOFLINE) --model vicuna-7b --gpu v100 --tokens adaptive

test: lint swift-test check-reports examples python-test ## Check style and reports, run all tests and the examples

build: dependencies ## Build the command for release
	$(call patience,.build/release)
	@$(BUILD) -c release --product roofline $(STATIC)

# The libraries that Swift's package manager does not fetch itself. OpenBLAS is loaded by `encode` and `calibrate` alone, oneDNN
# by --encoder-precision bf16, for which not every processor has the instructions; nothing fails where it cannot be had.
dependencies:
	@pkg-config --exists yaml-0.1 libjpeg libpng 2>/dev/null || { echo "Installing libyaml, libjpeg, libpng and pkg-config"; \
	if [ "$$(uname)" = Darwin ]; then brew install --quiet libyaml jpeg-turbo libpng pkg-config; \
	else $(SUDO) apt-get -qq update && \
	$(SUDO) apt-get -qq install -y libyaml-dev libjpeg-dev libpng-dev pkg-config >/dev/null; fi; }
	@if [ "$$(uname)" = Darwin ]; then [ -d "$$(brew --prefix)/opt/openblas" ] || brew install --quiet openblas; \
	elif command -v apt-get >/dev/null && ! PATH="$$PATH:/sbin" ldconfig -p | grep -q libopenblas.so.0; then \
	echo "Installing OpenBLAS"; $(SUDO) apt-get -qq update && $(SUDO) apt-get -qq install -y libopenblas0 >/dev/null; fi
	@if command -v apt-get >/dev/null && grep -q avx512_bf16 /proc/cpuinfo 2>/dev/null && \
	! PATH="$$PATH:/sbin" ldconfig -p | grep -q 'libdnnl.so.[23]'; then echo "Installing oneDNN"; \
	$(SUDO) apt-get -qq install -y libdnnl3 >/dev/null 2>&1 || $(SUDO) apt-get -qq install -y libdnnl2 >/dev/null 2>&1 || true; fi

lint:
	@if $(SWIFT) format --version >/dev/null 2>&1; \
	then $(SWIFT) format lint --strict --parallel --recursive $(SOURCES); \
	else echo "Skipped the style check: this toolchain has no swift-format"; fi

swift-test: dependencies
	$(call patience,.build/debug)
	$(SWIFT_TEST)

# What README.md, Documentation/ and the DocC articles quote is what runs here, to the letter; the files that they link to are there.
examples: dependencies
	@for file in $(QUOTED); do \
	[[ "$$(cat $(PAGES))" == *"$$(<$$file)"* ]] || { echo "No page quotes $$file as it is"; exit 1; }; done
	@for page in $(PAGES); do for link in $$(grep -oE '\]\([^):# <]+[)#]' $$page | tr -d '](#)'); do \
	[ -e "$$(dirname $$page)/$$link" ] || { echo "$$page links to $$link, which is not there"; exit 1; }; done; done
	$(BUILD) --package-path Examples/Planning
	@for program in $(notdir $(wildcard Examples/Planning/Sources/*)); do echo "$$program"; \
	$(RUN) --package-path Examples/Planning --skip-build $$program || exit 1; done
	$(RUN) roofline --catalog Examples/catalog --model my-vlm --gpu my-gpu

# All modules that the products bring along; a warning is an error. The plugin is fetched by those who ask for this alone.
docs: dependencies ## Make the library's documentation, .build/docs/index.html (fetches swift-docc-plugin)
	$(call patience,.build/docs)
	ROOFLINE_DOCS=1 $(SWIFT) package --allow-writing-to-directory .build/docs generate-documentation \
	  $(addprefix --target ,$(PRODUCTS) $(shell sed -n 's/^@_exported public import //p' \
	  $(foreach product,$(PRODUCTS),Sources/$(product)/$(product).swift) | grep -v Roofline | sort -u)) \
	  --enable-experimental-combined-documentation --warnings-as-errors --output-path .build/docs

python-test:
	@if command -v $(PYTHON) >/dev/null; then $(PYTHON) Tools/test_convert_vidur.py && $(PYTHON) Tools/test_calibrate_gpu.py && $(PYTHON) Tools/test_measure_transformers.py && $(PYTHON) Tools/test_mutate.py && $(PYTHON) Tools/test_scoreboard.py; fi
	@if $(PYTHON) -c "import PIL, safetensors, torch, transformers as t; assert t.is_torch_available()" 2>/dev/null; \
	then $(PYTHON) Examples/test_export_features.py; \
	else echo "Skipped Examples/test_export_features.py: needs Python with torch, transformers, safetensors and pillow"; fi

# MEASUREMENTS="OPERATORS.csv PREFILLS.csv UNFITTED.csv UNSEEN.csv ENGINES.csv MEMORY.csv Benchmarks/catalog Benchmarks/measured/h100-sxm" writes
# reports/validation.md as well,
# which is not made of the program alone; Tools/select_prefills.py makes PREFILLS.csv, Tools/select_unfitted.py
# UNFITTED.csv, Tools/convert_vidur.py UNSEEN.csv; that, ENGINES.csv (times of engines, several files) and MEMORY.csv may be
# missing. More folders with models may follow.
reports: dependencies ## Write reports/ anew, from the program alone
	$(RUN) write-reports reports $(MEASUREMENTS)
	$(RUN) -c release write-reports reports --fleet

# A report that differs from what the program writes is out of date. Of fleet.md a test looks at some rows: all of it takes
# a release build. scoreboard.md holds peers' answers and times beside ours, which are asked for here.
check-reports: dependencies
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(RUN) write-reports "$$fresh" && \
	diff -r -x "validation*" -x "fleet*" -x "scoreboard*" reports "$$fresh" || { echo "reports/ is out of date; run: make reports"; exit 1; }
	@if command -v $(PYTHON) >/dev/null; then $(BUILD) --product roofline && $(PYTHON) Tools/scoreboard.py .build/debug/roofline --check; fi

check-queue: build ## Hold simulate against the formula of the queue M/D/1 (some minutes)
	@$(PYTHON) Tools/check_queue.py $(ROOFLINE)

bench: build ## Measure start-up, prices, a layer against its expected time, reducers, the encoder against torch (RELEASED=a checkout of LLaVA-PruMerge, VIEWER=one of LLM-Viewer)
	@$(BUILD) -c release --product price-benchmark $(STATIC)
	@$(PYTHON) Benchmarks/bench_prices.py .build/release/price-benchmark $(VIEWER)
	@$(PYTHON) Benchmarks/bench.py $(ROOFLINE)
	@$(PYTHON) Benchmarks/bench_reducers.py $(ROOFLINE) $(RELEASED)
	@$(PYTHON) Benchmarks/bench_encoder.py $(ROOFLINE)

# Finds lie below .build/fuzz/finds.
fuzz: dependencies ## Feed what anybody may send to every reader for SECONDS=60, or to TARGET=yaml
	@Tools/fuzz.sh $(or $(SECONDS),60) $(TARGET)

sanitize: dependencies ## Run tests of what is C, maps files or has threads under sanitizers (SANITIZER=address or thread for one)
	@Tools/sanitize.sh $(SANITIZER)

# Peers' answers are kept in Benchmarks/scoreboard; INSTALL=1 asks those of PyPI anew, VIEWER=a checkout of LLM-Viewer that one.
scoreboard: build ## Hold this program and its peers against published times, write reports/scoreboard.md (INSTALL=1, VIEWER=...)
	@$(BUILD) -c release --product price-benchmark $(STATIC)
	@$(PYTHON) Tools/scoreboard.py $(ROOFLINE) --prices .build/release/price-benchmark \
	  $(if $(INSTALL),--install) $(if $(VIEWER),--viewer $(VIEWER))

mutants: dependencies ## Change single operators, constants and comparisons in a copy, see whether tests notice (MODULES="Serving ...", COUNT=60, SEED=1; an hour)
	@SWIFT="$(SWIFT)" $(PYTHON) Tools/mutate.py --count $(or $(COUNT),60) --seed $(or $(SEED),1) $(MODULES)

web: dependencies ## Build the page's server, Web/.build/release/roofline-web
	$(call patience,Web/.build/release)
	@$(BUILD) --package-path Web -c release $(STATIC)

# In Chromium, against the OpenAPI document, against the command, under load; says what is missing of these.
web-test: web ## Try the page and its API against the command
	@$(BUILD) --product roofline
	@$(PYTHON) Tools/check_web.py Web/.build/release/roofline-web .build/debug/roofline

dist: dependencies ## Make an archive of the command that runs without Swift, and try it in a root of its own
	@Tools/make_dist.sh $(SWIFT)
	@if [ "$$(uname)" = Linux ]; then Tools/check_dist.sh "$$(ls -t .build/roofline-*.tar.gz | head -n 1)"; fi

library: dependencies ## Make libroofline, the C interface, with all that it needs inside, and try it
	@Tools/make_library.sh $(SWIFT)
	@cc -pthread -I Sources/CRoofline/include Tests/CInterface/test_roofline.c .build/library/libroofline.* -lm \
	  -Wl,-rpath,$(CURDIR)/.build/library -o .build/library/test_roofline && .build/library/test_roofline

wheel: library ## Make a wheel of roofline-kit that needs no Swift, below dist/, and try it
	@Tools/make_wheel.sh $(PYTHON)

python-kit: ## Check roofline-kit's types and run its tests, against the built library and command
	@Tools/test_python.sh $(PYTHON)

python-hooks: ## Hold features from models of transformers against encode's, and run the notebook (installs torch)
	@Tools/test_python.sh $(PYTHON) hooks

python-ray: ## Count 2000 pictures with Ray Data while a worker is killed (PICTURES=N; installs Ray)
	@ROOFLINE_PICTURES=$(or $(PICTURES),2000) Tools/test_python.sh $(PYTHON) ray

python-speed: ## Measure how long calls of roofline-kit take
	@Tools/test_python.sh $(PYTHON) speed

install: build ## Install the command and its shell completions below PREFIX
	install -d $(PREFIX)/bin $(PREFIX)/share/bash-completion/completions $(PREFIX)/share/zsh/site-functions \
	  $(PREFIX)/share/fish/vendor_completions.d
	install $(ROOFLINE) $(PREFIX)/bin/roofline
	$(ROOFLINE) --generate-completion-script bash > $(PREFIX)/share/bash-completion/completions/roofline
	$(ROOFLINE) --generate-completion-script zsh > $(PREFIX)/share/zsh/site-functions/_roofline
	$(ROOFLINE) --generate-completion-script fish > $(PREFIX)/share/fish/vendor_completions.d/roofline.fish

format: ## Format all Swift code in place
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

clean: ## Remove everything that was built
	rm -rf .build Examples/Planning/.build Web/.build dist Python/build Python/*.egg-info

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18
