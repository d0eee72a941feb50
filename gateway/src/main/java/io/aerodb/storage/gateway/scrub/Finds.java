package io.aerodb.storage.gateway.scrub;

import io.aerodb.storage.metadata.ScrubRepository.ExpectedBlob;
import java.util.ArrayList;
import java.util.List;

/** What was found out of the blobs of one page. They come one after the other. */
final class Finds {

    private final List<String> verified = new ArrayList<>();
    private long bytes;
    private long damaged;

    void add(ExpectedBlob blob, Outcome outcome) {
        if (outcome == Outcome.VERIFIED) {
            verified.add(blob.key());
            bytes += blob.size();
        } else if (outcome.isDamage()) {
            damaged++;
        }
    }

    List<String> verified() {
        return verified;
    }

    /** Of those that were verified. */
    long bytes() {
        return bytes;
    }

    long damaged() {
        return damaged;
    }
}
