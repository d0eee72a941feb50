package io.aerodb.storage.metadata;

import java.util.List;

/** What became of the removal of several objects. */
public sealed interface Removed {

    /** @param objects those that are gone, as they were */
    record Done(List<StorageObject> objects) implements Removed {}

    record NotDone(Absence absence) implements Removed {}
}
