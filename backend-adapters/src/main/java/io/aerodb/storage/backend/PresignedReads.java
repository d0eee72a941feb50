package io.aerodb.storage.backend;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A backend whose blobs can be read from itself by whoever has a link. */
public interface PresignedReads {

    /**
     * A link for GET, ranges included. Made without asking the backend, so it says nothing of whether the blob is there; but
     * credentials may have to be fetched, which takes no event loop. Fails with {@link BackendException}. The link is a
     * secret as long as it lives, and no log's business.
     *
     * @param validity from now on, at least a second; fractions of a second are cut off
     */
    Mono<URI> presign(BlobKey key, Answer answer, Duration validity);

    /** Header fields of the answer to whoever follows the link. */
    record Answer(
            String contentType,
            @Nullable String contentDisposition,
            @Nullable String contentEncoding,
            @Nullable String cacheControl) {}
}
