"""Outside parsers of SOQL say which texts they accept, and the sandbox's parser is compared with them.

`python -m tests.sandbox.outsiders.soql [--count N] [--seed N] [--texts FILE] [--write FILE]` makes texts from a grammar
of its own and from mutations of them, asks each judge, runs what the sandbox accepts against a small organization
(which may refuse it, but must not stumble), and prints every disagreement. The last line is `N agree, N known,
N disagree`, and the exit code is 1 where the last number is not 0. What is known to differ, and why, stands in
`known.toml`; where the judges differ, the vendor's decides, and the other's verdict counts as known. The judges:

    vendor      @salesforce/soql-common: the parser that Salesforce ships in its own editors, made from its own grammar
    jetstream   @jetstreamapp/soql-parser-js: an independent parser, which is laxer on purpose
"""
