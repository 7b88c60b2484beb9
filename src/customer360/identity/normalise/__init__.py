"""What a source wrote about somebody, as values that can be compared: one module a field, `record` for all of them.

The rules that are lists (providers, honorifics, legal forms, surnames …) are files beside the modules.
`customer360.identity.functions` makes DuckDB functions of it; the pipeline and `evaluate` both use those.
"""
