"""Stories that cross rooms or take long. Each names what starts it and the verbs it performs."""
