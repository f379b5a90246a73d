"""The rules of evidence: pure functions from recorded values to what may be said. No database, no network, no files.

Does a quote stand in its source (`quotes`), what does a number show (`effects`), how much does a study weigh (`grading`),
what is counted once (`independence`), and where does a claim stand (`standing`). `suggestions` proposes stances to a judge
and decides nothing.
"""
