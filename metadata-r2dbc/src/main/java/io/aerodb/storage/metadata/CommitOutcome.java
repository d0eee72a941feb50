package io.aerodb.storage.metadata;

/** What became of a commit. */
public sealed interface CommitOutcome {

    /** The object is visible and durable. */
    record Committed(StorageObject object) implements CommitOutcome {}

    /** The database said that nothing of it stays, or it was never asked. */
    record RolledBack(MetadataException reason) implements CommitOutcome {}

    /** The answer was lost. The ledger knows: {@code live} means committed, {@code writing} means not. */
    record Unknown(Throwable reason) implements CommitOutcome {}
}
