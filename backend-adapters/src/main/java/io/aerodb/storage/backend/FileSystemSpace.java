package io.aerodb.storage.backend;

import reactor.core.publisher.Mono;

/** A backend in a file system, which can be full. */
public interface FileSystemSpace {

    /** As it is now. A file system that hangs does not answer. */
    Mono<Space> space();

    /**
     * @param usable bytes that could still be written
     * @param total bytes of the file system
     */
    record Space(long usable, long total) {}
}
