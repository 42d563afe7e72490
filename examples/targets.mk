# Targets of the example alone.
.PHONY: demo-refusal bench bench-comparison bench-review

demo-refusal: $(STAMP)    ## See a bad month refused before training
	@$(PY) -m examples.demo_refusal

bench: $(STAMP)    ## Compare the run with a plain script
	@$(PY) -m benchmarks $(ARGS)

bench-comparison: $(STAMP)    ## Compare the paired bootstrap with a plain loop
	@$(PY) -m benchmarks.comparison $(ARGS)

bench-review: $(STAMP)    ## Time the review of a project that was run for years
	@$(PY) -m benchmarks.review $(ARGS)
