"""The source that a council's source.yml names."""

from redress.councils import Council
from redress.sources.base import Source
from redress.sources.definition import DatabaseDefinition, FilesDefinition, SourceDefinition


def open_source(council: Council) -> Source:
    """The source of a council. Raises RedressError if its source.yml cannot be read."""
    return source_of(council.name, council.source)


def source_of(council: str, definition: SourceDefinition) -> Source:
    """The source of a definition: a council's own, or that of its demographics."""
    if isinstance(definition, FilesDefinition):
        from redress.sources.files.source import FileSource

        return FileSource(council, definition)
    if isinstance(definition, DatabaseDefinition):
        from redress.sources.database.source import DatabaseSource

        return DatabaseSource(council, definition)
    from redress.sources.rest.source import RestSource

    return RestSource(council, definition)
