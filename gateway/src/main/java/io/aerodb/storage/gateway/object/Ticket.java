package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A permitted upload, and the one question its end depends on: who concludes it. The commit, a failure and the client that
 * leaves may come at the same time; the first to {@link #claim} decides, the others do nothing.
 */
final class Ticket {

    private final Permitted permitted;
    private final BlobKey key;
    private final AtomicBoolean claimed = new AtomicBoolean();

    Ticket(Permitted permitted) {
        this.permitted = permitted;
        this.key = new BlobKey(permitted.blobKey());
    }

    Permitted permitted() {
        return permitted;
    }

    BlobKey key() {
        return key;
    }

    /** True for exactly one caller. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }
}
