package io.aerodb.storage.metadata;

/**
 * What became of a change to all objects whose names begin alike.
 *
 * @param changed objects moved or deleted
 * @param denied objects that the caller sees but may not change; they are as they were
 */
public record BulkChange(long changed, long denied) {}
