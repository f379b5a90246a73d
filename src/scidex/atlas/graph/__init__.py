"""The knowledge graph's rules and values: identifiers, categories, predicates, edges and what they rest on. Pure."""
