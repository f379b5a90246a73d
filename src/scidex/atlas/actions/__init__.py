"""The atlas's verbs, one file each."""
