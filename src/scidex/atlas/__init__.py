"""The atlas: what is known. Artifacts, sealed versions, typed links, who derived what from what."""
