"""The one exception."""


class Error(Exception):
    """Something about a region, a standard or a question is not as it must be.

    The message says it all in one sentence, in the language asked for; the attributes have its parts.

    Attributes:
        file: name of the file, or of the layer that was handed over.
        line: line or row in it, counted from 1.
        feature: position of the feature, counted from 0.
        id: id or name of the feature.
        field: field, column, key or parameter.
        found: what was found.
        wanted: what was wanted.
        help: what to do.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        feature: int | None = None,
        id: str | None = None,  # noqa: A002
        field: str | None = None,
        found: str | None = None,
        wanted: str | None = None,
        help: str | None = None,  # noqa: A002
    ) -> None:
        """Make an error of its parts."""
        super().__init__(message)
        self.file = file
        self.line = line
        self.feature = feature
        self.id = id
        self.field = field
        self.found = found
        self.wanted = wanted
        self.help = help
