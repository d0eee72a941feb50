package io.aerodb.storage.backend;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A backend whose blobs can be read from itself by whoever has a link. */
public interface PresignedReads {

    /**
     * A link for GET and HEAD, ranges included. Made without asking the backend.
     *
     * @param validity from now on
     */
    URI presign(BlobKey key, Answer answer, Duration validity);

    /** Header fields of the answer to whoever follows the link. */
    record Answer(
            String contentType,
            @Nullable String contentDisposition,
            @Nullable String contentEncoding,
            @Nullable String cacheControl) {}
}
