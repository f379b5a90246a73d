"""What templates are given: one frozen dataclass per page, built from view values."""
