package io.aerodb.storage.backend;

/** A backend that has threads of its own for file and hash work, and how busy they are now. */
public interface WorkLoad {

    int activeThreads();

    int maxThreads();

    /** Tasks that wait for one of them. */
    int queuedTasks();
}
