package io.aerodb.storage.gateway.wiring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A backend beside the local directory.
 *
 * @param kind which of the others counts
 */
record BackendSettings(
        @Nullable Kind kind,
        @DefaultValue LocalBackendSettings local,
        @Nullable S3BackendSettings s3) {

    /** Where the bytes lie. */
    enum Kind {
        LOCAL,
        S3
    }

    /** @param prefix what stands before the names of its settings */
    void check(String prefix) {
        if (kind == null) {
            throw new StartRefused("%s.kind is not set: set it to local or s3.".formatted(prefix));
        }
        if (kind == Kind.LOCAL) {
            checkLocal(prefix);
        } else if (s3 == null) {
            throw new StartRefused("%s.s3.bucket is not set: name the S3 bucket.".formatted(prefix));
        } else {
            s3.check(prefix + ".s3");
        }
    }

    /** Whether there is this backend at all. */
    boolean enabled() {
        return kind != Kind.LOCAL || local.enabled();
    }

    private void checkLocal(String prefix) {
        local.check(prefix + ".local");
        if (local.enabled() && local.root() == null) {
            throw new StartRefused("%s.local.root is not set: name a directory of its own.".formatted(prefix));
        }
        if (s3 != null) {
            throw new StartRefused(
                    "%1$s.s3 is set and %1$s.kind is local: set it to s3, or remove %1$s.s3.".formatted(prefix));
        }
    }
}
