package io.aerodb.storage.backend;

/** Puts something around each backend that sees its calls and changes nothing of them. */
@FunctionalInterface
public interface BackendObserver {

    StorageBackend observed(String name, StorageBackend backend);
}
