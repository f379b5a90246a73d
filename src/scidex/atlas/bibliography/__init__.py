"""Works and what names them: identifiers with their checks, CSL-JSON records, matching, file formats. Pure."""
