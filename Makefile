# Every target is one line over the `hubcards` command or pytest; `.venv` holds both.
BIN := .venv/bin
INSTALLED := .venv/installed

# In the C locale Python can't start from a folder whose name is not ASCII.
ifneq ($(filter C POSIX,$(LC_ALL)),)
export LC_ALL := C.UTF-8
endif

.PHONY: help site test check serve clean
.DEFAULT_GOAL := help

help: ## print what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

site: $(INSTALLED) ## write the site to site/public
	$(BIN)/hubcards build

test: $(INSTALLED)-test ## run everything: the tests, and the code of every card
	$(BIN)/pytest -n auto --dist loadfile

check: $(INSTALLED) ## report the problems of the cards
	$(BIN)/hubcards check

serve: $(INSTALLED)-serve ## show the site, and follow what is saved
	$(BIN)/hubcards serve

clean: ## remove what was made: the site, and the environment with the command
	rm -rf site/public site/.public.hubcards .venv

$(INSTALLED): pyproject.toml
	sh tools/install.sh .venv '.[search]'
	touch $@

$(INSTALLED)-serve: pyproject.toml
	sh tools/install.sh .venv '.[search,serve]'
	touch $(INSTALLED) $@

$(INSTALLED)-test: pyproject.toml
	sh tools/install.sh .venv '.[test]'
	touch $(INSTALLED) $@
