"""Measures ypkg beside other installers; `run.py` is the program."""
