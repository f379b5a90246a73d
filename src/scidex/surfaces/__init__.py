"""What people and programs touch: they translate, call `perform()` and the rooms' queries, render, and map errors."""
