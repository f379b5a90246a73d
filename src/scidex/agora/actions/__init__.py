"""The verbs of the agora, one file each."""
