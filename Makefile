.PHONY: demo test outsiders

demo test outsiders:
	python3 dev.py $@
