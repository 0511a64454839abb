"""Strangers' bytes, invented by the thousand: what reads them keeps the law (`law`), whatever they are.

`targets/` has a function for each place where a stranger's bytes come in. `inputs` invents them from a grammar (hypothesis),
`mutation` out of the corpus, and atheris by what the code does with them (tools/fuzz.py). What was ever found is kept in
`corpus/` and tried in every run of the tests.
"""
