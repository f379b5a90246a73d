"""The site: server-rendered pages that need no script, and their JSON at the same addresses."""
