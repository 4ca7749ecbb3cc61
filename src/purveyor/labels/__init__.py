"""Papers and labels: records become placed texts, rules and symbols, and these a PDF. Pure."""
