"""The one family of expected failures.

Every message is a sentence that says what failed and what to do. The command line, the API and the page catch
exactly `AssistantError`; anything else is a bug and surfaces with its traceback.

    AssistantError
    ├── SourceError          a folder that is missing, or a source nobody registered
    ├── UnreadableFile       one file that cannot become a document (goes into the sync report, stops nothing)
    ├── DataFolderBusy       another process is writing to the data folder
    ├── DataFolderDamaged    the catalog or an index cannot be opened
    │   └── DiskFull         there is no room to write
    ├── StoreUnreachable     the database server or the vector server cannot be reached, or refuses
    │   └── BuildGone        the index asked was replaced by another process's rebuild
    ├── NotFollowing         the indexes are behind the shared catalog, and bringing them forward fails
    ├── NoSuchDocument       no current document has this id
    ├── NotAnUpload          a document's file is not ours to delete
    ├── CatalogOutdated      the catalog of an earlier version does not know yet what is asked of it
    ├── IndexMismatch        the index was built by another encoder or other chunking
    └── ModelMismatch        the encoder's files are missing or their bytes differ
"""


class AssistantError(Exception):
    """An expected failure whose message says what failed and what to do."""


class SourceError(AssistantError):
    """A source folder is missing, unknown, or already registered under another name."""


class UnreadableFile(AssistantError):
    """A file cannot become a document; the message is the reason shown to the reader."""


class DataFolderBusy(AssistantError):
    """Another process holds the writer's lock of the data folder."""


class DataFolderDamaged(AssistantError):
    """The catalog or an index of the data folder cannot be opened."""


class DiskFull(DataFolderDamaged):
    """The disk of the data folder has too little room left."""


class StoreUnreachable(AssistantError):
    """A server that the catalog or the vectors are kept on cannot be reached, or refuses."""


class BuildGone(StoreUnreachable):
    """The index that was asked is there no more: another process has rebuilt it."""


class NotFollowing(AssistantError):
    """The indexes are behind the shared catalog and cannot be brought forward; what is new is not found."""


class NoSuchDocument(AssistantError):
    """No current document has this id."""


class NotAnUpload(AssistantError):
    """A document cannot be deleted here, because its file lies in somebody's folder."""


class CatalogOutdated(AssistantError):
    """The catalog was written by an earlier version and lacks what the next sync will add."""


class IndexMismatch(AssistantError):
    """The index was built with another encoder or other chunking parameters."""


class ModelMismatch(AssistantError):
    """The encoder's files are missing, or are not the bytes they should be."""
