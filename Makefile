.PHONY: demo test outsiders hostile

demo test outsiders hostile:
	python3 dev.py $@
